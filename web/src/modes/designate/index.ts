import type { Mode } from '../../ui/frame/mode'
import Extras from './Extras.svelte'
import Left from './Left.svelte'
import Middle from './Middle.svelte'
import Right from './Right.svelte'

export const mode: Mode = {
  Left,
  Middle,
  Right,
  Extras,
  layout: 'map-right',
  sizes: { left: () => 336, right: (width) => (width < 1400 ? 340 : 440) },
  tools: 'zoom',
  scaleBar: false,
  parkNames: true,
}
