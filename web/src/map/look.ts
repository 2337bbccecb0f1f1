import type { ExpressionSpecification } from 'maplibre-gl'
import type { FeatureCollection } from 'geojson'
import type { TileJson } from '../api/types'
import type { LandUseColours, MapInk } from './palette'

/** All that is drawn of the city, in the order of the list of layers. */
export const LAYER_KEYS = [
  'parcel',
  'park',
  'district',
  'control_line',
  'building',
  'road',
  'facility',
  'zone',
  'plan_parcel',
] as const
export type LayerKey = (typeof LAYER_KEYS)[number]
export const isLayerKey = (name: string): name is LayerKey => (LAYER_KEYS as readonly string[]).includes(name)

/** Plan parcels come by day, whole; all other layers come in tiles. */
export type TiledKey = Exclude<LayerKey, 'plan_parcel'>
export const TILED_KEYS = LAYER_KEYS.filter((key): key is TiledKey => key !== 'plan_parcel')
export type TileSet = Pick<TileJson, 'tiles' | 'minzoom' | 'maxzoom' | 'vector_layers'>
export type TileSets = Record<TiledKey, TileSet>

export type Overlay = 'shapes' | 'marks' | 'mass' | 'envelope' | 'labels' | 'plan' | 'draft'
export const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] }

/** Everything the map shows, as data. A change makes a new style and MapLibre applies the difference. */
export interface MapLook {
  ink: MapInk
  landUse: LandUseColours
  lang: 'zh' | 'en'
  tiles: TileSets
  /** Where the city lies: a metre is longer on the map the farther from the equator. */
  latitude: number
  revisions: Record<string, number>
  visible: Record<LayerKey, boolean>
  /** Parcels that meet the conditions; the others fade. */
  match: ExpressionSpecification | null
  hiddenUses: string[]
  /** Parks coloured by grade instead of outlined. */
  grades: Record<string, string> | null
  /** Buildings coloured by occupancy. */
  buildings: Record<string, { colour: string; stale: boolean }> | null
  /** Where the task is at work; everything outside pales. */
  scope: ExpressionSpecification | null
  relief: boolean
  /** A parcel planned anew: what stands there now is not drawn in relief. */
  cleared: string
  /** Parcels that had ended by the day shown: ghosts under the plan parcels. */
  consumed: string[]
  /** A task that names parcels itself leaves the general numbers out. */
  numbers: boolean
  overlays: Record<Overlay, FeatureCollection>
}
