import { byTable, TEXT_BOLD, type Draw } from './scene'

export const zones: Draw = ({ ink, of, show }) => [
  {
    id: 'zone',
    type: 'line',
    ...of('zone'),
    minzoom: 12,
    layout: show('zone'),
    paint: { 'line-color': ink.park, 'line-width': 1, 'line-dasharray': [3, 3], 'line-opacity': 0.8 },
  },
]

export const parks: Draw = ({ ink, look: { grades }, of, show }) => [
  {
    id: 'park-fill',
    type: 'fill',
    ...of('park'),
    maxzoom: grades ? 24 : 11.2,
    layout: show('park'),
    paint: grades
      ? {
          'fill-color': byTable(grades, 'code', ink.line2),
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
]

export const parkNames: Draw = ({ ink, show }) => [
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
]
