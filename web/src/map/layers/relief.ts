import type { Draw } from './scene'

/** In relief: what stands, the envelope that the rules leave, what is proposed. */
export const relief: Draw = ({ ink, look, of }) => [
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
]
