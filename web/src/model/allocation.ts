/** What the answer of an allocation looks like on the screen: rows by class, marks of cells, lists of changes. */
import type { AllocateResult, AllocationCell, AllocationWarning } from '../api/analyses'

/** A matrix: what is there now, and what is proposed. */
export type Side = 'placed' | 'best'
/** A cell of the proposal against what is there: it stays, comes, goes or is empty in both. */
export type Change = 'kept' | 'come' | 'gone' | 'none'

/** A part of a cell's fit that is not told outside has no value, and so has the total. */
export const isWithheld = (cell: AllocationCell, part: 'location_quotient' | 'present_firms'): boolean =>
  cell.fit.withheld.includes(part)

export const keyOf = (cluster: string, district: string): string => `${cluster} ${district}`

export const byPair = (matrix: readonly AllocationCell[]): ReadonlyMap<string, AllocationCell> =>
  new Map(matrix.map((cell) => [keyOf(cell.cluster, cell.district), cell]))

export function changeOf(cell: AllocationCell | undefined): Change {
  if (!cell || (!cell.placed && !cell.best)) return 'none'
  return cell.placed ? (cell.best ? 'kept' : 'gone') : 'come'
}

export interface Class<C extends { class: string }> {
  id: C['class']
  list: C[]
  /** The city places all of them, some or none. */
  exempt: 'all' | 'some' | 'none'
}

/** The clusters by class in the catalogue's order. */
export function classes<C extends { id: string; class: string }>(
  clusters: readonly C[],
  exempt: ReadonlySet<string>,
): Class<C>[] {
  return [...new Set(clusters.map((cluster) => cluster.class))].map((id) => {
    const list = clusters.filter((cluster) => cluster.class === id)
    const n = list.filter((cluster) => exempt.has(cluster.id)).length
    return { id, list, exempt: n === list.length ? 'all' : n ? 'some' : 'none' }
  })
}

/** How many districts or clusters a row or column has; `counted` leaves out the clusters that the city places. */
export function count(
  matrix: readonly AllocationCell[],
  side: Side,
  of: 'cluster' | 'district',
  id: string,
  exempt: ReadonlySet<string>,
): { counted: number; all: number } {
  const cells = matrix.filter((cell) => cell[of] === id && cell[side])
  return { counted: cells.filter((cell) => !exempt.has(cell.cluster)).length, all: cells.length }
}

/** The warning of a cluster or district on one side. */
export const warningOf = (
  result: AllocateResult | null,
  side: Side,
  kind: AllocationWarning['kind'],
  id: string,
): AllocationWarning | undefined =>
  (side === 'placed' ? result?.warnings : result?.best.breaches)?.find((one) => one.kind === kind && one.id === id)

/** What the proposal changes, the clusters that the city places left out: they stay as they are. */
export function changes(matrix: readonly AllocationCell[]): Record<'kept' | 'come' | 'gone', AllocationCell[]> {
  const of = (wanted: Change): AllocationCell[] => matrix.filter((cell) => changeOf(cell) === wanted)
  return { kept: of('kept'), come: of('come'), gone: of('gone') }
}

/** The exemption to ask for: nothing where it is the rule pack's own, `none` where no class is chosen. */
export function exemption(chosen: readonly string[], own: readonly string[]): string[] | null {
  const sorted = [...chosen].sort()
  if (sorted.join() === [...own].sort().join()) return null
  return sorted.length ? sorted : ['none']
}

/** The pairs of the table, by cluster in the order given and then by district: placed, proposed or held by parks. */
export function pairs(matrix: readonly AllocationCell[], clusters: readonly string[]): AllocationCell[] {
  const at = new Map(clusters.map((id, i) => [id, i]))
  return matrix
    .filter((cell) => cell.placed || cell.best || cell.parks.length)
    .sort((a, b) => (at.get(a.cluster) ?? 99) - (at.get(b.cluster) ?? 99) || a.district.localeCompare(b.district))
}

const STEPS: Record<string, readonly [down: number, right: number]> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
}

/** One step from a cell by an arrow key, within the matrix. */
export function step(
  from: { cluster: string; district: string },
  key: string,
  clusters: readonly string[],
  districts: readonly string[],
): { cluster: string; district: string } | null {
  const by = STEPS[key]
  if (!by) return null
  const [down, right] = by
  const within = (list: readonly string[], id: string, steps: number): string =>
    list[Math.min(list.length - 1, Math.max(0, list.indexOf(id) + steps))] ?? id
  return { cluster: within(clusters, from.cluster, down), district: within(districts, from.district, right) }
}
