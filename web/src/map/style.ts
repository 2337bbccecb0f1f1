import type { SourceSpecification, StyleSpecification } from 'maplibre-gl'
import { buildings } from './layers/buildings'
import { controlLines } from './layers/controllines'
import { districtNames, districts } from './layers/districts'
import { draft } from './layers/draft'
import { facilities, facilityNames } from './layers/facilities'
import { ground } from './layers/ground'
import { dots, marks } from './layers/marks'
import { endedParcels, parcelNumbers, parcels } from './layers/parcels'
import { parkNames, parks, zones } from './layers/parks'
import { planNames, planOutlines, planParcels } from './layers/planparcels'
import { relief } from './layers/relief'
import { mainRoads, roadNames, roads } from './layers/roads'
import { type Draw, sceneOf } from './layers/scene'
import { selection } from './layers/selection'
import { shapes } from './layers/shapes'
import { type MapLook, TILED_KEYS } from './look'

/** From the lowest to the uppermost: what comes later covers what came before. */
const LAYERS: readonly Draw[] = [
  ground,
  roads,
  parcels,
  planParcels,
  endedParcels,
  planOutlines,
  mainRoads,
  buildings,
  controlLines,
  zones,
  districts,
  parks,
  shapes,
  selection,
  relief,
  facilities,
  dots,
  roadNames,
  facilityNames,
  parcelNumbers,
  districtNames,
  parkNames,
  planNames,
  marks,
  draft,
]

/** The server knows itself by an address of its own; the page asks where it came from. */
const tilesFrom = (origin: string, template: string, revision: number): string =>
  `${template.replace(/^https?:\/\/[^/]*/, origin)}${template.includes('?') ? '&' : '?'}rev=${revision}`

function sourcesOf(look: MapLook, origin: string): Record<string, SourceSpecification> {
  const sources: Record<string, SourceSpecification> = {}
  for (const key of TILED_KEYS) {
    const { tiles, minzoom, maxzoom } = look.tiles[key]
    const urls = tiles.map((template) => tilesFrom(origin, template, look.revisions[key] ?? 0))
    sources[key] = { type: 'vector', tiles: urls, promoteId: 'code', minzoom, maxzoom }
  }
  for (const [key, data] of Object.entries(look.overlays)) sources[`o-${key}`] = { type: 'geojson', data }
  return sources
}

export function buildStyle(look: MapLook, origin: string): StyleSpecification {
  const scene = sceneOf(look)
  return {
    version: 8,
    sources: sourcesOf(look, origin),
    layers: LAYERS.flatMap((draw) => draw(scene)),
    light: { anchor: 'map', color: '#ffffff', intensity: 0.28, position: [1.3, 210, 40] },
    transition: { duration: 0, delay: 0 },
  }
}
