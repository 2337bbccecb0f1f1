import { Problem } from '../api/client'
import * as api from '../api/endpoints'
import type { ProgressResult, TaskLights } from '../api/analyses'
import { t } from '../i18n/index.svelte'
import { today } from '../model/format'
import { type Grouping, lastReported, type Light, lightOf, reportDay } from '../model/progress'
import { session } from './session.svelte'
import { ui } from './ui.svelte'

/** The board of tasks: which month is looked at, what of it, and the task that is open. */
class Progress {
  result = $state.raw<ProgressResult | null>(null)
  running = $state(false)
  error = $state.raw<unknown>(null)
  /** The day on which the lights are read; empty until it is known for which month anybody reported last. */
  asOf = $state('')
  /** A saved action plan in place of the tasks. */
  plan = $state('')
  park = $state('')
  category = $state('')
  light = $state<Light | ''>('')
  /** Red tasks that lack a cause or a measure only. */
  owing = $state(false)
  grouping = $state<Grouping>('park')
  chosen = $state('')
  saving = $state(false)
  fieldErrors = $state<Record<string, string>>({})
  saveError = $state.raw<unknown>(null)
  /** A red light has just come: cause and measure are asked for. */
  asking = $state('')
  #asked = 0

  month = $derived(this.asOf.slice(0, 7))
  /** Of the park and category that are asked for, whatever their light. */
  inScope = $derived(
    (this.result?.tasks ?? []).filter(
      (task) => (!this.park || task.park === this.park) && (!this.category || task.category === this.category),
    ),
  )
  tasks = $derived(
    this.inScope.filter(
      (task) => (!this.light || lightOf(task) === this.light) && (!this.owing || task.missing.length > 0),
    ),
  )
  task = $derived<TaskLights | null>(this.result?.tasks.find((task) => task.id === this.chosen) ?? null)

  async run(): Promise<void> {
    const asked = ++this.#asked
    this.running = true
    this.error = null
    const inputs = (day: string): Parameters<typeof api.progress>[0] => ({
      as_of: day,
      ...(this.plan ? { plan: this.plan } : {}),
    })
    try {
      const now = today()
      let result = await api.progress(inputs(this.asOf || now))
      const last = this.asOf || lastReported(result.tasks, now)
      if (last !== result.as_of) result = await api.progress(inputs(last))
      // An answer that was overtaken by a newer question is nobody's.
      if (asked !== this.#asked) return
      this.asOf = last
      this.result = result
    } catch (error) {
      if (asked === this.#asked) this.error = error
    }
    if (asked === this.#asked) this.running = false
  }

  look(month: string): void {
    this.asOf = reportDay(month, today())
    void this.run()
  }
  follow(plan: string): void {
    this.plan = plan
    this.chosen = ''
    void this.run()
  }
  open(id: string): void {
    if (id !== this.chosen) {
      this.fieldErrors = {}
      this.saveError = null
      this.asking = ''
    }
    this.chosen = id
    ui.rightOpen = true
  }

  /** Planners report for all parks, an operator for the own one. */
  reports = (task: TaskLights): boolean =>
    task.revision !== null && (['planner', 'admin'].includes(session.role) || session.reports(task.park))

  /** The month's figure: a new row, or the row that the month has. */
  async report(task: TaskLights, done: number, note: string): Promise<void> {
    const known = task.reports.find((report) => report.date.startsWith(this.month))
    const fields = { done, note: note.trim() || null }
    await this.#save(task, async () => {
      if (known?.code) await this.#patch('task_report', known.code, known.revision, { ...fields, date: this.asOf })
      else await api.addRow('task_report', { ...fields, task: task.id, date: this.asOf })
    })
  }

  async explain(task: TaskLights, cause: string, measure: string): Promise<void> {
    const fields = { cause: cause.trim() || null, measure: measure.trim() || null }
    if (await this.#save(task, () => this.#patch('task', task.id, task.revision, fields))) this.asking = ''
  }

  /** What was seen is what is changed: a row that somebody else changed meanwhile is shown first. */
  async #patch(collection: string, id: string, seen: number | null, fields: Record<string, unknown>): Promise<void> {
    const { etag, properties } = await api.keptRow(collection, id)
    if (properties['revision'] !== seen) {
      await this.run()
      throw new Problem(412, t('pr.stale'), t('pr.staleHow'))
    }
    await api.patchRow(collection, id, etag, fields)
  }

  /** Saves, reads the lights anew and says what became of the task's. */
  async #save(task: TaskLights, write: () => Promise<void>): Promise<boolean> {
    if (!session.now.signed_in) {
      ui.dialog = 'signin'
      return false
    }
    this.saving = true
    this.fieldErrors = {}
    this.saveError = null
    try {
      await write()
      await this.run()
      const now = this.result?.tasks.find((one) => one.id === task.id)
      if (!now) return true
      const [before, after] = [lightOf(task), lightOf(now)]
      ui.toast(
        before === after
          ? t('pr.saved', { name: now.name ?? now.id })
          : t('pr.turned', { name: now.name ?? now.id, before: t(`light.${before}`), after: t(`light.${after}`) }),
      )
      if (after === 'red' && now.missing.length) this.asking = now.id
      return true
    } catch (error) {
      if (error instanceof Problem && error.errors.length) {
        this.fieldErrors = Object.fromEntries(error.errors.map((e) => [e.pointer.replace(/^\//, ''), e.detail]))
      }
      this.saveError = error
      return false
    } finally {
      this.saving = false
    }
  }

  async makeTasks(plan: string): Promise<void> {
    try {
      const { made, kept } = await api.makeTasks(plan)
      ui.toast(t('pr.made', { n: made.length, kept: kept.length }))
      this.follow('')
    } catch (error) {
      ui.toast(error instanceof Problem ? error.detail || error.title : t('error.unexpected'), 'bad')
    }
  }
}
export const progress = new Progress()
