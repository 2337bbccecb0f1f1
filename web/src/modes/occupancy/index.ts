import { city } from '../../state/city.svelte'
import { occupancy } from '../../state/occupancy.svelte'
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
  layout: 'map-left',
  sizes: { left: (width) => (width < 1400 ? 304 : 336), right: (width) => (width < 1400 ? 320 : 352) },
  tools: 'none',
  scaleBar: false,
  parkNames: false,
  phone: {
    load: () => import('./PhoneStack.svelte'),
    opened: () => occupancy.unit !== null,
    home: () => city.park(occupancy.park)?.bbox,
  },
}
