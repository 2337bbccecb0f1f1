import type { ExpressionSpecification, FilterSpecification } from 'maplibre-gl'
import { type Draw, TEXT } from './scene'

const EQUATOR_M = 40_075_016.686

/** Roads at their true width: one metre in pixels doubles with every zoom. */
const widthAt = (latitude: number) => {
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

const BIG: FilterSpecification = [
  'any',
  ['>=', ['to-number', ['get', 'width_m'], 0], 55],
  ['in', ['get', 'class'], ['literal', ['express', 'expressway', 'motorway', 'highway']]],
]
const RAIL: FilterSpecification = ['in', ['get', 'class'], ['literal', ['metro', 'rail', 'railway']]]

export const roads: Draw = ({ ink, look, of, show }) => {
  const width = widthAt(look.latitude)
  return [
    {
      id: 'road-edge',
      type: 'line',
      ...of('road'),
      minzoom: 11,
      filter: ['!', RAIL] as FilterSpecification,
      layout: { 'line-cap': 'round', 'line-join': 'round', ...show('road') },
      paint: { 'line-color': ink.line2, 'line-opacity': 0.7, 'line-width': width(1.4, 0.6) },
    },
    {
      id: 'road',
      type: 'line',
      ...of('road'),
      minzoom: 10.5,
      filter: ['!', RAIL] as FilterSpecification,
      layout: { 'line-cap': 'round', 'line-join': 'round', ...show('road') },
      paint: { 'line-color': ink.road, 'line-width': width(0, 0.5) },
    },
  ]
}

/** Over the parcels: they cross land that is drawn without them. */
export const mainRoads: Draw = ({ ink, look, of, show }) => {
  const width = widthAt(look.latitude)
  return [
    {
      id: 'road-big-edge',
      type: 'line',
      ...of('road'),
      minzoom: 11,
      filter: BIG,
      layout: { 'line-join': 'round', ...show('road') },
      paint: { 'line-color': ink.expresswayEdge, 'line-width': width(2, 1.6) },
    },
    {
      id: 'road-big',
      type: 'line',
      ...of('road'),
      minzoom: 9,
      filter: BIG,
      layout: { 'line-join': 'round', ...show('road') },
      paint: { 'line-color': ink.expressway, 'line-width': width(0, 1) },
    },
    {
      id: 'rail',
      type: 'line',
      ...of('road'),
      filter: RAIL,
      minzoom: 10,
      layout: show('road'),
      paint: { 'line-color': ink.district, 'line-width': 1.6, 'line-dasharray': [4, 3] },
    },
  ]
}

export const roadNames: Draw = ({ ink, of, show }) => [
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
]
