import type { Geometry, Position } from 'geojson'

/** Metres per degree at a latitude: a park is small enough for a plane. */
const METRES = 111_320
interface Shape {
  segments: number[][]
  box: [number, number, number, number]
}

function shapeOf(geometry: Geometry, squeeze: number): Shape | null {
  const rings: Position[][] =
    geometry.type === 'Polygon'
      ? geometry.coordinates
      : geometry.type === 'MultiPolygon'
        ? geometry.coordinates.flat()
        : []
  const segments: number[][] = []
  const box: Shape['box'] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [ax = 0, ay = 0] = ring[i - 1]!
      const [bx = 0, by = 0] = ring[i]!
      const s = [ax * squeeze, ay * METRES, bx * squeeze, by * METRES] as const
      segments.push([...s])
      box[0] = Math.min(box[0], s[0], s[2])
      box[1] = Math.min(box[1], s[1], s[3])
      box[2] = Math.max(box[2], s[0], s[2])
      box[3] = Math.max(box[3], s[1], s[3])
    }
  }
  return segments.length ? { segments, box } : null
}

function pointToSegment(x: number, y: number, [ax, ay, bx, by]: number[]): number {
  const [dx, dy] = [bx! - ax!, by! - ay!]
  const length = dx * dx + dy * dy
  const t = length ? Math.max(0, Math.min(1, ((x - ax!) * dx + (y - ay!) * dy) / length)) : 0
  return Math.hypot(x - ax! - t * dx, y - ay! - t * dy)
}

const apart = (a: Shape['box'], b: Shape['box']): number =>
  Math.max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3], 0)

function distance(a: Shape, b: Shape, best: number): number {
  let least = best
  for (const p of a.segments) {
    if (
      apart([Math.min(p[0]!, p[2]!), Math.min(p[1]!, p[3]!), Math.max(p[0]!, p[2]!), Math.max(p[1]!, p[3]!)], b.box) >=
      least
    )
      continue
    for (const q of b.segments)
      least = Math.min(
        least,
        pointToSegment(p[0]!, p[1]!, q),
        pointToSegment(p[2]!, p[3]!, q),
        pointToSegment(q[0]!, q[1]!, p),
        pointToSegment(q[2]!, q[3]!, p),
      )
    if (least < 1e-3) return 0
  }
  return least
}

/**
 * From each parcel to the nearest other of the set, in metres: the smallest and the largest of these.
 * The largest says what tolerance leaves no parcel alone. For looking, not for the account: edges are taken as
 * straight in lon/lat.
 */
export function gapRange(geometries: readonly (Geometry | null)[]): { least: number; most: number } | null {
  const first = geometries.find((g) => g?.type === 'Polygon' || g?.type === 'MultiPolygon')
  if (!first) return null
  const at =
    (first.type === 'Polygon'
      ? first.coordinates[0]?.[0]
      : first.type === 'MultiPolygon'
        ? first.coordinates[0]?.[0]?.[0]
        : undefined)?.[1] ?? 0
  const squeeze = METRES * Math.cos((at * Math.PI) / 180)
  const shapes = geometries.flatMap((g) => (g ? (shapeOf(g, squeeze) ?? []) : [])).sort((a, b) => a.box[0] - b.box[0])
  if (shapes.length < 2) return null
  const nearest = shapes.map(() => Infinity)
  for (let i = 0; i < shapes.length; i++) {
    for (let j = i + 1; j < shapes.length; j++) {
      const [a, b] = [shapes[i]!, shapes[j]!]
      const reach = Math.max(nearest[i]!, nearest[j]!)
      // Sorted by their west edge: what lies further east than this cannot be nearer to i, and j has its own turn.
      if (b.box[0] - a.box[2] > reach && Number.isFinite(reach)) continue
      if (apart(a.box, b.box) >= reach) continue
      const d = distance(a, b, reach)
      if (d < nearest[i]!) nearest[i] = d
      if (d < nearest[j]!) nearest[j] = d
    }
  }
  return { least: Math.min(...nearest), most: Math.max(...nearest) }
}
