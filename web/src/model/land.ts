import type { Instrument, Lineage, LineageNode } from '../api/types'

/** In force on that day: begun, and not undone by then. */
export function inForceAt(instruments: readonly Instrument[], day: string): Instrument[] {
  const begun = instruments.filter((i) => i.state === 'in_force' && i.date != null && i.date <= day)
  const undone = new Set(begun.filter((i) => i.kind === 'undo').map((i) => i.undoes))
  return begun.filter((i) => i.kind !== 'undo' && !undone.has(i.code))
}

/** Codes of parcels that have ended by that day: they stay on the map as ghosts. */
export function consumedAt(instruments: readonly Instrument[], day: string): string[] {
  return [...new Set(inForceAt(instruments, day).flatMap((i) => i.parents))].sort()
}

/** Days on which the land changed, ascending: the stops of the time slider. */
export const changeDays = (instruments: readonly Instrument[]): string[] =>
  [...new Set(instruments.flatMap((i) => (i.state === 'in_force' && i.date ? [i.date] : [])))].sort()

const DAY_MS = 86_400_000
export const dayNumber = (iso: string): number => Math.round(Date.parse(`${iso}T00:00:00Z`) / DAY_MS)
export const dayOf = (n: number): string => new Date(n * DAY_MS).toISOString().slice(0, 10)
export const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && dayOf(dayNumber(text)) === text

/** An undo takes back what is in force; all other steps the instrument names itself. */
export const canUndo = (i: Instrument): boolean => i.state === 'in_force' && i.kind !== 'undo' && !i.undone_by

export interface PlacedNode extends LineageNode {
  level: number
  row: number
}
/**
 * Parents left of children: each node one column right of its latest parent. A cycle, which land cannot have, ends the
 * walk.
 */
export function layers({ nodes, edges }: Pick<Lineage, 'nodes' | 'edges'>): PlacedNode[] {
  const level = new Map(nodes.map((n) => [n.code, 0]))
  for (const _ of nodes) {
    let moved = false
    for (const e of edges) {
      const want = (level.get(e.parent) ?? 0) + 1
      if (want > (level.get(e.child) ?? 0) && want <= nodes.length) {
        level.set(e.child, want)
        moved = true
      }
    }
    if (!moved) break
  }
  const rows = new Map<number, number>()
  return [...nodes]
    .sort((a, b) => (level.get(a.code) ?? 0) - (level.get(b.code) ?? 0) || a.code.localeCompare(b.code))
    .map((n) => {
      const at = level.get(n.code) ?? 0
      const row = rows.get(at) ?? 0
      rows.set(at, row + 1)
      return { ...n, level: at, row }
    })
}

export interface Family {
  before: LineageEdge[]
  after: LineageEdge[]
}
type LineageEdge = Lineage['edges'][number]
/** Everything one code came from, and everything that came of it. */
export function family({ edges }: Pick<Lineage, 'edges'>, code: string): Family {
  const walk = (from: 'parent' | 'child', to: 'parent' | 'child'): LineageEdge[] => {
    const seen = new Set([code])
    const found: LineageEdge[] = []
    for (let front = [code]; front.length;) {
      const next: string[] = []
      for (const e of edges) {
        if (!front.includes(e[from]) || found.includes(e)) continue
        found.push(e)
        if (!seen.has(e[to])) {
          seen.add(e[to])
          next.push(e[to])
        }
      }
      front = next
    }
    return found
  }
  return { before: walk('child', 'parent'), after: walk('parent', 'child') }
}
