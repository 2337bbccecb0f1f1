import type { Draw } from './scene'

export const controlLines: Draw = ({ ink, of, show, pattern }) => [
  {
    id: 'control',
    type: 'fill',
    ...of('control_line'),
    minzoom: 11,
    layout: show('control_line'),
    paint: { 'fill-pattern': pattern('banned'), 'fill-opacity': ['case', ['to-boolean', ['get', 'hard']], 0.32, 0.16] },
  },
  {
    id: 'control-line',
    type: 'line',
    ...of('control_line'),
    minzoom: 11,
    layout: show('control_line'),
    paint: { 'line-color': ink.bad, 'line-width': 1.2, 'line-dasharray': [4, 2], 'line-opacity': 0.8 },
  },
]
