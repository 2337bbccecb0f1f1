import ListTodo from '@lucide/svelte/icons/list-todo'
import type { Frame } from '../../ui/frame/mode'

export const frame: Frame = {
  layout: 'map-right',
  sizes: { left: () => 272, right: (width) => (width < 1400 ? 340 : 400) },
  tools: 'zoom',
  scaleBar: false,
  parkNames: false,
  Icon: ListTodo,
}
