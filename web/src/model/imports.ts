import type { Feature, Geometry } from 'geojson'
import type { ImportProfile, ImportSettings, Outline } from '../api/types'

/** Layers that a planner brings from files, in the order in which a city is built. */
export const IMPORT_LAYERS = [
  'parcel',
  'district',
  'park',
  'zone',
  'building',
  'floor',
  'facility',
  'road',
  'control_line',
] as const

/** Reference systems that files of a Chinese city come in; any other is typed. */
export const USUAL_CRS = ['EPSG:4490', 'EPSG:4326', 'EPSG:4547', 'EPSG:4526', 'EPSG:3857'] as const

/** Numbers the rows instead of naming a field. */
export const ROW_NUMBER = '@row'

export const freshSettings = (layer: string): ImportSettings => ({
  layer,
  source_layer: null,
  crs: null,
  encoding: null,
  map: {},
  key: null,
  mode: 'add',
  on_invalid: null,
  on_duplicate: null,
  on_missing_key: null,
  datum: null,
  place_checked: false,
})

/** What of the settings is the sender's: how his files are read, not what is done with this one. */
export function profileOf(settings: ImportSettings): ImportProfile {
  const {
    layer,
    key,
    crs,
    encoding,
    source_layer: source,
    on_duplicate: twice,
    on_missing_key: missing,
    datum,
    map,
  } = settings
  return {
    layer,
    ...(key ? { key } : {}),
    ...(crs ? { crs } : {}),
    ...(encoding ? { encoding } : {}),
    ...(source ? { source_layer: source } : {}),
    ...(twice ? { on_duplicate: twice } : {}),
    ...(missing ? { on_missing_key: missing } : {}),
    ...(datum ? { datum } : {}),
    ...(map && Object.keys(map).length ? { map } : {}),
  }
}

/** A saved mapping laid over the settings: what it does not say stays. */
export function withProfile(settings: ImportSettings, profile: ImportProfile): ImportSettings {
  // A survey's own system is the command line's to read.
  const { local: _local, ...rest } = profile
  return { ...settings, ...rest, map: { ...profile.map } }
}

/** Our column that a field fills: what a person chose goes before what was found by name. */
export function columnOf(
  field: string,
  settings: ImportSettings,
  found: readonly { ours: string; theirs: string }[],
): string {
  const chosen = Object.entries(settings.map ?? {}).find(([, theirs]) => theirs === field)
  return chosen?.[0] ?? found.find((mapped) => mapped.theirs === field)?.ours ?? ''
}

/** The map with one field given to a column, or to none. A column is filled by one field. */
export function mapped(map: Record<string, string>, field: string, column: string): Record<string, string> {
  const rest = Object.entries(map).filter(([ours, theirs]) => ours !== column && theirs !== field)
  return Object.fromEntries(column ? [...rest, [column, field]] : rest)
}

function geometryOf({ kind, parts }: Outline): Geometry {
  if (kind === 'polygon') return { type: 'MultiPolygon', coordinates: parts }
  const lines = parts.map((rings) => rings[0] ?? [])
  if (kind === 'line') return { type: 'MultiLineString', coordinates: lines }
  return { type: 'MultiPoint', coordinates: lines.flat() }
}

/** An outline as the map draws it. A place without extent is a dot. */
export const drawn = (outline: Outline, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  geometry: geometryOf(outline),
  properties,
})

/** Its rings as lines: a ring that crosses itself has no area to be filled, and is seen all the same. */
export const edges = (outline: Outline, properties: Record<string, unknown>): Feature =>
  drawn({ kind: 'line', parts: outline.parts.flat().map((ring) => [ring]) }, properties)
