import type { Map as MapLibre, MapGeoJSONFeature, PointLike } from 'maplibre-gl'
import type { LayerKey } from './look'

export interface Picked {
  collection: LayerKey
  id: string
  properties: Record<string, unknown>
}

/** Which drawn layers answer a click, the first wins. */
const PICKABLE: [layer: string, collection: LayerKey][] = [
  ['relief', 'building'],
  ['facility', 'facility'],
  ['building', 'building'],
  ['plan', 'plan_parcel'],
  ['parcel', 'parcel'],
  ['control', 'control_line'],
  ['road-big', 'road'],
  ['road', 'road'],
  ['park-fill', 'park'],
  ['park-hit', 'park'],
  ['land', 'district'],
]

/** Everything under a point of the screen, each thing once, the most particular first. */
export function hitsAt(map: MapLibre, point: PointLike, buildingsFirst: boolean): Picked[] {
  const layers = PICKABLE.filter(([id]) => map.getLayer(id))
  const found = map.queryRenderedFeatures(point, { layers: layers.map(([id]) => id) })
  const order = layers.map(([id]) => id)
  const rank = (f: MapGeoJSONFeature): number => {
    const i = order.indexOf(f.layer.id)
    // A planner's click means the parcel under the building; an operator's means the building.
    return f.layer.id === 'building' && !buildingsFirst ? order.indexOf('parcel') + 0.5 : i
  }
  const seen = new Set<string>()
  const hits: Picked[] = []
  for (const f of [...found].sort((a, b) => rank(a) - rank(b))) {
    const collection = layers.find(([id]) => id === f.layer.id)![1]
    const id = String(f.id ?? f.properties['code'])
    if (seen.has(collection + id)) continue
    seen.add(collection + id)
    hits.push({ collection, id, properties: f.properties })
  }
  return hits
}

/** Parcels about the middle of the screen, for the listbox of features in view. */
export function parcelsInView(map: MapLibre, limit: number): Picked[] {
  const { width, height } = map.getCanvas().getBoundingClientRect()
  const reach = Math.min(width, height) / 3
  const near = map.queryRenderedFeatures(
    [
      [width / 2 - reach, height / 2 - reach],
      [width / 2 + reach, height / 2 + reach],
    ],
    { layers: ['parcel'] },
  )
  const seen = new Map<string, Picked>()
  for (const f of near)
    if (!seen.has(String(f.id)))
      seen.set(String(f.id), { collection: 'parcel', id: String(f.id), properties: f.properties })
  return [...seen.values()].slice(0, limit)
}
