import Funnel from '@lucide/svelte/icons/funnel'
import { prefs } from '../../state/prefs.svelte'
import { selection } from '../../state/selection.svelte'
import type { Frame } from '../../ui/frame/mode'

/** The table's bar alone. */
const FOLDED = 45

export const frame: Frame = {
  layout: 'rows',
  sizes: { left: () => prefs.left, right: () => prefs.right, bottom: () => (prefs.tableOpen ? prefs.bottom : FOLDED) },
  resizable: true,
  answers: () => selection.codes.length > 0 || selection.focus !== null,
  tools: 'all',
  scaleBar: true,
  parkNames: true,
  Icon: Funnel,
}
