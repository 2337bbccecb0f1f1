import type { Geometry, Polygon, Position } from 'geojson'

const METRES = 111_320
export interface Piece {
  geometry: Polygon
  base: number
  top: number
}

const LEAST_RING_M2 = 150
const ringM2 = (points: readonly (readonly [number, number])[]): number =>
  Math.abs(
    points.reduce((sum, [x, y], i) => {
      const [u, v] = points[(i + 1) % points.length]!
      return sum + x * v - u * y
    }, 0),
  ) / 2
/** Radians from one direction to the next, left positive. */
const turn = (ax: number, ay: number, bx: number, by: number): number =>
  Math.atan2(ax * by - ay * bx, ax * bx + ay * by)

/**
 * The height limit as a line in the air: MapLibre draws no raised lines, so each dash is a thin box.
 * Dashes run along the rings at `height`, and down at every corner that turns.
 */
export function envelope(
  geometry: Geometry | null,
  height: number,
  { dash = 4.5, gap = 3, width = 0.8 } = {},
): Piece[] {
  const rings: Position[][] =
    geometry?.type === 'Polygon'
      ? geometry.coordinates.slice(0, 1)
      : geometry?.type === 'MultiPolygon'
        ? geometry.coordinates.flatMap((p) => p.slice(0, 1))
        : []
  const pieces: Piece[] = []
  for (const ring of rings) {
    const lat = ring[0]?.[1] ?? 0
    const [kx, ky] = [METRES * Math.cos((lat * Math.PI) / 180), METRES]
    const points = ring.map(([x = 0, y = 0]) => [x * kx, y * ky] as const)
    // Slivers into which no plate fits would only hang as cobwebs.
    if (ringM2(points) < LEAST_RING_M2) continue
    const box = (ax: number, ay: number, bx: number, by: number): Polygon => {
      const length = Math.hypot(bx - ax, by - ay) || 1
      const [nx, ny] = [((ay - by) / length) * (width / 2), ((bx - ax) / length) * (width / 2)]
      const corner = (x: number, y: number): Position => [x / kx, y / ky]
      const first = corner(ax + nx, ay + ny)
      return {
        type: 'Polygon',
        coordinates: [[first, corner(ax - nx, ay - ny), corner(bx - nx, by - ny), corner(bx + nx, by + ny), first]],
      }
    }
    for (let i = 1; i < points.length; i++) {
      const [ax, ay] = points[i - 1]!
      const [bx, by] = points[i]!
      const length = Math.hypot(bx - ax, by - ay)
      if (length < 0.5) continue
      for (let at = 0; at < length; at += dash + gap) {
        const end = Math.min(length, at + dash)
        pieces.push({
          geometry: box(
            ax + ((bx - ax) * at) / length,
            ay + ((by - ay) * at) / length,
            ax + ((bx - ax) * end) / length,
            ay + ((by - ay) * end) / length,
          ),
          base: height - width / 2,
          top: height + width / 2,
        })
      }
      // Posts only where the ring turns: outlines have corners that are none.
      const [px, py] = points[i - 2] ?? points.at(-2)!
      if (Math.abs(turn(ax - px, ay - py, bx - ax, by - ay)) < 0.6) continue
      for (let z = 0; z < height; z += dash + gap)
        pieces.push({ geometry: box(ax - width / 2, ay, ax + width / 2, ay), base: z, top: Math.min(height, z + dash) })
    }
  }
  return pieces
}

/** Whether the middle of one ring lies in another. */
function inside(ring: readonly Position[], within: readonly Position[]): boolean {
  const n = ring.length || 1
  const [x, y] = [ring.reduce((sum, p) => sum + (p[0] ?? 0), 0) / n, ring.reduce((sum, p) => sum + (p[1] ?? 0), 0) / n]
  let odd = false
  for (let i = 0, j = within.length - 1; i < within.length; j = i++) {
    const [ax = 0, ay = 0] = within[i]!
    const [bx = 0, by = 0] = within[j]!
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd
  }
  return odd
}

/** What lies between the parcel's edge and the buildable outline: the parcel with the outline cut out. */
export function margin(parcel: Geometry, outline: Geometry | null): Geometry {
  const holes: Position[][] =
    outline?.type === 'Polygon'
      ? [outline.coordinates[0]!]
      : outline?.type === 'MultiPolygon'
        ? outline.coordinates.map((p) => p[0]!)
        : []
  const cut = (part: Position[][]): Position[][] => [...part, ...holes.filter((hole) => inside(hole, part[0] ?? []))]
  if (parcel.type === 'Polygon') return { type: 'Polygon', coordinates: cut(parcel.coordinates) }
  if (parcel.type === 'MultiPolygon') return { type: 'MultiPolygon', coordinates: parcel.coordinates.map(cut) }
  return parcel
}

/**
 * Places blocks of `size` as near to their wishes as they go without touching, within [low, high]; wishes in ascending
 * order.
 */
export function spread(wishes: readonly number[], size: number, low: number, high: number): number[] {
  const placed = wishes.map((w) => Math.min(high - size, Math.max(low, w - size / 2)))
  for (let i = 1; i < placed.length; i++) placed[i] = Math.max(placed[i]!, placed[i - 1]! + size)
  for (let i = placed.length - 1; i >= 0; i--)
    placed[i] = Math.min(placed[i]!, i === placed.length - 1 ? high - size : placed[i + 1]! - size)
  return placed
}
