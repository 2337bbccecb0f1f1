import { describe, expect, it } from 'vitest'
import { both, type Condition, fromCql, intersects, splitAnd, toCql } from '../cql'
import { area, floorSpace, MISSING, money, num, percent, perMille, shortDate } from '../format'
import { bboxOf, boxOf, fitInto, lengthM, metresPerPixel, niceScale, ringAreaM2, labelPoint } from '../geometry'
import { codesExpression, toExpression } from '../mapfilter'
import { decodeLink, encodeLink, MAX_CODES } from '../permalink'

describe('numbers', () => {
  it('group thousands and carry a true minus', () => {
    expect(num(1234.5, 1)).toBe('1,234.5')
    expect(num(-0.4, 1)).toBe('−0.4')
    expect(num(2, 0, true)).toBe('+2')
  })
  it('say missing, never zero', () => {
    for (const nothing of [null, undefined, Number.NaN]) expect(num(nothing)).toBe(MISSING)
    expect(area(null, 'ha')).toBe(MISSING)
    expect(percent(null)).toBe(MISSING)
  })
  it('give each unit its own digits', () => {
    expect(area(83_142, 'ha')).toBe('8.31')
    expect(area(83_142, 'mu')).toBe('124.7')
    expect(area(83_142, 'm2')).toBe('83,142.0')
    expect(floorSpace(83_800)).toEqual({ text: '8.38', unit: 'wan' })
    expect(floorSpace(950)).toEqual({ text: '950', unit: 'm2' })
    expect(money(19_200)).toEqual({ text: '1.92', unit: 'yi' })
    expect(money(19_200, 'en')).toEqual({ text: '192', unit: 'million' })
    expect(floorSpace(83_800, 'en')).toEqual({ text: '83,800', unit: 'm2' })
    expect(perMille(-0.0009)).toBe('−0.9 ‰')
    expect(shortDate('2026-08-31', '2026-11-01')).toBe('08-31')
    expect(shortDate('2025-08-31', '2026-11-01')).toBe('2025-08-31')
  })
})

describe('CQL2', () => {
  const rows: Condition[] = [
    { field: 'land_use', op: 'in', values: ['1001', "M'0"] },
    { field: 'far_present', op: 'between', values: [0, 1.7] },
    { field: 'built_year', op: '>=', values: [1990] },
    { field: 'name', op: 'like', values: ['50%'] },
    { field: 'park', op: 'notnull', values: [] },
  ]
  it('escapes text and keeps numbers bare', () => {
    expect(toCql(rows)).toBe(
      "land_use IN ('1001', 'M''0') AND far_present BETWEEN 0 AND 1.7 AND built_year >= 1990 " +
        "AND name LIKE '%50\\%%' AND park IS NOT NULL",
    )
  })
  it('reads back what it wrote', () => {
    expect(fromCql(toCql(rows))).toEqual(rows)
  })
  it('leaves out rows that are not filled in', () => {
    expect(toCql([{ field: 'land_use', op: 'in', values: [] }, rows[2]!])).toBe('built_year >= 1990')
  })
  it('keeps what it cannot read as it is', () => {
    expect(fromCql('a = 1 OR b = 2')).toEqual([{ field: '', op: 'raw', values: ['a = 1 OR b = 2'] }])
    expect(toCql(fromCql('a = 1 OR b = 2'))).toBe('(a = 1 OR b = 2)')
  })
  it('splits only at the ANDs that join conditions', () => {
    expect(splitAnd("a BETWEEN 1 AND 2 AND b = 'x AND y' AND (c = 1 AND d = 2)")).toEqual([
      'a BETWEEN 1 AND 2',
      "b = 'x AND y'",
      '(c = 1 AND d = 2)',
    ])
  })
  it('brackets an OR before joining, and closes rings', () => {
    expect(both('a = 1 OR b = 2', 'c = 3')).toBe('(a = 1 OR b = 2) AND c = 3')
    expect(both(undefined, 'c = 3')).toBe('c = 3')
    expect(
      intersects([
        [0, 0],
        [1, 0],
        [1, 1],
      ]),
    ).toBe('S_INTERSECTS(geom, POLYGON((0 0, 1 0, 1 1, 0 0)))')
  })
})

