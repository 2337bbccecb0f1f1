import { describe, expect, it } from 'vitest'
import type { Instrument } from '../../api/types'
import { canUndo, changeDays, consumedAt, dayNumber, dayOf, family, inForceAt, isDay, layers } from '../land'

const make = (code: string, more: Partial<Instrument>): Instrument => ({
  code,
  name: null,
  kind: 'merge',
  state: 'in_force',
  date: '2026-03-01',
  parents: [],
  children: [],
  by: {},
  next: [],
  ledger: null,
  outline: null,
  run: null,
  revision: 1,
  etag: '"1"',
  ...more,
})
const merge = make('I1', { parents: ['a', 'b'], children: ['P1'] })
const second = make('I2', { date: '2026-06-01', parents: ['c'], children: ['P2'] })
const undo = make('I3', { kind: 'undo', date: '2026-08-01', undoes: 'I1', parents: ['P1'], children: ['a', 'b'] })
const draft = make('I4', { state: 'draft', date: null, parents: ['d'] })
const all = [merge, second, undo, draft]

describe('the land on a day', () => {
  it('is as recorded before the first instrument', () => expect(consumedAt(all, '2026-02-28')).toEqual([]))
  it('lacks the parents from the day the instrument is in force', () =>
    expect(consumedAt(all, '2026-03-01')).toEqual(['a', 'b']))
  it('adds up over instruments', () => expect(consumedAt(all, '2026-07-01')).toEqual(['a', 'b', 'c']))
  it('has the parents back once the undo is in force', () => {
    expect(consumedAt(all, '2026-08-01')).toEqual(['c'])
    expect(inForceAt(all, '2026-08-01').map((i) => i.code)).toEqual(['I2'])
  })
  it('never counts drafts', () => expect(consumedAt(all, '2030-01-01')).not.toContain('d'))
  it('changes on the days of instruments in force', () =>
    expect(changeDays(all)).toEqual(['2026-03-01', '2026-06-01', '2026-08-01']))
})

describe('days', () => {
  it('go to numbers and back', () => expect(dayOf(dayNumber('2026-02-28') + 1)).toBe('2026-03-01'))
  it('are refused when there is no such day', () => {
    expect(isDay('2026-02-30')).toBe(false)
    expect(isDay('2026-02-28')).toBe(true)
    expect(isDay('26-2-1')).toBe(false)
  })
})

describe('the states of an instrument', () => {
  it('let only what is in force and not undone be undone', () => {
    expect(canUndo(merge)).toBe(true)
    expect(canUndo({ ...merge, undone_by: 'I3' })).toBe(false)
    expect(canUndo(undo)).toBe(false)
    expect(canUndo(draft)).toBe(false)
  })
})

describe('a family of parcels', () => {
  const node = (code: string) => ({ code, kind: 'parcel', area_m2: 1, from: null, to: null, spans: [], alive: true })
  const edge = (parent: string, child: string) => ({ instrument: 'I', parent, child, date: '2026-03-01' })
  const lineage = {
    nodes: ['a', 'b', 'P', 'Q', 'R'].map(node),
    edges: [edge('a', 'P'), edge('b', 'P'), edge('P', 'Q'), edge('P', 'R')],
  }
  it('stands in columns from parents to children', () => {
    expect(layers(lineage).map((n) => [n.code, n.level, n.row])).toEqual([
      ['a', 0, 0],
      ['b', 0, 1],
      ['P', 1, 0],
      ['Q', 2, 0],
      ['R', 2, 1],
    ])
  })
  it('is walked both ways', () => {
    expect(family(lineage, 'P').before.map((e) => e.parent)).toEqual(['a', 'b'])
    expect(family(lineage, 'a').after.map((e) => e.child)).toEqual(['P', 'Q', 'R'])
  })
  it('ends even if the edges run in a circle', () => {
    expect(layers({ nodes: ['a', 'b'].map(node), edges: [edge('a', 'b'), edge('b', 'a')] })).toHaveLength(2)
  })
})
