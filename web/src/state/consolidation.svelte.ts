import { isAbort } from '../api/client'
import * as api from '../api/endpoints'
import type { Candidate, ConsolidateInputs, ConsolidateResult, Site } from '../api/types'
import { basket } from './basket.svelte'

/** Wide enough that the first run of any park finds something to look at. */
const DEFAULTS = { minHa: 3, maxHa: 30, tolerance: 0.5, compactness: 0.3, budgetYi: 10, sites: '1' as '1' | '2' | '3' }
/** Each weight's own scale: per hectare, compactness × ha, million yuan, owner, readiness × ha. */
export const WEIGHTS = [
  { id: 'area', max: 3, step: 0.1, digits: 1 },
  { id: 'compactness', max: 3, step: 0.1, digits: 1 },
  { id: 'cost', max: 0.2, step: 0.01, digits: 2 },
  { id: 'owners', max: 1, step: 0.05, digits: 2 },
  { id: 'readiness', max: 3, step: 0.1, digits: 1 },
] as const

class Consolidation {
  /** A park's code, or 'basket'. */
  park = $state('')
  form = $state({ ...DEFAULTS })
  /** Only the weights that were moved; the rule pack knows the others. */
  weights = $state<Record<string, number>>({})
  result = $state.raw<ConsolidateResult | null>(null)
  chosen = $state(0)
  reason = $state<string | null>(null)
  running = $state(false)
  error = $state.raw<unknown>(null)
  #abort: AbortController | null = null

  candidate = $derived<Candidate | null>(this.result?.candidates[this.chosen] ?? null)
  codes = $derived(this.candidate?.sites.flatMap((s: Site) => s.parcels) ?? [])

  resetWeights(): void {
    this.weights = {}
  }

  inputs(): ConsolidateInputs {
    const f = this.form
    return {
      ...(this.park === 'basket' ? { parcels: basket.codes } : { park: this.park }),
      min_area_ha: f.minHa, max_area_ha: f.maxHa, sites: Number(f.sites), budget_wan: Math.round(f.budgetYi * 10_000), ...(Object.keys(this.weights).length ? { weights: { ...this.weights } } : {}),
      pin: basket.pins, ban: basket.bans, tolerance_m: f.tolerance, min_compactness: f.compactness,
    }
  }

  async run(): Promise<void> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.running = true
    this.error = null
    try {
      const result = await api.consolidate(this.inputs(), abort.signal)
      // The best answer may be to take nothing; that is no candidate to choose.
      this.result = { ...result, candidates: result.candidates.filter((c) => c.sites.length) }
      this.chosen = 0
      this.reason = null
    } catch (error) {
      if (isAbort(error)) return
      this.error = error
    }
    this.running = false
  }
  cancel(): void {
    this.#abort?.abort()
    this.running = false
  }
}
export const consolidation = new Consolidation()
