/** Numbers as look.md §5 wants them: one place, so that a unit never carries two precisions. */
export type AreaUnit = 'm2' | 'ha' | 'mu'
export const M2_PER_HA = 10_000
export const M2_PER_MU = 2000 / 3
export const MISSING = '—'

const cache = new Map<string, Intl.NumberFormat>()
export function num(value: number | null | undefined, digits = 0, sign = false): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING
  const key = `${digits}${sign}`
  let format = cache.get(key)
  if (!format) {
    format = new Intl.NumberFormat('en-US', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      signDisplay: sign ? 'exceptZero' : 'negative',
    })
    cache.set(key, format)
  }
  return format.format(value).replace('-', '−')
}

export const percent = (ratio: number | null | undefined, digits = 1): string => {
  const text = num(ratio === null || ratio === undefined ? null : ratio * 100, digits)
  return text === MISSING ? MISSING : `${text} %`
}

export const perMille = (ratio: number): string => `${num(ratio * 1000, 1, true)} ‰`

export function area(m2: number | null | undefined, unit: AreaUnit): string {
  if (m2 === null || m2 === undefined) return MISSING
  if (unit === 'm2') return num(m2, 1)
  return unit === 'ha' ? num(m2 / M2_PER_HA, 2) : num(m2 / M2_PER_MU, 1)
}

/** Floor space: 万㎡ with two digits, or ㎡ while that would read 0.0x; English has no ten-thousands. */
export function floorSpace(m2: number | null | undefined, lang = 'zh'): { text: string; unit: 'wan' | 'm2' } {
  if (m2 === null || m2 === undefined) return { text: MISSING, unit: 'm2' }
  return lang === 'zh' && Math.abs(m2) >= 10_000
    ? { text: num(m2 / 10_000, 2), unit: 'wan' }
    : { text: num(m2, 0), unit: 'm2' }
}

/** 万元 in; 亿元 or 万元 out, in English millions of yuan. */
export function money(wan: number | null | undefined, lang = 'zh'): { text: string; unit: 'yi' | 'wan' | 'million' } {
  if (wan === null || wan === undefined) return { text: MISSING, unit: 'wan' }
  if (lang !== 'zh') return { text: num(wan / 100, 0), unit: 'million' }
  return Math.abs(wan) >= 1000 ? { text: num(wan / 10_000, 2), unit: 'yi' } : { text: num(wan, 0), unit: 'wan' }
}

export const range = (low: string, high: string): string => `${low} – ${high}`

/** "2026-08-31" → "08-31"; years other than the reference's stay whole. */
export function shortDate(iso: string | null | undefined, reference?: string): string {
  if (!iso) return MISSING
  const day = iso.slice(0, 10)
  if (reference && day.slice(0, 4) !== reference.slice(0, 4)) return day
  return day.length === 10 ? day.slice(5) : day
}

export const today = (): string => new Date().toLocaleDateString('sv-SE')
