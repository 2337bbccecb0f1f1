import { prefs } from '../../state/prefs.svelte'
import { selection } from '../../state/selection.svelte'
import type { Mode } from '../../ui/frame/mode'
import Bottom from './Bottom.svelte'
import Left from './Left.svelte'
import Extras from './MapExtras.svelte'
import Right from './Right.svelte'

/** The table's bar alone. */
const FOLDED = 45

export const mode: Mode = {
  Left,
  Right,
  Bottom,
  Extras,
  layout: 'rows',
  sizes: { left: () => prefs.left, right: () => prefs.right, bottom: () => (prefs.tableOpen ? prefs.bottom : FOLDED) },
  resizable: true,
  answers: () => selection.codes.length > 0 || selection.focus !== null,
  tools: 'all',
  scaleBar: true,
  parkNames: true,
}
