import * as api from '../api/endpoints'
import type { Tool } from '../map/tools'
import { atlas } from './atlas.svelte'
import { basket } from './basket.svelte'
import { city } from './city.svelte'
import { selection } from './selection.svelte'
import { ui } from './ui.svelte'

const TOOLS: Record<string, Tool> = { '1': 'select', '2': 'box', '3': 'polygon', '4': 'line', '5': 'area' }

export function shortcuts(e: KeyboardEvent): void {
  const at = e.target as HTMLElement
  const typing = at.matches?.('input, textarea, select, [contenteditable]')
  if (ui.dialog || typing || e.ctrlKey || e.metaKey || e.altKey) return
  const tool = TOOLS[e.key]
  if (tool) return atlas.setTool(tool)
  switch (e.key) {
    case '/':
      e.preventDefault()
      document.getElementById('search')?.focus()
      break
    case 'Escape':
      if (atlas.tool !== 'select') atlas.setTool('select')
      else if (!e.defaultPrevented) selection.clear()
      break
    case '?':
      ui.dialog = 'help'
      break
    case '[':
      history.back()
      break
    case ']':
      history.forward()
      break
    case '+':
    case '=':
      atlas.controller?.zoomBy(1)
      break
    case '-':
      atlas.controller?.zoomBy(-1)
      break
    case 'n':
    case 'N':
      atlas.controller?.north()
      break
    case 'u':
    case 'U':
      atlas.setRelief(false)
      break
    case 'r':
    case 'R':
      if (city.bbox) atlas.controller?.fit(city.bbox, 17, 40)
      break
    case 'g':
    case 'G':
      if (selection.codes.length === 1)
        void api.neighbours(selection.codes[0]!).then((list) =>
          selection.pick(
            list.map((n) => n.code),
            'add',
          ),
        )
      break
    case 'p':
    case 'P':
      if (selection.codes.length) basket.pin(selection.codes)
      break
    case 'x':
    case 'X':
      if (selection.codes.length) basket.ban(selection.codes)
      break
  }
}
