import type { Map as MapLibre } from 'maplibre-gl'
import type { LayerKey } from './look'

/** A thing that is looked at, alone of its kind. */
export interface Focus {
  collection: LayerKey
  id: string
}

/** What is selected, looked at and pointed at, as states of drawn features: no new style is needed for them. */
export class Highlights {
  #map: MapLibre
  #selected = new Set<string>()
  #focus: Focus | null = null
  #hovered: string | null = null

  constructor(map: MapLibre) {
    this.#map = map
  }

  select(codes: Iterable<string>): void {
    const next = new Set(codes)
    for (const id of this.#selected) if (!next.has(id)) this.#state('parcel', id, { sel: false })
    for (const id of next) if (!this.#selected.has(id)) this.#state('parcel', id, { sel: true })
    this.#selected = next
  }

  focus(focus: Focus | null): void {
    if (this.#focus) {
      const { collection, id } = this.#focus
      this.#state(collection, id, { sel: collection === 'parcel' && this.#selected.has(id) })
    }
    this.#focus = focus
    if (focus) this.#state(focus.collection, focus.id, { sel: true })
  }

  hover(code: string | null): void {
    if (code === this.#hovered) return
    if (this.#hovered) this.#state('parcel', this.#hovered, { hover: false })
    this.#hovered = code
    if (code) this.#state('parcel', code, { hover: true })
  }

  /** New sources know no states. */
  again(): void {
    for (const id of this.#selected) this.#state('parcel', id, { sel: true })
    if (this.#focus) this.#state(this.#focus.collection, this.#focus.id, { sel: true })
  }

  #state(source: string, id: string, state: Record<string, boolean>): void {
    if (!this.#map.getSource(source)) return
    this.#map.setFeatureState({ source, sourceLayer: source, id }, state)
  }
}
