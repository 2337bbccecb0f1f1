import type { Mode } from '../../ui/frame/mode'
import Bottom from './Bottom.svelte'
import Left from './Left.svelte'
import Extras from './MapExtras.svelte'
import Right from './Right.svelte'

export const mode: Mode = { Left, Right, Bottom, Extras }
