import { TEXT, TEXT_BOLD, type Draw } from './scene'

/** Stand in for shapes that are too small from afar. */
export const dots: Draw = ({ ink }) => [
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
]

/** Numbers, signs and words of a task, over everything. */
export const marks: Draw = ({ ink, look }) => [
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
]
