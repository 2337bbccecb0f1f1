import { describe, expect, it } from 'vitest'
import { columnOf, drawn, freshSettings, mapped, profileOf, withProfile } from '../imports'

describe('a mapping', () => {
  const found = [{ ours: 'code', theirs: '宗地号' }]
  it('goes by what a person chose, then by name', () => {
    const settings = { ...freshSettings('parcel'), map: { name: 'DKMC' } }
    expect(columnOf('DKMC', settings, found)).toBe('name')
    expect(columnOf('宗地号', settings, found)).toBe('code')
    expect(columnOf('MJ', settings, found)).toBe('')
  })
  it('gives a column one field and a field one column', () => {
    const map = mapped({ name: 'A', code: 'B' }, 'C', 'name')
    expect(map).toEqual({ code: 'B', name: 'C' })
    expect(mapped(map, 'C', 'owner')).toEqual({ code: 'B', owner: 'C' })
    expect(mapped(map, 'C', '')).toEqual({ code: 'B' })
  })
  it('is kept without what is done with this one file', () => {
    const settings = { ...freshSettings('parcel'), crs: 'EPSG:4526', map: { name: 'A' }, mode: 'replace' as const }
    const profile = profileOf(settings)
    expect(profile).toEqual({ layer: 'parcel', crs: 'EPSG:4526', map: { name: 'A' } })
    const next = withProfile({ ...freshSettings('road'), mode: 'update' }, profile)
    expect([next.layer, next.crs, next.mode, next.map]).toEqual(['parcel', 'EPSG:4526', 'update', { name: 'A' }])
  })
})

describe('an outline', () => {
  const ring: [number, number][] = [
    [114, 22],
    [115, 22],
    [114, 23],
    [114, 22],
  ]
  it('is drawn as what it is', () => {
    const of = (kind: 'polygon' | 'line' | 'point'): unknown => drawn({ kind, parts: [[ring]] }, {}).geometry
    expect(of('polygon')).toEqual({ type: 'MultiPolygon', coordinates: [[ring]] })
    expect(of('line')).toEqual({ type: 'MultiLineString', coordinates: [ring] })
    expect(of('point')).toEqual({ type: 'MultiPoint', coordinates: ring })
  })
})
