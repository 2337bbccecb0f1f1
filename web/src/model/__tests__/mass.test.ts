import type { Polygon } from 'geojson'
import { describe, expect, it } from 'vitest'
import { mix } from '../colour'
import { envelope, margin, spread } from '../mass'

const metre = 1 / 111_320
const square = (size: number): Polygon => ({
  type: 'Polygon',
  coordinates: [
    [
      [0, 0],
      [size, 0],
      [size, size],
      [0, size],
      [0, 0],
    ].map(([x, y]) => [x! * metre, y! * metre]),
  ],
})

describe('the height limit in the air', () => {
  const pieces = envelope(square(53), 60)
  it('runs around the outline at its height', () => {
    const dashes = pieces.filter((p) => p.top > 60)
    expect(dashes).toHaveLength(4 * 8)
  })
  it('comes down at the corners, never above the limit', () => {
    const posts = pieces.filter((p) => p.top <= 60)
    expect(posts).toHaveLength(4 * Math.ceil(60 / 7.5))
    expect(Math.max(...posts.map((p) => p.top))).toBeLessThanOrEqual(60)
  })
  it('leaves slivers and straight corners out', () => {
    expect(envelope(square(8), 60)).toEqual([])
    const extra: Polygon = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [26, 0],
          [53, 0],
          [53, 53],
          [0, 53],
          [0, 0],
        ].map(([x, y]) => [x! * metre, y! * metre]),
      ],
    }
    expect(envelope(extra, 60).filter((p) => p.top <= 60)).toHaveLength(pieces.filter((p) => p.top <= 60).length)
  })
  it('is nothing without an outline', () => expect(envelope(null, 60)).toEqual([]))
})

describe('the margin', () => {
  it('is the parcel with the outline as a hole', () => {
    const found = margin(square(50), square(30)) as Polygon
    expect(found.coordinates).toHaveLength(2)
  })
  it('cuts the hole into the part it lies in', () => {
    const far: Polygon = { type: 'Polygon', coordinates: [square(50).coordinates[0]!.map(([x, y]) => [x! + 1, y!])] }
    const found = margin({ type: 'MultiPolygon', coordinates: [square(50).coordinates, far.coordinates] }, square(30))
    expect(found.type === 'MultiPolygon' && found.coordinates.map((p) => p.length)).toEqual([2, 1])
  })
})

describe('labels beside a stack', () => {
  it('keep apart and within bounds', () => {
    const placed = spread([10, 20, 90, 300], 48, 0, 320)
    expect(placed[0]).toBe(0)
    for (let i = 1; i < placed.length; i++) expect(placed[i]! - placed[i - 1]!).toBeGreaterThanOrEqual(48)
    expect(placed.at(-1)! + 48).toBeLessThanOrEqual(320)
  })
  it('stay where they wish when there is room', () => expect(spread([100, 250], 40, 0, 400)).toEqual([80, 230]))
})

describe('mixing colours', () => {
  it('takes a share of each', () => {
    expect(mix('#ffffff', '#000000', 0.5)).toBe('#808080')
    expect(mix('#fff', '#000000', 1)).toBe('#ffffff')
  })
})
