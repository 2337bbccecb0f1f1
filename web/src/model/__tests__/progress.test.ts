import { describe, expect, it } from 'vitest'
import type { TaskLights } from '../../api/analyses'
import {
  groups,
  isPromoted,
  lastReported,
  LIGHTS,
  monthEnd,
  monthRows,
  months,
  reportDay,
  SIGN,
  taskRows,
  worstByPark,
} from '../progress'

const task = (id: string, more: Partial<TaskLights> = {}): TaskLights => ({
  id,
  name: null,
  park: 'P1',
  district: 'D1',
  category: 'land',
  cluster: null,
  lever: null,
  year: 2026,
  start: '2026-01-01',
  end: '2026-12-31',
  target: 10,
  unit: 'ha',
  done: null,
  reported: null,
  finished: null,
  shown: 'green',
  promoted: false,
  responsible: null,
  cause: null,
  measure: null,
  missing: [],
  plan: null,
  revision: 1,
  planned: [],
  periods: [],
  reports: [],
  ...more,
})

describe('months', () => {
  it('end on their last day', () => {
    expect(['2026-02', '2024-02', '2026-12', '2026-04'].map(monthEnd)).toEqual([
      '2026-02-28',
      '2024-02-29',
      '2026-12-31',
      '2026-04-30',
    ])
  })
  it('are listed last first, over the turn of a year', () => {
    expect(months('2025-11-20', '2026-02-03')).toEqual(['2026-02', '2026-01', '2025-12', '2025-11'])
    expect(months('2026-03-01', '2026-02-01')).toEqual([])
  })
  it('are reported as of their end, the running one as of today', () => {
    expect(reportDay('2026-08', '2026-09-10')).toBe('2026-08-31')
    expect(reportDay('2026-09', '2026-09-10')).toBe('2026-09-10')
  })
  it('open at the last one for which anybody reported', () => {
    const list = [task('a', { reported: '2026-07-31' }), task('b', { reported: '2026-08-20' }), task('c')]
    expect(lastReported(list, '2026-11-29')).toBe('2026-08-31')
    expect(lastReported(list, '2026-08-25')).toBe('2026-08-25')
    expect(lastReported([task('c')], '2026-11-29')).toBe('2026-11-29')
  })
})

describe('lights', () => {
  const list = [
    task('a', { shown: 'green', park: 'P2' }),
    task('b', { shown: 'red', park: 'P2', category: 'floors' }),
    task('c', { shown: null, park: 'P1' }),
    task('d', { shown: 'unknown', park: 'P1' }),
    task('e', { shown: 'yellow', park: null }),
  ]
  it('stand worst first in groups of the given order', () => {
    const found = groups(list, 'park', ['P2', 'P1'])
    expect(found.map((g) => [g.id, g.tasks.map((t) => t.id)])).toEqual([
      ['P2', ['b', 'a']],
      ['P1', ['d', 'c']],
      ['', ['e']],
    ])
    expect(groups(list, 'light', LIGHTS).map((g) => g.id)).toEqual(['red', 'yellow', 'unknown', 'green', 'waiting'])
  })
  it('show a park by its worst, never by a mean', () => {
    expect([...worstByPark(list)].sort()).toEqual([
      ['P1', 'unknown'],
      ['P2', 'red'],
    ])
  })
  it('have a sign each, so that colour is never alone', () => {
    expect(new Set(LIGHTS.map((light) => SIGN[light])).size).toBe(LIGHTS.length)
  })
  it('are promoted when computed yellow and shown red', () => {
    const period = { date: '2026-02-28', planned: 20, actual: 5, gap: 15 }
    expect(isPromoted({ ...period, computed: 'yellow', shown: 'red' })).toBe(true)
    expect(isPromoted({ ...period, computed: 'red', shown: 'red' })).toBe(false)
  })
})

describe('files', () => {
  it('hold a line a task and a line a month', () => {
    const period = { date: '2026-02-28', planned: 20, actual: 5, gap: 15, computed: 'yellow', shown: 'red' } as const
    const one = task('a', { periods: [period], shown: 'red', promoted: true, missing: ['cause'] })
    expect(monthRows([one, task('b')])).toEqual([['a', '2026-02-28', 20, 5, 15, 'yellow', 'red']])
    expect(taskRows([one])[0]).toContain('cause')
  })
})
