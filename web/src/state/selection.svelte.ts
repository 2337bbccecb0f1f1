import { isAbort } from '../api/client'
import * as api from '../api/endpoints'
import type { Item, Summary } from '../api/types'
import type { Bbox } from '../model/geometry'
import { bboxOf } from '../model/geometry'
import type { LayerKey } from '../map/look'
import type { PickMode } from '../map/tools'

/** Chosen parcels, or one thing of another layer in focus. */
class SelectionState {
  codes = $state.raw<string[]>([])
  focus = $state.raw<{ collection: LayerKey; id: string } | null>(null)
  summary = $state.raw<Summary | null>(null)
  items = $state.raw<Item[]>([])
  thing = $state.raw<Item | null>(null)
  bbox = $state.raw<Bbox | null>(null)
  loading = $state(false)
  error = $state.raw<unknown>(null)
  set = $derived(new Set(this.codes))
  /** What was chosen last is here, or could not be had. */
  loaded: Promise<void> = Promise.resolve()
  #abort: AbortController | null = null

  pick(codes: readonly string[], mode: PickMode): void {
    if (mode === 'replace') this.choose(codes)
    else if (mode === 'remove') {
      const gone = new Set(codes)
      this.choose(this.codes.filter((c) => !gone.has(c)))
    } else this.choose([...new Set([...this.codes, ...codes])])
  }

  choose(codes: readonly string[]): void {
    this.focus = null
    this.thing = null
    this.codes = [...codes]
    this.loaded = this.load()
  }

  look(collection: LayerKey, id: string): void {
    this.codes = []
    this.focus = { collection, id }
    this.loaded = this.load()
  }

  clear(): void {
    this.choose([])
  }

  async load(): Promise<void> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    const { codes, focus } = this
    this.error = null
    if (!codes.length && !focus) {
      this.summary = null
      this.items = []
      this.thing = null
      this.bbox = null
      this.loading = false
      return
    }
    this.loading = true
    try {
      if (focus) {
        const found = await api.item(focus.collection, focus.id, abort.signal)
        if (abort.signal.aborted) return
        this.thing = found
        this.bbox = bboxOf([found.geometry])
      } else {
        const [summary, page] = await Promise.all([
          api.summary('parcel', { ids: codes }, abort.signal),
          api.items('parcel', { ids: codes, limit: 2000 }, abort.signal),
        ])
        if (abort.signal.aborted) return
        this.summary = summary
        this.items = page.features
        this.bbox = bboxOf(page.features.map((f) => f.geometry))
      }
      this.loading = false
    } catch (error) {
      if (isAbort(error)) return
      this.error = error
      this.loading = false
    }
  }
}
export const selection = new SelectionState()
