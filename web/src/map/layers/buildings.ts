import { byTable, type Draw } from './scene'

/** Grey, or each by its occupancy. */
export const buildings: Draw = ({ ink, look, of, pattern }) => {
  const told = Object.entries(look.buildings ?? {})
  const colours = Object.fromEntries(told.map(([code, { colour }]) => [code, colour]))
  const stale = told.filter(([, entry]) => entry.stale).map(([code]) => code)
  return [
    {
      id: 'building',
      type: 'fill',
      ...of('building'),
      minzoom: 14.5,
      layout: { visibility: look.visible.building && !look.relief ? 'visible' : 'none' },
      paint: look.buildings
        ? { 'fill-color': byTable(colours, 'code', ink.line2), 'fill-outline-color': ink.s1 }
        : { 'fill-color': ink.ink, 'fill-opacity': 0.1 },
    },
    {
      id: 'building-stale',
      type: 'fill',
      ...of('building'),
      minzoom: 14.5,
      layout: { visibility: look.buildings && !look.relief ? 'visible' : 'none' },
      filter: ['in', ['get', 'code'], ['literal', stale]],
      paint: { 'fill-pattern': pattern('stale'), 'fill-opacity': 0.75 },
    },
  ]
}
