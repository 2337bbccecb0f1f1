import type { Position } from 'geojson'
import type { Division } from '../api/types'

export type SplitWay = 'equal' | 'areas' | 'line'

const number = (text: string): number => (text.trim() === '' ? NaN : Number(text.trim()))

/** What the form asks for, or null while it is not a whole question: the server says what else is wrong with it. */
export function division(
  way: SplitWay,
  form: { count: string; areas: string; direction: string; line: Position[] },
): Division | null {
  if (way === 'line') return form.line.length > 1 ? { line: { type: 'LineString', coordinates: form.line } } : null
  const angle = number(form.direction)
  if (form.direction.trim() !== '' && !Number.isFinite(angle)) return null
  const turned = Number.isFinite(angle) ? { direction_deg: angle } : {}
  if (way === 'equal') {
    const equal = number(form.count)
    return Number.isInteger(equal) && equal >= 2 && equal <= 100 ? { equal, ...turned } : null
  }
  const areas_m2 = form.areas
    .split(/[\s,，、;；]+/)
    .filter(Boolean)
    .map(Number)
  return areas_m2.length && areas_m2.every((m2) => Number.isFinite(m2) && m2 > 0) ? { areas_m2, ...turned } : null
}
