import Building from '@lucide/svelte/icons/building-2'
import ListChecks from '@lucide/svelte/icons/list-checks'
import MapIcon from '@lucide/svelte/icons/map'
import type { Component } from 'svelte'
import { city } from '../../state/city.svelte'
import { occupancy } from '../../state/occupancy.svelte'
import type { Mode } from '../../ui/frame/mode'
import Extras from './Extras.svelte'
import Left from './Left.svelte'
import Middle from './Middle.svelte'
import Right from './Right.svelte'

type Part = Promise<{ default: Component }>
const stack = (): Part => import('./PhoneStack.svelte')
const todo = (): Part => Promise.resolve({ default: Left })

export const mode: Mode = {
  Left,
  Middle,
  Right,
  Extras,
  phone: {
    tabs: [
      { label: 'tab.stack', Icon: Building, load: stack, yields: true, stop: 'half' },
      { label: 'tab.todo', Icon: ListChecks, load: todo, yields: false, stop: 'half' },
      { label: 'tab.map', Icon: MapIcon, load: stack, yields: true, stop: 'peek' },
    ],
    opened: () => occupancy.unit !== null,
    home: () => city.park(occupancy.park)?.bbox,
  },
}
