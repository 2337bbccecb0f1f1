import type { LayerSpecification } from 'maplibre-gl'
import type { Draw } from './scene'

/** What a task lays over the land: candidates, setbacks, parcels left out and why. */
export const shapes: Draw = ({ ink, pattern }) => [
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
]