describe('map filters', () => {
  it('come from tile properties where these suffice', () => {
    const fields = new Set(['far_present', 'land_use'])
    expect(toExpression([{ field: 'far_present', op: '<=', values: [1.7] }], fields)).toEqual([
      'all',
      ['all', ['has', 'far_present'], ['<=', ['to-number', ['get', 'far_present']], 1.7]],
    ])
    expect(toExpression([{ field: 'built_year', op: '<=', values: [1990] }], fields)).toBeNull()
    const built = new Set([...fields, 'built_year'])
    expect(toExpression([{ field: 'built_year', op: '<=', values: [1990] }], built)).not.toBeNull()
    expect(codesExpression([])).toEqual(['==', 1, 2])
  })
})

describe('permalink', () => {
  it('comes back as it was', () => {
    const link = {
      place: { z: 15.2, lat: 22.6512, lon: 113.9021, bearing: 0, pitch: 0 },
      task: 'query',
      filter: "land_use IN ('1001', '11') AND far_present <= 1.7",
      selection: ['440306-412-0031', '440306-412-0032'],
      lang: 'zh',
      theme: 'dark',
    }
    const hash = encodeLink(link)
    expect(hash).toContain("q=land_use+IN+('1001',+'11')+AND+far_present+<%3D+1.7")
    expect(decodeLink(hash)).toEqual(link)
  })
  it('leaves out a selection too long to paste', () => {
    expect(encodeLink({ selection: Array.from({ length: MAX_CODES + 1 }, (_, i) => `p${i}`) })).toBe('#v=1')
  })
  it('survives what people make of it', () => {
    expect(decodeLink('#z=abc&q=%E0%A4%A&task=query')).toEqual({ task: 'query' })
    expect(decodeLink(encodeLink({ task: 'consolidate', tab: 'units' }))).toEqual({ task: 'consolidate', tab: 'units' })
    expect(decodeLink('#setup=T0KEN')).toEqual({ setup: 'T0KEN' })
  })
})

describe('geometry', () => {
  it('puts a label inside a shape that bends around its middle', () => {
    const hook = {
      type: 'Polygon' as const,
      coordinates: [
        [
          [0, 0],
          [10, 0],
          [10, 10],
          [8, 10],
          [8, 2],
          [0, 2],
          [0, 0],
        ],
      ],
    }
    const [x, y] = labelPoint(hook)!
    expect(y).toBe(5)
    expect(x).toBe(9)
    expect(
      labelPoint({
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [4, 0],
            [4, 4],
            [0, 4],
            [0, 0],
          ],
        ],
      }),
    ).toEqual([2, 2])
    expect(labelPoint(null)).toBeNull()
  })
  it('bounds mixed geometries', () => {
    expect(
      bboxOf([
        { type: 'Point', coordinates: [1, 2] },
        null,
        {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [3, 0],
              [3, 1],
              [0, 0],
            ],
          ],
        },
      ]),
    ).toEqual([0, 0, 3, 2])
    expect(bboxOf([null])).toBeNull()
  })
  it('takes a box from an answer only when it is whole', () => {
    expect(boxOf([113, 22, 114, 23])).toEqual([113, 22, 114, 23])
    for (const none of [null, undefined, [], [113, 22, 114]]) expect(boxOf(none)).toBeNull()
  })
  it('measures on the sphere within a thousandth', () => {
    expect(
      lengthM([
        [113.9, 22.6],
        [113.91, 22.6],
      ]),
    ).toBeCloseTo(1026.6, 0)
    const side = 0.001
    const expected = side * 111_195 * side * 111_195 * Math.cos((22.6 * Math.PI) / 180)
    expect(
      ringAreaM2([
        [113.9, 22.6],
        [113.9 + side, 22.6],
        [113.9 + side, 22.6 + side],
        [113.9, 22.6 + side],
      ]) / expected,
    ).toBeCloseTo(1, 3)
  })
  it('picks a round scale bar that fits', () => {
    expect(niceScale(metresPerPixel(15, 22.6), 90).metres).toBe(100)
  })
  it('fits a box into a thumbnail', () => {
    const to = fitInto([0, 0, 1, 1], 84, 72)
    for (const corner of [
      [0, 0],
      [1, 1],
    ]) {
      const [x, y] = to(corner)
      expect(x).toBeGreaterThanOrEqual(0)
      expect(x).toBeLessThanOrEqual(84)
      expect(y).toBeGreaterThanOrEqual(0)
      expect(y).toBeLessThanOrEqual(72)
    }
  })
})
