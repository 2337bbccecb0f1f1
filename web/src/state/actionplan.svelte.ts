import { isAbort } from '../api/client'
import { runJob } from '../api/jobs'
import type { ActionPlanInputs, ActionPlanResult } from '../api/types'
import { yearly } from '../model/actionplan'

/** What to begin in which year, so that the money lasts and the target is met. */
class ActionPlan {
  form = $state({ from: 2026, to: 2035, budget: '', capacity: '', targets: [] as { year: number; ha: number | null }[], hard: false, source: 'both' as 'accepted' | 'solved' | 'both', parks: [] as string[] })
  result = $state.raw<ActionPlanResult | null>(null)
  running = $state(false)
  progress = $state<number | null>(null)
  error = $state.raw<unknown>(null)
  site = $state<string | null>(null)
  #abort: AbortController | null = null

  span = $derived(Math.max(1, this.form.to - this.form.from + 1))
  /** Money is asked in 亿元 and land in hectares; the process counts in 万元. */
  budget = $derived(yearly(this.form.budget, this.span))
  capacity = $derived(yearly(this.form.capacity, this.span))
  valid = $derived(this.budget !== null && this.capacity !== null && this.form.to >= this.form.from)

  inputs(): ActionPlanInputs {
    const f = this.form
    const targets = f.targets.flatMap((g) => (g.ha !== null && g.ha > 0 ? [{ year: g.year, ha: g.ha }] : []))
    const wan = (v: number | number[]): number | number[] => (Array.isArray(v) ? v.map((x) => Math.round(x * 10_000)) : Math.round(v * 10_000))
    return {
      from: f.from, to: f.to, source: f.source, hard: f.hard, ...(f.parks.length ? { parks: f.parks } : {}),
      ...(this.budget === undefined || this.budget === null ? {} : { budget_wan: wan(this.budget) }),
      ...(this.capacity === undefined || this.capacity === null ? {} : { capacity_ha: this.capacity }),
      ...(targets.length ? { targets } : {}),
    }
  }

  async run(): Promise<void> {
    if (!this.valid) return
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.running = true
    this.progress = null
    this.error = null
    try {
      const result = await runJob<ActionPlanResult>('actionplan', this.inputs(), { signal: abort.signal, onprogress: (job) => (this.progress = job.progress ?? null) })
      if (abort.signal.aborted) return
      this.result = result
      this.site = null
    } catch (error) {
      if (abort !== this.#abort) return
      if (!isAbort(error)) this.error = error
    }
    this.running = false
  }
  cancel(): void {
    this.#abort?.abort()
    this.running = false
  }
}
export const actionplan = new ActionPlan()
