/** What the lights of tasks look like on the screen: groups, the worst light of a park, months, tables for files. */
import type { LightPeriod, ProgressResult, TaskCompletion, TaskLights } from '../api/analyses'

/** A task before its start has none of the four lights. */
export type Light = NonNullable<TaskLights['shown']> | 'waiting'
/** From what wants looking at to what does not. */
export const LIGHTS: readonly Light[] = ['red', 'yellow', 'unknown', 'green', 'waiting']

export const lightOf = (task: TaskLights): Light => task.shown ?? 'waiting'
export const isPromoted = (period: LightPeriod): boolean => period.computed === 'yellow' && period.shown === 'red'

/** A sign of its own for each light, so that colour is never alone. */
export const SIGN: Record<Light, string> = { green: '●', yellow: '▲', red: '■', unknown: '○', waiting: '·' }

export interface Group {
  id: string
  tasks: TaskLights[]
}

export type Grouping = 'park' | 'category' | 'light'
const keyOf = (task: TaskLights, by: Grouping): string =>
  by === 'park' ? (task.park ?? '') : by === 'category' ? task.category : lightOf(task)

/** Groups in the order given, unlisted ones after them; within a group the worst light first. */
export function groups(tasks: readonly TaskLights[], by: Grouping, order: readonly string[]): Group[] {
  const found = new Map<string, TaskLights[]>()
  for (const task of tasks) {
    const key = keyOf(task, by)
    found.set(key, [...(found.get(key) ?? []), task])
  }
  const place = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length)
  return [...found]
    .map(([id, list]) => ({ id, tasks: [...list].sort(byLight) }))
    .sort((a, b) => place(a.id) - place(b.id) || a.id.localeCompare(b.id))
}

export const byLight = (a: TaskLights, b: TaskLights): number =>
  LIGHTS.indexOf(lightOf(a)) - LIGHTS.indexOf(lightOf(b)) || a.id.localeCompare(b.id)

/** A park is shown by the worst of its tasks' lights: there is no mean colour (P6). */
export function worstByPark(tasks: readonly TaskLights[]): ReadonlyMap<string, Light> {
  const worst = new Map<string, Light>()
  for (const task of [...tasks].sort(byLight))
    if (task.park && !worst.has(task.park)) worst.set(task.park, lightOf(task))
  return worst
}

export function countBy<T>(list: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>()
  for (const one of list) counts.set(one, (counts.get(one) ?? 0) + 1)
  return counts
}

/** "2026-02" → "2026-02-28". */
export function monthEnd(month: string): string {
  const [year = 0, of = 1] = month.split('-').map(Number)
  return `${month}-${String(new Date(Date.UTC(year, of, 0)).getUTCDate()).padStart(2, '0')}`
}

/** The months from one day's to another's, last first. */
export function months(from: string, to: string): string[] {
  const list: string[] = []
  let [year = 0, month = 1] = from.slice(0, 7).split('-').map(Number)
  for (let at = from.slice(0, 7); at <= to.slice(0, 7) && list.length < 600;) {
    list.push(at)
    month = month === 12 ? 1 : month + 1
    year += month === 1 ? 1 : 0
    at = `${year}-${String(month).padStart(2, '0')}`
  }
  return list.reverse()
}

/** The last month for which anybody reported, as its last day or today. */
export function lastReported(tasks: readonly TaskLights[], today: string): string {
  const last = tasks.reduce((day, task) => (task.reported && task.reported > day ? task.reported : day), '')
  if (!last || last.slice(0, 7) >= today.slice(0, 7)) return today
  return monthEnd(last.slice(0, 7))
}

/** The day that a report of a month is dated with: its end, or today while it runs. */
export function reportDay(month: string, today: string): string {
  const end = monthEnd(month)
  return end > today ? today : end
}

export const lastPeriod = (task: TaskLights): LightPeriod | undefined => task.periods.at(-1)

/** Whether a task still owes the report of its last period; what is over or finished owes none by its light. */
export const owesReport = (task: TaskLights): boolean => lightOf(task) === 'unknown' && !!task.target

export interface Place {
  district: string
  completion: TaskCompletion
}

type Row = (string | number | null)[]
export const TASK_HEAD = [
  'id',
  'name',
  'park',
  'district',
  'category',
  'year',
  'start',
  'end',
  'target',
  'unit',
  'done',
  'reported',
  'planned',
  'actual',
  'gap',
  'computed',
  'shown',
  'promoted',
  'finished',
  'missing',
  'cause',
  'measure',
  'responsible',
] as const

export const taskRows = (tasks: readonly TaskLights[]): Row[] =>
  tasks.map((task) => {
    const last = lastPeriod(task)
    return [
      task.id,
      task.name,
      task.park,
      task.district,
      task.category,
      task.year,
      task.start,
      task.end,
      task.target,
      task.unit,
      task.done,
      task.reported,
      last?.planned ?? null,
      last?.actual ?? null,
      last?.gap ?? null,
      last?.computed ?? null,
      task.shown,
      String(task.promoted),
      task.finished,
      task.missing.join(' '),
      task.cause,
      task.measure,
      task.responsible,
    ]
  })

export const MONTH_HEAD = ['id', 'date', 'planned', 'actual', 'gap', 'computed', 'shown'] as const
export const monthRows = (tasks: readonly TaskLights[]): Row[] =>
  tasks.flatMap((task) => task.periods.map((p) => [task.id, p.date, p.planned, p.actual, p.gap, p.computed, p.shown]))

export const COMPLETION_HEAD = [
  'category',
  'unit',
  'district',
  'tasks',
  'target',
  'done',
  'share',
  'known',
  'rank',
  'excluded',
] as const
export const completionRows = (completion: ProgressResult['completion']): Row[] =>
  completion.flatMap((group) => {
    const line = (of: TaskCompletion, district: string | null): Row => [
      group.name,
      group.unit,
      district,
      of.tasks,
      of.target,
      of.done,
      of.share,
      of.known,
      of.rank,
      of.excluded.join(' '),
    ]
    return [line(group, null), ...group.districts.map((district) => line(district, district.name))]
  })
