import type { RollUp } from '../../../api/analyses'
import { floorSpace } from '../../../model/format'

export interface Bar {
  id: 'built' | 'allowed' | 'potential' | 'remaining'
  m2: number
}
export const bars = (r: RollUp): Bar[] => [
  { id: 'built', m2: r.built_gfa_m2 },
  { id: 'allowed', m2: r.allowed_gfa_m2 },
  { id: 'potential', m2: r.potential_gfa_m2 },
  { id: 'remaining', m2: r.remaining_gfa_m2 },
]

export function gfaText(m2: number | null | undefined, lang: string, wan: string, m2Unit: string): string {
  const f = floorSpace(m2, lang)
  return m2 === null || m2 === undefined ? f.text : `${f.text} ${f.unit === 'wan' ? wan : m2Unit}`
}

/** Of what is allowed, the share still to be built: five steps, for the map. */
export function remainingClass(r: { allowed_gfa_m2: number | null; remaining_gfa_m2: number | null }): number | null {
  if (!r.allowed_gfa_m2 || r.remaining_gfa_m2 === null) return null
  return Math.min(4, Math.max(0, Math.floor((5 * r.remaining_gfa_m2) / r.allowed_gfa_m2)))
}
