import { describe, expect, it } from 'vitest'
import { Drawing } from '../drawing'
import { EMPTY } from '../look'

const kinds = (drawing: Drawing, tool: 'polygon' | 'line' | 'area', tip?: [number, number]): string[] =>
  drawing.picture(tool, tip).features.map(({ geometry }) => geometry.type)
function drawn(...points: [number, number][]): Drawing {
  const drawing = new Drawing()
  points.forEach((point) => drawing.add(point))
  return drawing
}

describe('a drawing', () => {
  it('shows nothing before its first point', () => expect(new Drawing().picture('polygon', [1, 1])).toBe(EMPTY))
  it('is a line until it has three corners, the pointer counted', () => {
    const two = drawn([0, 0], [1, 0])
    expect(kinds(two, 'polygon')).toEqual(['Point', 'Point', 'LineString'])
    expect(kinds(two, 'polygon', [1, 1])).toEqual(['Point', 'Point', 'Polygon'])
  })
  it('stays a line where a line is measured', () =>
    expect(kinds(drawn([0, 0], [1, 0], [1, 1]), 'line')).toEqual(['Point', 'Point', 'Point', 'LineString']))
  it('closes its ring', () => {
    const { geometry } = drawn([0, 0], [1, 0], [1, 1]).picture('area').features.at(-1)!
    expect(geometry).toMatchObject({
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    })
  })
  it('ends once, without the point that a double click leaves twice', () => {
    const drawing = drawn([0, 0], [1, 0], [1, 1], [1, 1])
    expect(drawing.end()).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
    ])
    expect(drawing.begun).toBe(false)
    expect(drawing.end()).toEqual([])
  })
  it('measures an area only where there is one', () => {
    const line = drawn([114, 22.5], [114.01, 22.5])
    expect(line.measure('area').m2).toBe(0)
    expect(line.measure('area').metres).toBeGreaterThan(1000)
    expect(line.measure('area', [114.01, 22.51]).m2).toBeGreaterThan(500_000)
  })
})
