import { byTable, type Draw, TEXT } from './scene'

/** Land use is softened by what lies under it, and what is not asked for fades. */
const FULL = 0.88
const PALER = 0.28

export const parcels: Draw = ({ ink, look, of, show, pattern, asked }) => [
  {
    id: 'parcel',
    type: 'fill',
    ...of('parcel'),
    minzoom: 11,
    layout: show('parcel'),
    paint: {
      'fill-color': byTable(look.landUse, 'land_use', ink.other),
      'fill-opacity': asked(FULL, FULL * PALER),
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
    paint: { 'fill-pattern': pattern('stale'), 'fill-opacity': asked(0.5, 0) },
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
]

/** Parcels that had ended by the day shown. */
export const endedParcels: Draw = ({ ink, look, of, show }) => [
  {
    id: 'ghost',
    type: 'line',
    ...of('parcel'),
    minzoom: 13.2,
    filter: ['in', ['get', 'code'], ['literal', look.consumed]],
    layout: show('parcel'),
    paint: { 'line-color': ink.ink2, 'line-width': 1, 'line-opacity': 0.7, 'line-dasharray': [3, 2] },
  },
]

export const parcelNumbers: Draw = ({ ink, look }) => [
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
]
