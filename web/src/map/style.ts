import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from 'maplibre-gl'
import type { FeatureCollection } from 'geojson'
import type { TileJson } from '../api/types'
import type { LandUseColours, MapInk } from './palette'

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

export type LayerKey =
  'parcel' | 'plan_parcel' | 'park' | 'district' | 'control_line' | 'building' | 'road' | 'facility' | 'zone'
export const LAYER_KEYS: LayerKey[] = [
  'parcel',
  'plan_parcel',
  'park',
  'zone',
  'district',
  'control_line',
  'building',
  'road',
  'facility',
]

const FAMILY = ['Noto Sans', 'PingFang SC', 'Microsoft YaHei UI', 'Noto Sans CJK SC', 'sans-serif']
/** MapLibre reads the weight out of the first name of a stack; a name no system has leaves the rest in charge. */
const TEXT = ['parkplan Regular', ...FAMILY]
const TEXT_BOLD = ['parkplan Semibold', ...FAMILY]

/** Plan parcels come by day, whole; all other layers come in tiles. */
export type TiledKey = Exclude<LayerKey, 'plan_parcel'>
export const TILED_KEYS = LAYER_KEYS.filter((key): key is TiledKey => key !== 'plan_parcel')
export type TileSet = Pick<TileJson, 'tiles' | 'minzoom' | 'maxzoom' | 'vector_layers'>
export type TileSets = Record<TiledKey, TileSet>

/** The server knows itself by an address of its own; the page asks where it came from. */
const tilesFrom = (origin: string, template: string, revision: number): string =>
  `${template.replace(/^https?:\/\/[^/]*/, origin)}${template.includes('?') ? '&' : '?'}rev=${revision}`

const EQUATOR_M = 40_075_016.686

/** Roads at their true width: one metre in pixels doubles with every zoom. */
const roadWidthAt = (latitude: number) => {
  const metre = (zoom: number): number => (512 * 2 ** zoom) / (EQUATOR_M * Math.cos((latitude * Math.PI) / 180))
  return (extra: number, atLeast: number): ExpressionSpecification => {
    const at = (zoom: number): ExpressionSpecification =>
      [
        'max',
        atLeast,
        ['+', extra, ['*', ['to-number', ['get', 'width_m'], 12], metre(zoom)]],
      ] as ExpressionSpecification
    const stops = [9, 13, 16, 20].flatMap((zoom) => [zoom, at(zoom)])
    return ['interpolate', ['exponential', 2], ['zoom'], ...stops] as ExpressionSpecification
  }
}

const isSelected: ExpressionSpecification = ['boolean', ['feature-state', 'sel'], false]
const isHovered: ExpressionSpecification = ['boolean', ['feature-state', 'hover'], false]
const bigRoad: FilterSpecification = [
  'any',
  ['>=', ['to-number', ['get', 'width_m'], 0], 55],
  ['in', ['get', 'class'], ['literal', ['express', 'expressway', 'motorway', 'highway']]],
]
const metro: ExpressionSpecification = ['in', ['get', 'class'], ['literal', ['metro', 'metro_station']]]
const rail: FilterSpecification = ['in', ['get', 'class'], ['literal', ['metro', 'rail', 'railway']]]

function matchLookup(table: Record<string, string>, key: string, fallback: string): ExpressionSpecification | string {
  const entries = Object.entries(table)
  if (!entries.length) return fallback
  return ['match', ['get', key], ...entries.flat(), fallback] as unknown as ExpressionSpecification
}

