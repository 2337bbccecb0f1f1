import { TEXT_BOLD, type Draw } from './scene'

export const districts: Draw = ({ ink, of, show }) => [
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
]

export const districtNames: Draw = ({ ink, look, show }) => [
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
]
