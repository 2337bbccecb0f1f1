import type { ExpressionSpecification, FilterSpecification } from 'maplibre-gl'
import { type Draw, isSelected, TEXT } from './scene'

/** Stations are landmarks: they show before all else. */
const METRO: ExpressionSpecification = ['in', ['get', 'class'], ['literal', ['metro', 'metro_station']]]

export const facilities: Draw = ({ ink, of, show }) => [
  {
    id: 'facility',
    type: 'circle',
    ...of('facility'),
    minzoom: 12.5,
    filter: ['any', METRO, ['>=', ['zoom'], 15]] as FilterSpecification,
    layout: show('facility'),
    paint: {
      'circle-radius': ['case', METRO, 4.5, 3],
      'circle-color': ink.s1,
      'circle-stroke-color': ['case', isSelected, ink.sel, ink.ink3],
      'circle-stroke-width': ['case', isSelected, 3, 1.8],
    },
  },
]

export const facilityNames: Draw = ({ ink, of, show }) => [
  {
    id: 'facility-label',
    type: 'symbol',
    ...of('facility'),
    minzoom: 13,
    filter: ['any', METRO, ['>=', ['zoom'], 16]] as FilterSpecification,
    layout: {
      'text-field': ['coalesce', ['get', 'name'], ''],
      'text-font': TEXT,
      'text-size': 12,
      'text-offset': [0, -0.9],
      'text-anchor': 'bottom',
      'text-optional': true,
      ...show('facility'),
    },
    paint: { 'text-color': ink.ink2, 'text-halo-color': ink.casing, 'text-halo-width': 2 },
  },
]
