import type { Map as MapLibre } from 'maplibre-gl'
import { describe, expect, it } from 'vitest'
import { Highlights } from '../highlights'

/** Remembers the states it is told, as MapLibre does. */
function board(sources = ['parcel', 'park']) {
  const states = new Map<string, Record<string, boolean>>()
  let told = 0
  const map = {
    getSource: (source: string) => (sources.includes(source) ? {} : undefined),
    setFeatureState: ({ source, id }: { source: string; id: string }, state: Record<string, boolean>) => {
      told++
      states.set(`${source}/${id}`, { ...states.get(`${source}/${id}`), ...state })
    },
  } as unknown as MapLibre
  const lit = (state: string): string[] => [...states].filter(([, s]) => s[state]).map(([id]) => id)
  return { highlights: new Highlights(map), lit, forget: () => states.clear(), told: () => told }
}

describe('highlights', () => {
  it('change only what has changed', () => {
    const { highlights, lit, told } = board()
    highlights.select(['1', '2'])
    highlights.select(['2', '3'])
    expect(lit('sel')).toEqual(['parcel/2', 'parcel/3'])
    expect(told()).toBe(4)
  })
  it('leave a selected parcel selected when it is no longer looked at', () => {
    const { highlights, lit } = board()
    highlights.select(['1'])
    highlights.focus({ collection: 'parcel', id: '1' })
    highlights.focus({ collection: 'park', id: '1' })
    expect(lit('sel')).toEqual(['parcel/1', 'park/1'])
    highlights.focus(null)
    expect(lit('sel')).toEqual(['parcel/1'])
  })
  it('point at one parcel at a time', () => {
    const { highlights, lit, told } = board()
    highlights.hover('1')
    highlights.hover('2')
    highlights.hover('2')
    expect(lit('hover')).toEqual(['parcel/2'])
    expect(told()).toBe(3)
  })
  it('come back when sources are loaded anew', () => {
    const { highlights, lit, forget } = board()
    highlights.select(['1'])
    highlights.focus({ collection: 'park', id: 'P' })
    forget()
    highlights.again()
    expect(lit('sel')).toEqual(['parcel/1', 'park/P'])
  })
  it('pass over a layer that is not there', () => {
    const { highlights, told } = board(['park'])
    highlights.select(['1'])
    expect(told()).toBe(0)
  })
})
