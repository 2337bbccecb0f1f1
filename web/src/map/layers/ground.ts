import type { Draw } from './scene'

export const ground: Draw = ({ ink, of }) => [
  { id: 'sea', type: 'background', paint: { 'background-color': ink.sea } },
  { id: 'land', type: 'fill', ...of('district'), paint: { 'fill-color': ink.land, 'fill-antialias': true } },
]
