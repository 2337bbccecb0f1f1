import type { FeatureCollection } from 'geojson'
import type { ExpressionSpecification } from 'maplibre-gl'
import type { Bbox } from '../model/geometry'
import type { MapController } from '../map/controller'
import { EMPTY, LAYER_KEYS, type LayerKey, type Overlay } from '../map/look'
import type { Picked } from '../map/picking'
import type { Measure, Tool } from '../map/tools'
import type { Place } from '../model/permalink'

const NONE = { shapes: EMPTY, marks: EMPTY, mass: EMPTY, envelope: EMPTY }

/** What the map is told to show, and what it reports back. */
class AtlasState {
  controller = $state.raw<MapController | null>(null)
  ready = $state(false)
  place = $state.raw<Place | null>(null)
  bbox = $state.raw<Bbox | null>(null)
  pointer = $state.raw<[number, number] | null>(null)
  hover = $state.raw<{ hit: Picked; x: number; y: number } | null>(null)
  stack = $state.raw<{ hits: Picked[]; at: number } | null>(null)
  tool = $state<Tool>('select')
  measure = $state.raw<Measure | null>(null)
  visible = $state<Record<LayerKey, boolean>>({
    ...(Object.fromEntries(LAYER_KEYS.map((k) => [k, true])) as Record<LayerKey, boolean>),
    zone: false,
  })
  hiddenUses = $state<string[]>([])
  relief = $state(false)
  numbers = $state(true)
  /** Parcels are being gathered: the tools to pin and ban take the place of drawing. */
  gather = $state(false)
  /** What is worked on has an outline of its own: the selection's is not drawn over it. */
  bare = $state(false)
  /** What a drawn polygon is for; without it, it selects. */
  onshape: ((ring: [number, number][]) => void) | null = null
  cleared = $state('')
  scope = $state.raw<ExpressionSpecification | null>(null)
  grades = $state.raw<Record<string, string> | null>(null)
  buildings = $state.raw<Record<string, { colour: string; stale: boolean }> | null>(null)
  overlays = $state.raw<Record<Exclude<Overlay, 'labels' | 'plan' | 'draft'>, FeatureCollection>>({ ...NONE })
  /** A line the hover tip adds for a parcel: why it was left out, what state it is in. */
  notes = $state.raw<ReadonlyMap<string, string>>(new Map())
  /** A mode may take the click first; it says whether it did. */
  intercept: ((hits: Picked[]) => boolean) | null = null

  setTool(tool: Tool): void {
    this.tool = tool
    this.controller?.setTool(tool)
  }
  toggle(key: LayerKey): void {
    this.visible[key] = !this.visible[key]
  }
  setRelief(on: boolean): void {
    this.relief = on
    this.controller?.tilt(on)
  }
  show(overlays: Partial<AtlasState['overlays']>): void {
    this.overlays = { ...NONE, ...overlays }
  }
  /** Leaves no trace of the mode before. */
  reset(): void {
    this.show({})
    this.scope = null
    this.cleared = ''
    this.grades = null
    this.buildings = null
    this.intercept = null
    this.onshape = null
    this.numbers = true
    this.gather = false
    this.bare = false
    this.notes = new Map()
    if (this.tool === 'pin' || this.tool === 'ban') this.setTool('select')
    if (this.relief) this.setRelief(false)
    this.controller?.preferBuildings(false)
  }
}
export const atlas = new AtlasState()
