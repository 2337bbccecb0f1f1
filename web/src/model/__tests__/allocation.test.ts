import { describe, expect, it } from 'vitest'
import type { AllocateResult, AllocationCell, AllocationWarning } from '../../api/analyses'
import { byPair, changeOf, changes, classes, count, exemption, pairs, step, warningOf } from '../allocation'

const FIT = { location_quotient: null, suited_area: null, present_firms: null, total: 0, withheld: [] }
const cell = (
  cluster: string,
  district: string,
  placed: boolean,
  best: boolean,
  parks: string[] = [],
): AllocationCell => ({ cluster, district, placed, declared: placed, parks, best, fit: FIT })
const MATRIX = [
  cell('a', 'd1', true, true),
  cell('a', 'd2', true, false),
  cell('b', 'd1', false, true),
  cell('b', 'd2', false, false),
  cell('x', 'd1', true, true),
  cell('x', 'd2', false, false, ['P']),
]
const EXEMPT = new Set(['x'])

describe('an allocation', () => {
  it('marks each cell by what the proposal does to it', () => {
    expect(MATRIX.map(changeOf)).toEqual(['kept', 'gone', 'come', 'none', 'kept', 'none'])
    expect(changeOf(undefined)).toBe('none')
    const { kept, come, gone } = changes(MATRIX)
    expect([kept, come, gone].map((list) => list.map((c) => c.cluster + c.district))).toEqual([
      ['ad1', 'xd1'],
      ['bd1'],
      ['ad2'],
    ])
  })
  it('counts a district without what the city places, and with it beside', () => {
    expect(count(MATRIX, 'placed', 'district', 'd1', EXEMPT)).toEqual({ counted: 1, all: 2 })
    expect(count(MATRIX, 'best', 'district', 'd1', EXEMPT)).toEqual({ counted: 2, all: 3 })
    expect(count(MATRIX, 'placed', 'cluster', 'a', EXEMPT)).toEqual({ counted: 2, all: 2 })
  })
  it('finds the warning of the side that is shown', () => {
    const warning = (id: string): AllocationWarning => ({
      kind: 'district',
      id,
      count: 6,
      bound: 'max',
      limit: 5,
      clause: '',
      source: '',
      status: 'sourced',
    })
    const result = { warnings: [warning('d1')], best: { breaches: [warning('d2')] } } as unknown as AllocateResult
    expect(warningOf(result, 'placed', 'district', 'd1')?.id).toBe('d1')
    expect(warningOf(result, 'best', 'district', 'd1')).toBeUndefined()
    expect(warningOf(result, 'placed', 'cluster', 'd1')).toBeUndefined()
    expect(warningOf(null, 'best', 'district', 'd2')).toBeUndefined()
  })
  it('groups clusters by class and says which classes the city places', () => {
    const list = [
      { id: 'x', class: 'strategic' },
      { id: 'a', class: 'leading' },
      { id: 'b', class: 'leading' },
    ]
    expect(classes(list, EXEMPT).map((c) => [c.id, c.list.length, c.exempt])).toEqual([
      ['strategic', 1, 'all'],
      ['leading', 2, 'none'],
    ])
    expect(classes(list, new Set(['a']))[1]?.exempt).toBe('some')
  })
  it('asks for an exemption only where it is another one', () => {
    const own = ['strategic', 'future']
    expect(exemption(['future', 'strategic'], own)).toBeNull()
    expect(exemption(['future'], own)).toEqual(['future'])
    expect(exemption([], own)).toEqual(['none'])
  })
  it('lists every pair that somebody holds, in the order of the catalogue', () => {
    expect(pairs(MATRIX, ['x', 'b', 'a']).map((c) => c.cluster + c.district)).toEqual([
      'xd1',
      'xd2',
      'bd1',
      'ad1',
      'ad2',
    ])
    expect(byPair(MATRIX).get('b d1')?.best).toBe(true)
  })
  it('steps by arrow keys and stays inside', () => {
    const [clusters, districts] = [
      ['a', 'b'],
      ['d1', 'd2'],
    ]
    expect(step({ cluster: 'a', district: 'd1' }, 'ArrowDown', clusters, districts)).toEqual({
      cluster: 'b',
      district: 'd1',
    })
    expect(step({ cluster: 'b', district: 'd2' }, 'ArrowRight', clusters, districts)).toEqual({
      cluster: 'b',
      district: 'd2',
    })
    expect(step({ cluster: 'b', district: 'd2' }, 'ArrowLeft', clusters, districts)).toEqual({
      cluster: 'b',
      district: 'd1',
    })
    expect(step({ cluster: 'a', district: 'd1' }, 'Enter', clusters, districts)).toBeNull()
  })
})
