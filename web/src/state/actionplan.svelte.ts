import type { ActionPlanInputs, ActionPlanResult } from '../api/analyses'
import { yearly } from '../model/actionplan'
import { JobRun } from './job.svelte'

/** What to begin in which year, so that the money lasts and the target is met. */
class ActionPlan extends JobRun {
  form = $state({
    from: 2026,
    to: 2035,
    budget: '',
    capacity: '',
    targets: [] as { year: number; ha: number | null }[],
    hard: false,
    source: 'both' as 'accepted' | 'solved' | 'both',
    parks: [] as string[],
  })
  result = $state.raw<ActionPlanResult | null>(null)
  site = $state<string | null>(null)

  span = $derived(Math.max(1, this.form.to - this.form.from + 1))
  /** Money is asked in 亿元 and land in hectares; the process counts in 万元. */
  budget = $derived(yearly(this.form.budget, this.span))
  capacity = $derived(yearly(this.form.capacity, this.span))
  valid = $derived(this.budget !== null && this.capacity !== null && this.form.to >= this.form.from)

  inputs(): ActionPlanInputs {
    const f = this.form
    const targets = f.targets.flatMap((g) => (g.ha !== null && g.ha > 0 ? [{ year: g.year, ha: g.ha }] : []))
    const wan = (v: number | number[]): number | number[] =>
      Array.isArray(v) ? v.map((x) => Math.round(x * 10_000)) : Math.round(v * 10_000)
    return {
      from: f.from,
      to: f.to,
      source: f.source,
      hard: f.hard,
      ...(f.parks.length ? { parks: f.parks } : {}),
      ...(this.budget === undefined || this.budget === null ? {} : { budget_wan: wan(this.budget) }),
      ...(this.capacity === undefined || this.capacity === null ? {} : { capacity_ha: this.capacity }),
      ...(targets.length ? { targets } : {}),
    }
  }

  async run(): Promise<void> {
    if (!this.valid) return
    const result = await this.follow('actionplan', this.inputs())
    if (!result) return
    this.result = result
    this.site = null
  }
}
export const actionplan = new ActionPlan()
