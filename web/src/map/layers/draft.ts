import type { Draw } from './scene'

/** What is being drawn. */
export const draft: Draw = ({ ink }) => [
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
