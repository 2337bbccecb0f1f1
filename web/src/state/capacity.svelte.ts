import { isAbort } from '../api/client'
import * as api from '../api/endpoints'
import type { Item, UpstairsResult, UpstairsSet } from '../api/types'

export type Lever = keyof UpstairsSet

/** One parcel, one cluster, and the levers that were moved away from the rule pack's own values. */
class Capacity {
  parcel = $state('')
  cluster = $state('')
  moved = $state<UpstairsSet>({})
  item = $state.raw<Item | null>(null)
  result = $state.raw<UpstairsResult | null>(null)
  /** The answer without any lever moved: what the sliders start from. */
  base = $state.raw<UpstairsResult | null>(null)
  running = $state(false)
  error = $state.raw<unknown>(null)
  #abort: AbortController | null = null
  #timer = 0

  choose(parcel: string): void {
    if (parcel === this.parcel) return
    this.parcel = parcel
    this.moved = {}
    this.result = null
    this.base = null
    void api.item('parcel', parcel).then((item) => { if (this.parcel === parcel) this.item = item }, () => {})
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
    if (!this.parcel) return
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.running = true
    const set = Object.keys(this.moved).length ? { set: { ...this.moved } } : {}
    try {
      const result = await api.upstairs({ parcel: this.parcel, ...(this.cluster ? { cluster: this.cluster } : {}), ...set }, abort.signal)
      this.result = result
      if (!('set' in set)) this.base = result
      if (!this.cluster && result.cluster) this.cluster = result.cluster
      this.error = null
    } catch (error) {
      if (isAbort(error)) return
      this.error = error
    }
    this.running = false
  }
}
export const capacity = new Capacity()
