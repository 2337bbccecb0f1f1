/** Which pane stands beside the card; on a phone `card` is one of them. */
export type Pane = 'life' | 'register' | 'layout'

class PaneState {
  now = $state<Pane>('life')
  /** On a phone: the card, or the pane instead of it. */
  card = $state(true)
  /** What colours the parks on the map. */
  theme = $state<'grade' | 'state'>('grade')
}
export const pane = new PaneState()
