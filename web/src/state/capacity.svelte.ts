import type { Polygon } from 'geojson'
import { isAbort } from '../api/client'
import * as api from '../api/endpoints'
import type { Levers, UpstairsResult } from '../api/analyses'
import type { Item } from '../api/types'
import { ui } from './ui.svelte'

/** Those that have a slider. */
export type Lever = Exclude<keyof Levers, 'storeys' | 'plates' | 'bays'>

/** One parcel or drawn outline, one cluster, and the levers that were moved away from the rule pack's own values. */
class Capacity {
  /** One piece of land, or the sum over a park or the city. */
  get scope(): 'one' | 'over' {
    return ui.tab === 'over' ? 'over' : 'one'
  }
  set scope(scope: 'one' | 'over') {
    ui.tab = scope === 'over' ? 'over' : ''
  }
  parcel = $state('')
  outline = $state.raw<Polygon | null>(null)
  cluster = $state('')
  moved = $state<Partial<Record<Lever, number>>>({})
  item = $state.raw<Item | null>(null)
  result = $state.raw<UpstairsResult | null>(null)
  /** The answer without any lever moved: what the sliders start from. */
  base = $state.raw<UpstairsResult | null>(null)
  running = $state(false)
  error = $state.raw<unknown>(null)
  #abort: AbortController | null = null
  #timer = 0

  changed = $derived(Object.keys(this.moved).length)
  has = $derived(!!this.parcel || !!this.outline)

  choose(parcel: string): void {
    if (parcel === this.parcel) return
    this.#start(parcel, null)
    void api.item('parcel', parcel).then(
      (item) => {
        if (this.parcel === parcel) this.item = item
      },
      () => {},
    )
  }
  draw(ring: [number, number][]): void {
    const outline: Polygon = { type: 'Polygon', coordinates: [[...ring, ring[0]!]] }
    this.#start('', outline)
    this.item = { type: 'Feature', id: '', geometry: outline, properties: {} }
  }
  #start(parcel: string, outline: Polygon | null): void {
    this.parcel = parcel
    this.outline = outline
    this.item = null
    this.moved = {}
    this.result = null
    this.base = null
    this.error = null
    void this.run()
  }
  pickCluster(id: string): void {
    this.cluster = id
    this.moved = {}
    void this.run()
  }
  move(lever: Lever, value: number): void {
    this.moved = { ...this.moved, [lever]: value }
    this.later()
  }
  apply(changes: { lever: string; to: number }[]): void {
    this.moved = { ...this.moved, ...Object.fromEntries(changes.map((c) => [c.lever, c.to])) }
    this.later(0)
  }
  reset(): void {
    this.moved = {}
    this.later(0)
  }
  later(wait = 120): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.run(), wait)
  }

  async run(): Promise<void> {
    if (!this.has) return
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.running = true
    const set = Object.keys(this.moved).length ? { set: { ...this.moved } } : {}
    const land = this.outline ? { outline: { ...this.outline } } : { parcel: this.parcel }
    try {
      const result = await api.upstairs(
        { ...land, ...(this.cluster ? { cluster: this.cluster } : {}), ...set },
        abort.signal,
      )
      if (abort.signal.aborted) return
      this.result = result
      if (!('set' in set)) this.base = result
      if (!this.cluster && result.cluster) this.cluster = result.cluster
      this.error = null
    } catch (error) {
      if (isAbort(error) || abort !== this.#abort) return
      this.error = error
    }
    this.running = false
  }
}
export const capacity = new Capacity()