export function buildStyle(look: MapLook, origin: string): StyleSpecification {
  const { ink } = look
  const sources: Record<string, SourceSpecification> = {}
  for (const key of TILED_KEYS) {
    const { tiles, minzoom, maxzoom } = look.tiles[key]
    const urls = tiles.map((template) => tilesFrom(origin, template, look.revisions[key] ?? 0))
    sources[key] = { type: 'vector', tiles: urls, promoteId: 'code', minzoom, maxzoom }
  }
  for (const [key, data] of Object.entries(look.overlays)) sources[`o-${key}`] = { type: 'geojson', data }

  const roadWidth = roadWidthAt(look.latitude)
  const pattern = (name: string): string => `${name}-${ink.theme}`
  const show = (key: LayerKey): { visibility: 'visible' | 'none' } => ({
    visibility: look.visible[key] ? 'visible' : 'none',
  })
  const ghost: FilterSpecification = ['in', ['get', 'code'], ['literal', look.consumed]]
  const full = 0.88
  const dim = 0.28
  const shownUse: ExpressionSpecification | null = look.hiddenUses.length
    ? ['!', ['in', ['get', 'land_use'], ['literal', look.hiddenUses]]]
    : null
  const conditions = [look.match, look.scope, shownUse].filter((e): e is ExpressionSpecification => e !== null)
  const opacity: ExpressionSpecification | number = conditions.length
    ? (['case', ['all', ...conditions], full, full * dim] as unknown as ExpressionSpecification)
    : full
  const of = (key: TiledKey): { source: string; 'source-layer': string } => ({ source: key, 'source-layer': key })
  const byGrade = look.grades
  const occupancy = look.buildings

  const layers: LayerSpecification[] = [
    { id: 'sea', type: 'background', paint: { 'background-color': ink.sea } },
    { id: 'land', type: 'fill', ...of('district'), paint: { 'fill-color': ink.land, 'fill-antialias': true } },
    {
      id: 'road-edge',
      type: 'line',
      ...of('road'),
      minzoom: 11,
      filter: ['!', rail] as FilterSpecification,
      layout: { 'line-cap': 'round', 'line-join': 'round', ...show('road') },
      paint: { 'line-color': ink.line2, 'line-opacity': 0.7, 'line-width': roadWidth(1.4, 0.6) },
    },
    {
      id: 'road',
      type: 'line',
      ...of('road'),
      minzoom: 10.5,
      filter: ['!', rail] as FilterSpecification,
      layout: { 'line-cap': 'round', 'line-join': 'round', ...show('road') },
      paint: { 'line-color': ink.road, 'line-width': roadWidth(0, 0.5) },
    },
    {
      id: 'parcel',
      type: 'fill',
      ...of('parcel'),
      minzoom: 11,
      layout: show('parcel'),
      paint: {
        'fill-color': matchLookup(look.landUse, 'land_use', ink.other),
        'fill-opacity': opacity,
        'fill-antialias': false,
      },
    },
    {
      id: 'parcel-stale',
      type: 'fill',
      ...of('parcel'),
      minzoom: 13,
      filter: ['==', ['get', 'stale'], true],
      layout: show('parcel'),
      paint: {
        'fill-pattern': pattern('stale'),
        'fill-opacity': conditions.length
          ? (['case', ['all', ...conditions], 0.5, 0] as unknown as ExpressionSpecification)
          : 0.5,
      },
    },
    {
      id: 'parcel-line',
      type: 'line',
      ...of('parcel'),
      minzoom: 13.2,
      layout: show('parcel'),
      paint: {
        'line-color': ink.parcelLine,
        'line-width': ['interpolate', ['linear'], ['zoom'], 13.5, 0.6, 16, 1],
        'line-opacity': 0.9,
      },
    },
    {
      id: 'plan',
      type: 'fill',
      source: 'o-plan',
      minzoom: 11,
      layout: show('plan_parcel'),
      paint: {
        'fill-color': matchLookup(look.landUse, 'planned_use', ink.other),
        'fill-opacity': look.scope ? 0.5 : 0.72,
      },
    },
    {
      id: 'ghost',
      type: 'line',
      ...of('parcel'),
      minzoom: 13.2,
      filter: ghost,
      layout: show('parcel'),
      paint: { 'line-color': ink.ink2, 'line-width': 1, 'line-opacity': 0.7, 'line-dasharray': [3, 2] },
    },
    {
      id: 'plan-line',
      type: 'line',
      source: 'o-plan',
      minzoom: 11,
      layout: { 'line-join': 'round', ...show('plan_parcel') },
      paint: {
        'line-color': ['case', ['==', ['get', 'focus'], true], ink.sel, ink.ink2],
        'line-width': ['case', ['==', ['get', 'focus'], true], 3, 2],
      },
    },
    {
      id: 'road-big-edge',
      type: 'line',
      ...of('road'),
      minzoom: 11,
      filter: bigRoad,
      layout: { 'line-join': 'round', ...show('road') },
      paint: { 'line-color': ink.expresswayEdge, 'line-width': roadWidth(2, 1.6) },
    },
    {
      id: 'road-big',
      type: 'line',
      ...of('road'),
      minzoom: 9,
      filter: bigRoad,
      layout: { 'line-join': 'round', ...show('road') },
      paint: { 'line-color': ink.expressway, 'line-width': roadWidth(0, 1) },
    },
    {
      id: 'rail',
      type: 'line',
      ...of('road'),
      filter: rail,
      minzoom: 10,
      layout: show('road'),
      paint: { 'line-color': ink.district, 'line-width': 1.6, 'line-dasharray': [4, 3] },
    },
    {
      id: 'building',
      type: 'fill',
      ...of('building'),
      minzoom: 14.5,
      layout: { visibility: look.visible.building && !look.relief ? 'visible' : 'none' },
      paint: occupancy
        ? {
            'fill-color': matchLookup(
              Object.fromEntries(Object.entries(occupancy).map(([k, v]) => [k, v.colour])),
              'code',
              ink.line2,
            ),
            'fill-outline-color': ink.s1,
          }
        : { 'fill-color': ink.ink, 'fill-opacity': 0.1 },
    },
    {
      id: 'building-stale',
      type: 'fill',
      ...of('building'),
      minzoom: 14.5,
      layout: { visibility: occupancy && !look.relief ? 'visible' : 'none' },
      filter: [
        'in',
        ['get', 'code'],
        [
          'literal',
          Object.entries(occupancy ?? {})
            .filter(([, v]) => v.stale)
            .map(([k]) => k),
        ],
      ],
      paint: { 'fill-pattern': pattern('stale'), 'fill-opacity': 0.75 },
    },
    {
      id: 'control',
      type: 'fill',
      ...of('control_line'),
      minzoom: 11,
      layout: show('control_line'),
      paint: {
        'fill-pattern': pattern('banned'),
        'fill-opacity': ['case', ['to-boolean', ['get', 'hard']], 0.32, 0.16],
      },
    },
    {
      id: 'control-line',
      type: 'line',
      ...of('control_line'),
      minzoom: 11,
      layout: show('control_line'),
      paint: { 'line-color': ink.bad, 'line-width': 1.2, 'line-dasharray': [4, 2], 'line-opacity': 0.8 },
    },
    {
      id: 'zone',
      type: 'line',
      ...of('zone'),
      minzoom: 12,
      layout: show('zone'),
      paint: { 'line-color': ink.park, 'line-width': 1, 'line-dasharray': [3, 3], 'line-opacity': 0.8 },
    },
    {
      id: 'district-glow',
      type: 'line',
      ...of('district'),
      layout: show('district'),
      paint: { 'line-color': ink.district, 'line-width': 6, 'line-opacity': 0.13 },
    },
    {
      id: 'district',
      type: 'line',
      ...of('district'),
      layout: show('district'),
      paint: { 'line-color': ink.district, 'line-width': 1.2, 'line-dasharray': [8, 2.5, 1.7, 2.5] },
    },
    {
      id: 'park-fill',
      type: 'fill',
      ...of('park'),
      maxzoom: byGrade ? 24 : 11.2,
      layout: show('park'),
      paint: byGrade
        ? {
            'fill-color': matchLookup(byGrade, 'code', ink.line2),
            'fill-opacity': ['interpolate', ['linear'], ['zoom'], 11, 0.95, 14, 0.55],
          }
        : { 'fill-color': ink.park, 'fill-opacity': 0.18 },
    },
    {
      id: 'park-hit',
      type: 'fill',
      ...of('park'),
      layout: show('park'),
      paint: { 'fill-color': ink.park, 'fill-opacity': 0 },
    },
    {
      id: 'park-glow',
      type: 'line',
      ...of('park'),
      minzoom: 11,
      layout: { 'line-join': 'round', ...show('park') },
      paint: { 'line-color': ink.park, 'line-width': 8, 'line-opacity': 0.14 },
    },
    {
      id: 'park',
      type: 'line',
      ...of('park'),
      layout: { 'line-join': 'round', ...show('park') },
      paint: { 'line-color': ink.park, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 1, 11, 1.8, 16, 2.2] },
    },

    {
      id: 'o-veil',
      type: 'fill',
      source: 'o-shapes',
      filter: ['has', 'veil'],
      paint: { 'fill-color': ink.s1, 'fill-opacity': 0.55 },
    },
    {
      id: 'o-fill',
      type: 'fill',
      source: 'o-shapes',
      filter: ['all', ['has', 'colour'], ['!', ['has', 'pattern']]],
      paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': ['coalesce', ['get', 'opacity'], 0.26] },
    },
    ...(['leftout', 'banned', 'unknown', 'setback', 'stale'] as const).map((name): LayerSpecification => ({
      id: `o-${name}`,
      type: 'fill',
      source: 'o-shapes',
      filter: ['==', ['get', 'pattern'], name],
      paint: { 'fill-pattern': pattern(name), 'fill-opacity': 0.7 },
    })),
    {
      id: 'o-dash',
      type: 'line',
      source: 'o-shapes',
      filter: ['all', ['has', 'colour'], ['==', ['get', 'dashed'], true]],
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': ['get', 'colour'],
        'line-width': ['coalesce', ['get', 'width'], 1.8],
        'line-dasharray': [3, 2],
      },
    },
    {
      id: 'o-line',
      type: 'line',
      source: 'o-shapes',
      filter: ['all', ['has', 'colour'], ['!=', ['get', 'dashed'], true]],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': ['get', 'colour'], 'line-width': ['coalesce', ['get', 'width'], 1] },
    },

    {
      id: 'sel-fill',
      type: 'fill',
      ...of('parcel'),
      minzoom: 11,
      layout: show('parcel'),
      paint: { 'fill-color': ink.sel, 'fill-opacity': ['case', isSelected, 0.22, 0] },
    },
    {
      id: 'sel-casing',
      type: 'line',
      ...of('parcel'),
      minzoom: 11,
      layout: { 'line-join': 'round', ...show('parcel') },
      paint: { 'line-color': ink.casing, 'line-width': 5, 'line-opacity': ['case', isSelected, 1, 0] },
    },
    {
      id: 'sel-line',
      type: 'line',
      ...of('parcel'),
      minzoom: 11,
      layout: { 'line-join': 'round', ...show('parcel') },
      paint: { 'line-color': ink.sel, 'line-width': 2.6, 'line-opacity': ['case', isSelected, 1, 0] },
    },
    {
      id: 'hover',
      type: 'line',
      ...of('parcel'),
      minzoom: 11,
      layout: { 'line-join': 'round', ...show('parcel') },
      paint: { 'line-color': ink.ink, 'line-width': 2, 'line-opacity': ['case', isHovered, 1, 0] },
    },
    ...(['building', 'park', 'control_line', 'district', 'road', 'zone'] as const).map((key): LayerSpecification => ({
      id: `focus-${key}`,
      type: 'line',
      ...of(key),
      layout: { 'line-join': 'round', ...show(key) },
      paint: { 'line-color': ink.sel, 'line-width': 3, 'line-opacity': ['case', isSelected, 1, 0] },
    })),

    {
      id: 'relief',
      type: 'fill-extrusion',
      ...of('building'),
      minzoom: 13,
      filter: ['!=', ['get', 'parcel'], look.cleared],
      layout: { visibility: look.relief ? 'visible' : 'none' },
      paint: {
        'fill-extrusion-color': ink.theme === 'dark' ? '#3B4754' : '#E8EAEC',
        'fill-extrusion-height': ['to-number', ['get', 'height_m'], 6],
        'fill-extrusion-opacity': 0.92,
      },
    },
    {
      id: 'envelope',
      type: 'fill-extrusion',
      source: 'o-envelope',
      layout: { visibility: look.relief ? 'visible' : 'none' },
      paint: {
        'fill-extrusion-color': ink.acc,
        'fill-extrusion-base': ['get', 'base'],
        'fill-extrusion-height': ['get', 'top'],
        'fill-extrusion-opacity': 1,
        'fill-extrusion-vertical-gradient': false,
      },
    },
    {
      id: 'mass',
      type: 'fill-extrusion',
      source: 'o-mass',
      layout: { visibility: look.relief ? 'visible' : 'none' },
      paint: {
        'fill-extrusion-color': ['get', 'colour'],
        'fill-extrusion-base': ['get', 'base'],
        'fill-extrusion-height': ['get', 'top'],
        'fill-extrusion-opacity': 0.95,
      },
    },

    {
      id: 'facility',
      type: 'circle',
      ...of('facility'),
      minzoom: 12.5,
      filter: ['any', metro, ['>=', ['zoom'], 15]] as FilterSpecification,
      layout: show('facility'),
      paint: {
        'circle-radius': ['case', metro, 4.5, 3],
        'circle-color': ink.s1,
        'circle-stroke-color': ['case', isSelected, ink.sel, ink.ink3],
        'circle-stroke-width': ['case', isSelected, 3, 1.8],
      },
    },
    {
      id: 'o-dot',
      type: 'circle',
      source: 'o-marks',
      maxzoom: 13.6,
      filter: ['has', 'dot'],
      paint: {
        'circle-radius': ['max', 4, ['get', 'dot']],
        'circle-color': ['get', 'colour'],
        'circle-stroke-color': ['case', ['==', ['get', 'on'], true], ink.ink, ink.casing],
        'circle-stroke-width': ['case', ['==', ['get', 'on'], true], 2.4, 1.2],
      },
    },
    {
      id: 'road-label',
      type: 'symbol',
      ...of('road'),
      minzoom: 13,
      filter: [
        'all',
        ['has', 'name'],
        ['any', ['>=', ['zoom'], 14.5], ['>=', ['to-number', ['get', 'width_m'], 0], 24]],
      ] as FilterSpecification,
      layout: {
        'symbol-placement': 'line',
        'text-field': ['get', 'name'],
        'text-font': TEXT,
        'text-size': 12,
        'text-letter-spacing': 0.1,
        'symbol-spacing': 420,
        'text-max-angle': 30,
        ...show('road'),
      },
      paint: { 'text-color': ink.ink3, 'text-halo-color': ink.casing, 'text-halo-width': 1.8 },
    },
    {
      id: 'facility-label',
      type: 'symbol',
      ...of('facility'),
      minzoom: 13,
      filter: ['any', metro, ['>=', ['zoom'], 16]] as FilterSpecification,
      layout: {
        'text-field': ['coalesce', ['get', 'name'], ''],
        'text-font': TEXT,
        'text-size': 12,
        'text-offset': [0, -0.9],
        'text-anchor': 'bottom',
        'text-optional': true,
        ...show('facility'),
      },
      paint: { 'text-color': ink.ink2, 'text-halo-color': ink.casing, 'text-halo-width': 2 },
    },
    {
      id: 'parcel-label',
      type: 'symbol',
      source: 'o-labels',
      minzoom: 16,
      filter: ['==', ['get', 'kind'], 'parcel'],
      layout: {
        'text-field': ['get', 'text'],
        'text-font': TEXT,
        'text-size': 12,
        'text-padding': 6,
        visibility: look.visible.parcel && look.numbers && !look.relief ? 'visible' : 'none',
      },
      paint: { 'text-color': ink.ink2, 'text-halo-color': ink.casing, 'text-halo-width': 1.6 },
    },
    {
      id: 'district-label',
      type: 'symbol',
      source: 'o-labels',
      maxzoom: 15.5,
      filter: ['==', ['get', 'kind'], 'district'],
      layout: {
        'text-field': ['get', 'text'],
        'text-font': TEXT_BOLD,
        'text-size': ['interpolate', ['linear'], ['zoom'], 9, 12, 12, 14],
        'text-letter-spacing': look.lang === 'zh' ? 0.5 : 0.12,
        'text-padding': 8,
        ...show('district'),
      },
      paint: { 'text-color': ink.district, 'text-halo-color': ink.casing, 'text-halo-width': 2.2 },
    },
    {
      id: 'park-label',
      type: 'symbol',
      source: 'o-labels',
      minzoom: 9.5,
      filter: ['==', ['get', 'kind'], 'park'],
      layout: {
        'text-field': ['get', 'text'],
        'text-font': TEXT_BOLD,
        'text-size': 13,
        'text-padding': 4,
        'text-variable-anchor': ['center', 'top', 'bottom'],
        'text-max-width': 12,
        ...show('park'),
      },
      paint: { 'text-color': ink.park, 'text-halo-color': ink.casing, 'text-halo-width': 2.4 },
    },
    {
      id: 'plan-label',
      type: 'symbol',
      source: 'o-plan',
      minzoom: 14,
      layout: {
        'text-field': ['coalesce', ['get', 'name'], ['get', 'code'], ''],
        'text-font': TEXT_BOLD,
        'text-size': 12,
        'text-padding': 6,
        ...show('plan_parcel'),
      },
      paint: { 'text-color': ink.ink, 'text-halo-color': ink.casing, 'text-halo-width': 2 },
    },
    {
      id: 'o-number',
      type: 'symbol',
      source: 'o-marks',
      minzoom: 14.2,
      filter: ['has', 'number'],
      layout: {
        'text-field': ['get', 'number'],
        'text-font': TEXT,
        'text-size': 12,
        'text-padding': 3,
        visibility: look.relief ? 'none' : 'visible',
      },
      paint: { 'text-color': ink.ink, 'text-halo-color': ink.casing, 'text-halo-width': 2 },
    },
    {
      id: 'o-sign',
      type: 'symbol',
      source: 'o-marks',
      minzoom: 13.6,
      filter: ['all', ['has', 'sign'], ['!=', ['get', 'always'], true]],
      layout: {
        'icon-image': ['get', 'sign'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 13.6, 0.5, 15.6, 0.9],
        'icon-padding': 1,
      },
    },
    {
      id: 'o-sign-always',
      type: 'symbol',
      source: 'o-marks',
      filter: ['all', ['has', 'sign'], ['==', ['get', 'always'], true]],
      layout: {
        'icon-image': ['get', 'sign'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 13, 0.55, 15.6, 0.9],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
      },
    },
    {
      id: 'o-mark',
      type: 'symbol',
      source: 'o-marks',
      filter: ['has', 'text'],
      layout: {
        'text-field': ['get', 'text'],
        'text-font': TEXT_BOLD,
        'text-size': ['coalesce', ['get', 'size'], 14],
        'text-allow-overlap': true,
      },
      paint: { 'text-color': ['get', 'colour'], 'text-halo-color': ink.casing, 'text-halo-width': 2.6 },
    },
    {
      id: 'draft-fill',
      type: 'fill',
      source: 'o-draft',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': ink.acc, 'fill-opacity': 0.12 },
    },
    {
      id: 'draft-line',
      type: 'line',
      source: 'o-draft',
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': ink.acc, 'line-width': 2, 'line-dasharray': [2, 1.6] },
    },
    {
      id: 'draft-point',
      type: 'circle',
      source: 'o-draft',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 4, 'circle-color': ink.s1, 'circle-stroke-color': ink.acc, 'circle-stroke-width': 2 },
    },
  ]
  return {
    version: 8,
    sources,
    layers,
    light: { anchor: 'map', color: '#ffffff', intensity: 0.28, position: [1.3, 210, 40] },
    transition: { duration: 0, delay: 0 },
  }
}
