import * as api from '../api/endpoints'
import type { Candidate, ConsolidateInputs, ConsolidateResult, ExcludedDetail, Site } from '../api/analyses'
import type { Item } from '../api/types'
import { gapRange } from '../model/gaps'
import { whyNot } from '../model/leftout'
import { basket } from './basket.svelte'
import { city } from './city.svelte'
import { JobRun } from './job.svelte'
import { ui } from './ui.svelte'

export type Tab = 'solve' | 'units' | 'plan'
/** Shown until the rule pack's figures have come; budget and number of sites are the planner's own. */
const DEFAULTS = {
  minHa: 3,
  maxHa: 30,
  tolerance: 0.5,
  compactness: 0.3,
  budgetYi: 10,
  sites: '1' as '1' | '2' | '3' | 'any',
  bridge: 0,
  width: '',
  length: '',
}
/**
 * Each weight's own scale: per hectare, compactness × ha, million yuan, owner, readiness × ha. Where they start is the
 * rule pack's to say.
 */
export const WEIGHTS = [
  { id: 'area', max: 3, step: 0.1, digits: 1 },
  { id: 'compactness', max: 3, step: 0.1, digits: 1 },
  { id: 'cost', max: 0.2, step: 0.01, digits: 2 },
  { id: 'owners', max: 1, step: 0.05, digits: 2 },
  { id: 'readiness', max: 3, step: 0.1, digits: 1 },
] as const
/** Widest road, in metres, that a site may lie across. */
export const BRIDGES = [0, 9, 16, 26, 40] as const
const MOST_PARCELS = 2000

class Consolidation extends JobRun {
  get tab(): Tab {
    return ui.tab === 'units' || ui.tab === 'plan' ? ui.tab : 'solve'
  }
  set tab(tab: Tab) {
    ui.tab = tab === 'solve' ? '' : tab
  }
  /** A park's code, or 'basket'. */
  park = $state('')
  form = $state({ ...DEFAULTS })
  weights = $state<Record<string, number>>({})
  #pack: Record<string, number> | null = null
  /**
   * Parcels of the scope with their shapes: the account of the basket, labels and signs on the map are made from
   * these.
   */
  items = $state.raw<Map<string, Item>>(new Map())
  result = $state.raw<ConsolidateResult | null>(null)
  chosen = $state(0)
  /** The candidate under the pointer: painted before it is chosen. */
  hovered = $state<number | null>(null)
  reason = $state<string | null>(null)
  /** The left-out parcel that was asked about. */
  asked = $state<string | null>(null)

  candidate = $derived<Candidate | null>(this.result?.candidates[this.chosen] ?? null)
  codes = $derived(this.candidate?.sites.flatMap((s: Site) => s.parcels) ?? [])
  why = $derived<Map<string, ExcludedDetail>>(whyNot(this.result?.excluded ?? []))
  gaps = $derived(gapRange([...this.items.values()].map((i) => i.geometry)))
  /** Null while owners are hidden from this account. */
  owners = $derived.by(() => {
    const named = [...this.items.values()].flatMap((i) =>
      typeof i.properties['owner'] === 'string' ? [i.properties['owner']] : [],
    )
    return named.length ? new Set(named).size : null
  })
  /** Both sides of the rectangle, or none. */
  rectangle = $derived.by((): [number, number] | null => {
    const [w, l] = [Number(this.form.width), Number(this.form.length)]
    return w > 0 && l > 0 ? [w, l] : null
  })

  resetWeights(): void {
    this.weights = { ...this.#pack }
  }
  /** Starts the form from the rule pack, once. */
  async loadDefaults(): Promise<void> {
    if (this.#pack) return
    const d = await api.consolidationDefaults()
    this.#pack = d.weights
    this.weights = { ...d.weights }
    this.form = {
      ...this.form,
      minHa: d.min_area_ha,
      maxHa: d.max_area_ha,
      tolerance: d.tolerance_m,
      compactness: d.min_compactness,
      bridge: d.bridge_width_m,
    }
  }
  choose(park: string): void {
    this.park = park
    this.result = null
    this.reason = null
    this.asked = null
    this.items = new Map()
  }

  async loadItems(): Promise<void> {
    const { park } = this
    const codes = basket.codes
    const found = await api.items('parcel', {
      ...(park === 'basket' ? { ids: codes } : { filter: `park = '${park.replaceAll("'", "''")}'` }),
      limit: MOST_PARCELS,
      // Owners are asked for where this account may see them: to others the server knows no such field.
      properties: ['code', 'owner'].filter((field) => field in city.fields),
    })
    if (park === this.park && (park !== 'basket' || codes === basket.codes))
      this.items = new Map(found.features.map((f) => [f.id, f]))
  }

  inputs(): ConsolidateInputs {
    const f = this.form
    return {
      ...(this.park === 'basket' ? { parcels: basket.codes } : { park: this.park }),
      min_area_ha: f.minHa,
      max_area_ha: f.maxHa,
      ...(f.sites === 'any' ? {} : { sites: Number(f.sites) }),
      budget_wan: Math.round(f.budgetYi * 10_000),
      weights: { ...this.weights },
      pin: basket.pins,
      ban: basket.bans,
      tolerance_m: f.tolerance,
      min_compactness: f.compactness,
      bridge_width_m: f.bridge,
      ...(this.rectangle ? { rectangle_m: this.rectangle } : {}),
    }
  }

  async run(): Promise<void> {
    const result = await this.follow('consolidate', this.inputs())
    if (!result) return
    // The best answer may be to take nothing; that is no candidate to choose.
    this.result = { ...result, candidates: result.candidates.filter((c) => c.sites.length) }
    this.chosen = 0
    this.reason = null
    this.asked = null
  }
}
export const consolidation = new Consolidation()
