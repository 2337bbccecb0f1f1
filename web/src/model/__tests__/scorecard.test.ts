import { describe, expect, it } from 'vitest'
import type { Indicator, ParkScore } from '../../api/analyses'
import { headsOf, isMissing, pointsOf, reasonOf, rowsFilter, wholePercents, wholeWeight } from '../scorecard'

const one = (id: string, head: string, weight: number | null, score: number | null, more: Partial<Indicator> = {}) =>
  ({ id, head, weight, score, threshold: null, verdict: null, ...more }) as Indicator

const card = {
  heads: {
    industry: { score: 50, weight: 6 },
    facilities: { score: 0, weight: 3 },
    operation: { score: 100, weight: 3 },
  },
  indicators: [
    one('a', 'industry', 4, 0.5),
    one('b', 'industry', 2, 0.5),
    one('facility_metro', 'facilities', 3, null, { verdict: 'unknown' }),
    one('d', 'operation', 3, 1),
    one('e', 'operation', 8, null, { verdict: 'not_applicable' }),
    one('f', 'operation', null, null, { verdict: 'unknown' }),
  ],
  evidence: [{ collection: 'firm', filter: "park = 'X'" }],
} as unknown as ParkScore

describe('a scorecard on one scale', () => {
  it('gives heads and rows points of 100, whatever the weights add to', () => {
    const heads = headsOf(card, false)
    expect(wholeWeight(card)).toBe(12)
    expect(heads.map((head) => head.points.most)).toEqual([50, 25, 25])
    expect(heads.map((head) => head.points.got)).toEqual([25, 0, 25])
    expect(pointsOf(card.indicators[0]!, 12)).toEqual({ got: (100 * 4) / 12 / 2, most: (100 * 4) / 12 })
  })

  it('has nothing to show for what is unknown or does not apply', () => {
    expect(pointsOf(card.indicators[2]!, 12)).toEqual({ got: null, most: 25 })
    expect(pointsOf(card.indicators[4]!, 12)).toBeNull()
    expect(pointsOf(card.indicators[5]!, 12)).toBeNull()
  })

  it('shows what is asked, and the rest on demand', () => {
    expect(headsOf(card, false).map((head) => head.list.length)).toEqual([2, 1, 2])
    expect(headsOf(card, true).map((head) => head.list.length)).toEqual([2, 1, 3])
  })

  it('counts missing evidence only where the pack asks for it', () => {
    expect(card.indicators.filter(isMissing).map((i) => i.id)).toEqual(['facility_metro'])
  })

  it('writes per cents that add to 100', () => {
    for (const parts of [
      [1, 1, 1],
      [42, 20, 38],
      [44, 24, 38],
      [0, 0, 5],
      [2, 3, 2],
    ])
      expect(wholePercents(parts).reduce((a, b) => a + b)).toBe(100)
    expect(wholePercents([0, 0])).toEqual([0, 0])
    expect(wholePercents([1, 1, 1])).toEqual([34, 33, 33])
  })

  it('takes reasons apart and knows the rows behind a figure', () => {
    expect(reasonOf('must_failed: lead_output')).toEqual({ code: 'must_failed', id: 'lead_output' })
    expect(reasonOf('false_data')).toEqual({ code: 'false_data', id: null })
    expect(rowsFilter(card, card.indicators[0]!, 'firm')).toBe("park = 'X'")
    expect(rowsFilter(card, card.indicators[2]!, 'facility')).toBe("class = 'metro'")
    expect(rowsFilter(card, card.indicators[0]!, 'unit')).toBeNull()
  })
})
