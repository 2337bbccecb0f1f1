import type { Indicator, ParkScore } from '../api/analyses'

/** Points of the 100 that a card has, and how many of them could be had. */
export interface Points {
  got: number | null
  most: number
}

export interface HeadPart {
  id: string
  /** Whole per cent of the weight; the heads' add to 100. */
  share: number
  points: Points
  list: Indicator[]
}

const counts = (i: Indicator): boolean => i.weight !== null && i.verdict !== 'not_applicable'

/** What the pack asks of a park: what it weighs and what it holds against a threshold. */
export const isAsked = (i: Indicator): boolean => i.weight !== null || i.threshold !== null

/** Unknown, where the pack asks: counted once, the same everywhere. */
export const isMissing = (i: Indicator): boolean => isAsked(i) && i.verdict === 'unknown'

const weightOf = (list: Indicator[]): number => list.filter(counts).reduce((sum, i) => sum + (i.weight ?? 0), 0)

/** An unknown indicator has no points to show, and earns none. */
export function pointsOf(i: Indicator, whole: number): Points | null {
  if (!counts(i) || whole <= 0) return null
  const most = (100 * (i.weight ?? 0)) / whole
  return { got: i.score === null ? null : most * i.score, most }
}

/** Whole per cents that add to 100: the largest remainders are rounded up. */
export function wholePercents(parts: number[]): number[] {
  const sum = parts.reduce((a, b) => a + b, 0)
  if (sum <= 0) return parts.map(() => 0)
  const exact = parts.map((part) => (100 * part) / sum)
  const whole = exact.map(Math.floor)
  let left = 100 - whole.reduce((a, b) => a + b, 0)
  const byRemainder = exact.map((_, at) => at).sort((a, b) => exact[b]! - whole[b]! - (exact[a]! - whole[a]!) || a - b)
  for (const at of byRemainder) {
    if (left <= 0) break
    whole[at]! += 1
    left -= 1
  }
  return whole
}

/** The card by heads, all on the one scale of 100 points. */
export function headsOf(card: ParkScore, all: boolean): HeadPart[] {
  const whole = weightOf(card.indicators)
  const ids = Object.keys(card.heads)
  const lists = ids.map((id) => card.indicators.filter((i) => i.head === id))
  const shares = wholePercents(lists.map(weightOf))
  return ids.map((id, at) => {
    const points = lists[at]!.map((i) => pointsOf(i, whole)).filter((one) => one !== null)
    return {
      id,
      share: shares[at]!,
      points: {
        // What is withheld would follow from the head's points and those of its other indicators.
        got: lists[at]!.some((i) => i.withheld && i.score === null && counts(i))
          ? null
          : points.reduce((sum, one) => sum + (one.got ?? 0), 0),
        most: points.reduce((sum, one) => sum + one.most, 0),
      },
      list: all ? lists[at]! : lists[at]!.filter(isAsked),
    }
  })
}

export const wholeWeight = (card: ParkScore): number => weightOf(card.indicators)

/** `must_failed: lead_output` and the like, taken apart. */
export function reasonOf(reason: string): { code: string; id: string | null } {
  const [code = '', id] = reason.split(': ')
  return { code, id: id ?? null }
}

/** Which rows of a collection an indicator rests on, as CQL2. A class of facilities has its own. */
export function rowsFilter(card: ParkScore, i: Indicator, collection: string): string | null {
  if (collection === 'facility' && i.id !== 'facility_mean' && i.id.startsWith('facility_'))
    return `class = '${i.id.slice('facility_'.length).replaceAll("'", "''")}'`
  return card.evidence.find((rows) => rows.collection === collection)?.filter ?? null
}
