import type { Mode } from '../../ui/frame/mode'
import Extras from './Extras.svelte'
import Left from './Left.svelte'
import Middle from './Middle.svelte'
import Right from './Right.svelte'

export const mode: Mode = { Left, Middle, Right, Extras }
