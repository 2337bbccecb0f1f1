import type { Excluded, ExcludedDetail } from '../api/analyses'

/** The sign that a reason wears on the map and in the list. */
export type ReasonSign = 'ban' | 'triangle' | 'help' | 'building' | 'unlink' | 'x'
const SIGNS: Record<string, ReasonSign> = {
  banned: 'ban',
  control_line: 'triangle',
  data_incomplete: 'help',
  recent_building: 'building',
  dense_building: 'building',
  no_site_possible: 'unlink',
}
export const signOf = (reason: string): ReasonSign => SIGNS[reason] ?? 'x'
export type Tone = 'bad' | 'unk' | 'ink2'
const TONES: Record<ReasonSign, Tone> = {
  ban: 'bad',
  triangle: 'bad',
  help: 'unk',
  building: 'ink2',
  unlink: 'ink2',
  x: 'ink2',
}
export const toneOf = (reason: string): Tone => TONES[signOf(reason)]
const PATTERNS: Record<Tone, 'banned' | 'unknown' | 'leftout'> = { bad: 'banned', unk: 'unknown', ink2: 'leftout' }
export const patternOf = (reason: string): 'banned' | 'unknown' | 'leftout' => PATTERNS[toneOf(reason)]

/** Why not, by parcel; a parcel without details tells the reason that it is counted under. */
export function whyNot(excluded: readonly Excluded[]): Map<string, ExcludedDetail> {
  const index = new Map<string, ExcludedDetail>()
  for (const entry of excluded) {
    for (const parcel of entry.parcels) if (!index.has(parcel)) index.set(parcel, { parcel, reasons: [entry.reason] })
    for (const detail of entry.details)
      index.set(detail.parcel, detail.reasons.length ? detail : { ...detail, reasons: [entry.reason] })
  }
  return index
}
