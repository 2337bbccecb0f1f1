import type { Position } from 'geojson'

export type Tool = 'select' | 'pin' | 'ban' | 'box' | 'polygon' | 'line' | 'area'
/** Whether a click with the tool takes what is under the pointer. */
export const picks = (tool: Tool): boolean => tool === 'select' || tool === 'pin' || tool === 'ban'
/** Tools that draw point by point. */
export type DrawTool = 'polygon' | 'line' | 'area'
export const draws = (tool: Tool): tool is DrawTool => tool === 'polygon' || tool === 'line' || tool === 'area'

export type PickMode = 'replace' | 'add' | 'remove'
export const modeOf = (e: { shiftKey: boolean; altKey: boolean }): PickMode =>
  e.altKey ? 'remove' : e.shiftKey ? 'add' : 'replace'

export interface Measure {
  kind: 'line' | 'area'
  metres: number
  m2: number
  points: Position[]
}
