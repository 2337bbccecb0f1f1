import type { Geometry, Position } from 'geojson'

/** West, south, east, north in degrees. */
export type Bbox = [number, number, number, number]

/** A box as it is written in an answer; null where there is none. */
export function boxOf(numbers: readonly number[] | null | undefined): Bbox | null {
  const [west, south, east, north] = numbers ?? []
  if (west === undefined || south === undefined || east === undefined || north === undefined) return null
  return [west, south, east, north]
}

export function* positions(geometry: Geometry | null): Generator<Position> {
  if (!geometry) return
  if (geometry.type === 'GeometryCollection') {
    for (const part of geometry.geometries) yield* positions(part)
    return
  }
  const stack: unknown[] = [geometry.coordinates]
  while (stack.length) {
    const top = stack.pop()
    if (!Array.isArray(top)) continue
    if (typeof top[0] === 'number') yield top as Position
    else stack.push(...(top as unknown[]))
  }
}

export function bboxOf(geometries: Iterable<Geometry | null>): Bbox | null {
  let box: Bbox | null = null
  for (const geometry of geometries) {
    for (const [x = 0, y = 0] of positions(geometry))
      box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y]
  }
  return box
}

export const centreOf = (box: Bbox): [number, number] => [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]

/**
 * A point inside, for a label: the middle of the box, or of the widest stretch that a line through it has within the
 * shape.
 */
export function labelPoint(geometry: Geometry | null): [number, number] | null {
  const box = bboxOf([geometry])
  if (!box || !geometry) return null
  const [cx, cy] = centreOf(box)
  const rings =
    geometry.type === 'Polygon'
      ? geometry.coordinates
      : geometry.type === 'MultiPolygon'
        ? geometry.coordinates.flat()
        : []
  const cuts: number[] = []
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [ax = 0, ay = 0] = ring[i - 1]!
      const [bx = 0, by = 0] = ring[i]!
      if (ay > cy !== by > cy) cuts.push(ax + ((cy - ay) / (by - ay)) * (bx - ax))
    }
  }
  cuts.sort((a, b) => a - b)
  let best: [number, number] = [cx, cx]
  for (let i = 1; i < cuts.length; i += 2) {
    const [from, to] = [cuts[i - 1]!, cuts[i]!]
    if (from <= cx && cx <= to && to - from > (box[2] - box[0]) / 4) return [cx, cy]
    if (to - from > best[1] - best[0]) best = [from, to]
  }
  return [(best[0] + best[1]) / 2, cy]
}

const RADIUS = 6_371_008.8
const rad = (deg: number): number => (deg * Math.PI) / 180

/** Great-circle length, for the measuring tool only; areas that count come from the server. */
export function lengthM(line: readonly Position[]): number {
  let sum = 0
  for (let i = 1; i < line.length; i++) {
    const [x1 = 0, y1 = 0] = line[i - 1]!
    const [x2 = 0, y2 = 0] = line[i]!
    const h = Math.sin(rad(y2 - y1) / 2) ** 2 + Math.cos(rad(y1)) * Math.cos(rad(y2)) * Math.sin(rad(x2 - x1) / 2) ** 2
    sum += 2 * RADIUS * Math.asin(Math.sqrt(h))
  }
  return sum
}

/** Spherical ring area, for the measuring tool only. */
export function ringAreaM2(ring: readonly Position[]): number {
  let sum = 0
  for (let i = 0; i < ring.length; i++) {
    const [x1 = 0, y1 = 0] = ring[i]!
    const [x2 = 0, y2 = 0] = ring[(i + 1) % ring.length]!
    sum += rad(x2 - x1) * (2 + Math.sin(rad(y1)) + Math.sin(rad(y2)))
  }
  return Math.abs((sum * RADIUS * RADIUS) / 2)
}

/** Metres on the ground under one CSS pixel at this zoom and latitude (512 px tiles). */
export const metresPerPixel = (zoom: number, lat: number): number =>
  (40_075_016.686 * Math.cos(rad(lat))) / (512 * 2 ** zoom)

export function niceScale(metresPerPx: number, maxPx: number): { metres: number; px: number } {
  const room = metresPerPx * maxPx
  const base = 10 ** Math.floor(Math.log10(room))
  const metres = [5, 4, 2, 1].map((k) => k * base).find((m) => m <= room) ?? base
  return { metres, px: metres / metresPerPx }
}

/** An SVG path of a geometry fitted into a box, and the mapping so that others can be drawn with it. */
export function fitInto(box: Bbox, width: number, height: number, pad = 4): (p: Position) => [number, number] {
  const squeeze = Math.cos(rad((box[1] + box[3]) / 2))
  const w = Math.max((box[2] - box[0]) * squeeze, 1e-9)
  const h = Math.max(box[3] - box[1], 1e-9)
  const k = Math.min((width - 2 * pad) / w, (height - 2 * pad) / h)
  const ox = (width - w * k) / 2
  const oy = (height - h * k) / 2
  return ([x = 0, y = 0]) => [ox + (x - box[0]) * squeeze * k, oy + (box[3] - y) * k]
}

export function svgPath(geometry: Geometry | null, to: (p: Position) => [number, number]): string {
  if (!geometry) return ''
  const ring = (points: Position[]): string =>
    points
      .map(
        (p, i) =>
          `${i ? 'L' : 'M'}${to(p)
            .map((n) => n.toFixed(1))
            .join(' ')}`,
      )
      .join('') + 'Z'
  if (geometry.type === 'Polygon') return geometry.coordinates.map(ring).join('')
  if (geometry.type === 'MultiPolygon') return geometry.coordinates.flatMap((p) => p.map(ring)).join('')
  if (geometry.type === 'GeometryCollection') return geometry.geometries.map((g) => svgPath(g, to)).join('')
  return ''
}
