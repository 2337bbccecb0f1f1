import type { Mode } from '../../ui/frame/mode'
import Bottom from './Bottom.svelte'
import Extras from './Extras.svelte'
import Left from './Left.svelte'
import Right from './Right.svelte'

export const mode: Mode = { Left, Right, Bottom, Extras }
