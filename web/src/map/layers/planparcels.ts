import { byTable, TEXT_BOLD, type Draw } from './scene'

export const planParcels: Draw = ({ ink, look, show }) => [
  {
    id: 'plan',
    type: 'fill',
    source: 'o-plan',
    minzoom: 11,
    layout: show('plan_parcel'),
    paint: { 'fill-color': byTable(look.landUse, 'planned_use', ink.other), 'fill-opacity': look.scope ? 0.5 : 0.72 },
  },
]

export const planOutlines: Draw = ({ ink, show }) => [
  {
    id: 'plan-line',
    type: 'line',
    source: 'o-plan',
    minzoom: 11,
    layout: { 'line-join': 'round', ...show('plan_parcel') },
    paint: {
      'line-color': ['case', ['==', ['get', 'focus'], true], ink.sel, ink.ink2],
      'line-width': ['case', ['==', ['get', 'focus'], true], 3, 2],
    },
  },
]

export const planNames: Draw = ({ ink, show }) => [
  {
    id: 'plan-label',
    type: 'symbol',
    source: 'o-plan',
    minzoom: 14,
    layout: {
      'text-field': ['coalesce', ['get', 'name'], ['get', 'code'], ''],
      'text-font': TEXT_BOLD,
      'text-size': 12,
      'text-padding': 6,
      ...show('plan_parcel'),
    },
    paint: { 'text-color': ink.ink, 'text-halo-color': ink.casing, 'text-halo-width': 2 },
  },
]
