import type { Indicator, ParkScore } from '../../api/analyses'
import { either, has, t, tIf } from '../../i18n/index.svelte'
import { MISSING, num } from '../../model/format'
import { reasonOf } from '../../model/scorecard'

/** A location quotient has no unit either, but is no share. */
const RATIOS = new Set(['lq', 'output_per_mu', 'tax_per_mu', 'rent_to_cap'])
const isShare = (i: Indicator): boolean => i.unit === '1' && !RATIOS.has(i.id)

const digits = (v: number): number => (Number.isInteger(v) || Math.abs(v) >= 100 ? 0 : Math.abs(v) >= 10 ? 1 : 2)

export const say = (v: number | null, i: Indicator): string =>
  v === null ? MISSING : isShare(i) ? `${num(v * 100, 1)} %` : num(v, digits(v))

export const unitOf = (i: Indicator): string => (i.unit === '1' || !i.unit ? '' : tIf(`per.${i.unit}`, i.unit))

const SIGNS: Record<string, string> = { '>=': '≥', '<=': '≤', '>': '>', '<': '<' }
export const limitOf = (i: Indicator): string =>
  i.threshold === null ? MISSING : `${SIGNS[i.op] ?? i.op} ${say(i.threshold, i)}`

/** The day of stocks, or the year of flows. */
export const dateOf = (i: Indicator): string => i.as_of ?? (i.period === null ? MISSING : String(i.period))

export const sourceOf = (i: Indicator): string => (i.source ? tIf(`src.${i.source}`, i.source) : MISSING)

/** Why a grade was forced or withheld, with the figure that decided. */
export function reasonText(card: ParkScore, reason: string): string {
  const { code, id } = reasonOf(reason)
  const found = card.indicators.find((i) => i.id === id)
  const name = found ? either(found) : (id ?? '')
  if (code === 'must_failed' && found)
    return t('reason.must_failed', { name, value: say(found.value, found), limit: limitOf(found) })
  const key = `reason.${code}`
  return has(key) ? t(key, { name }) : code
}
