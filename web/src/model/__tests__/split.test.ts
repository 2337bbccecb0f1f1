import { describe, expect, it } from 'vitest'
import { division } from '../split'

const form = { count: '3', areas: '', direction: '', line: [] }

describe('what a split form asks for', () => {
  it('is a number of equal parts', () => {
    expect(division('equal', form)).toEqual({ equal: 3 })
    expect(division('equal', { ...form, direction: ' -30 ' })).toEqual({ equal: 3, direction_deg: -30 })
    for (const count of ['', '1', '101', '2.5', 'x']) expect(division('equal', { ...form, count })).toBeNull()
    expect(division('equal', { ...form, direction: 'north' })).toBeNull()
  })
  it('is a list of areas, however they are parted', () => {
    expect(division('areas', { ...form, areas: '3000，5000.5、 20' })).toEqual({ areas_m2: [3000, 5000.5, 20] })
    for (const areas of ['', '3000, x', '0', '-5']) expect(division('areas', { ...form, areas })).toBeNull()
  })
  it('is a line of two points or more', () => {
    expect(division('line', { ...form, line: [[114, 22]] })).toBeNull()
    const line = [
      [114, 22],
      [114.01, 22],
    ]
    expect(division('line', { ...form, line })).toEqual({ line: { type: 'LineString', coordinates: line } })
  })
})
