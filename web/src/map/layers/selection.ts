import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { isSelected, type Draw } from './scene'

const isHovered: ExpressionSpecification = ['boolean', ['feature-state', 'hover'], false]

/** What is picked, pointed at or looked at. */
export const selection: Draw = ({ ink, of, show }) => [
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
]
