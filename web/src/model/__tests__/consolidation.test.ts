import type { Polygon } from 'geojson'
import { describe, expect, it } from 'vitest'
import type { PlanSite } from '../../api/analyses'
import { ganttRows, planAsGeojson, yearly, yearShade } from '../actionplan'
import { gapRange } from '../gaps'
import { patternOf, signOf, whyNot } from '../leftout'

describe('why not', () => {
  const index = whyNot([
    { reason: 'banned', count: 1, area_m2: 1, parcels: ['a'], details: [] },
    {
      reason: 'data_incomplete',
      count: 1,
      area_m2: 1,
      parcels: ['b'],
      details: [{ parcel: 'b', reasons: ['data_incomplete', 'control_line'], missing: 'tenure' }],
    },
    { reason: 'worse', count: 1, area_m2: 1, parcels: ['c'], details: [{ parcel: 'c', reasons: [], change: -0.4 }] },
  ])
  it('tells all reasons of a parcel', () =>
    expect(index.get('b')).toMatchObject({ reasons: ['data_incomplete', 'control_line'], missing: 'tenure' }))
  it('falls back to the reason it is counted under', () => {
    expect(index.get('a')?.reasons).toEqual(['banned'])
    expect(index.get('c')).toMatchObject({ reasons: ['worse'], change: -0.4 })
  })
  it('has a sign and a pattern for reasons not known yet', () => {
    expect(signOf('something_new')).toBe('x')
    expect(patternOf('something_new')).toBe('leftout')
    expect(patternOf('control_line')).toBe('banned')
    expect(patternOf('data_incomplete')).toBe('unknown')
  })
})

describe('gaps between parcels', () => {
  const metre = 1 / 111_320
  const square = (x: number, y: number, size = 10): Polygon => {
    const [w, s, e, n] = [x, y, x + size, y + size].map((v) => v * metre) as [number, number, number, number]
    return {
      type: 'Polygon',
      coordinates: [
        [
          [w, s],
          [e, s],
          [e, n],
          [w, n],
          [w, s],
        ],
      ],
    }
  }
  it('are from each to its nearest', () => {
    const found = gapRange([square(0, 0), square(10, 0), square(24, 0), square(0, 17)])!
    expect(found.least).toBeCloseTo(0, 2)
    expect(found.most).toBeCloseTo(7, 1)
  })
  it('do not depend on the order', () => {
    const shapes = [square(0, 0), square(13, 0), square(40, 0), square(-9.5, 11), square(60, 60, 30)]
    expect(gapRange([...shapes].reverse())!.most).toBeCloseTo(gapRange(shapes)!.most, 6)
  })
  it('need two parcels', () => {
    expect(gapRange([square(0, 0)])).toBeNull()
    expect(gapRange([null])).toBeNull()
  })
})

describe('the action plan', () => {
  it('takes one figure for all years or one a year', () => {
    expect(yearly('', 10)).toBeUndefined()
    expect(yearly('3.5', 10)).toBe(3.5)
    expect(yearly('1, 2，3', 3)).toEqual([1, 2, 3])
    expect(yearly('1, 2', 3)).toBeNull()
    expect(yearly('a', 3)).toBeNull()
    expect(yearly('-1', 3)).toBeNull()
  })
  const site = (id: string, park: string, year: number | null, phase: 'start' | 'expand' | 'reserve'): PlanSite => ({
    id,
    park,
    year,
    phase,
    area_ha: 1,
    banked_ha: 0,
    block_ha: 1,
    cost_wan: 2,
    source: 'solved',
    parcels: [],
    outline: { type: 'MultiPolygon', coordinates: [] },
  })
  const sites = [
    site('s2', 'B', 2028, 'expand'),
    site('s1', 'B', 2026, 'start'),
    site('s3', 'A', 2027, 'start'),
    site('s4', 'A', null, 'reserve'),
  ]
  it('has a row a park, earliest first, without sites that have no year', () => {
    expect(ganttRows({ sites, gantt: [] }).map((r) => [r.key, r.bars.map((b) => b.id)])).toEqual([
      ['B', ['s1', 's2']],
      ['A', ['s3']],
    ])
  })
  it('pales with the years', () => {
    expect(yearShade(2026, 2026, 2035)).toBeGreaterThan(yearShade(2030, 2026, 2035))
    expect(yearShade(2026, 2026, 2026)).toBe(0.92)
  })
  it('goes to a file with every site and the run', () => {
    const run = {
      id: 'r',
      kind: 'actionplan',
      input_hash: '',
      revision: 1,
      pack: '',
      pack_version: '',
      seed: 1,
      as_of: '2026-09-01',
    }
    const file = JSON.parse(planAsGeojson({ run, sites })) as { features: unknown[]; run: { id: string } }
    expect(file.features).toHaveLength(4)
    expect(file.run.id).toBe('r')
  })
})
