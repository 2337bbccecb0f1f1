import type { VectorSourceSpecification } from 'maplibre-gl'
import { describe, expect, it } from 'vitest'
import type { MapInk } from '../palette'
import { EMPTY, LAYER_KEYS, type LayerKey, type MapLook, TILED_KEYS, type TileSet, type TileSets } from '../look'
import { buildStyle } from '../style'

const PAGE = 'https://land.example'
const tileJson = (key: string, over: Partial<TileSet> = {}): TileSet => ({
  tiles: [`http://10.0.0.7:8080/collections/${key}/tiles/WebMercatorQuad/{z}/{y}/{x}`],
  minzoom: 3,
  maxzoom: 15,
  vector_layers: [{ id: key, fields: {}, minzoom: 3, maxzoom: 15 }],
  ...over,
})
const tiles = (over: Partial<TileSets> = {}): TileSets => ({
  ...(Object.fromEntries(TILED_KEYS.map((key) => [key, tileJson(key)])) as TileSets),
  ...over,
})
const look = (over: Partial<MapLook> = {}): MapLook => ({
  ink: new Proxy({}, { get: (_, name) => (name === 'theme' ? 'light' : '#123456') }) as MapInk,
  landUse: {},
  lang: 'zh',
  tiles: tiles(),
  latitude: 0,
  revisions: {},
  visible: Object.fromEntries(LAYER_KEYS.map((key) => [key, true])) as Record<LayerKey, boolean>,
  match: null,
  hiddenUses: [],
  grades: null,
  buildings: null,
  scope: null,
  relief: false,
  cleared: '',
  consumed: [],
  numbers: true,
  overlays: { shapes: EMPTY, marks: EMPTY, mass: EMPTY, envelope: EMPTY, labels: EMPTY, plan: EMPTY, draft: EMPTY },
  ...over,
})
const sourceOf = (given: Partial<MapLook>, key: string): VectorSourceSpecification =>
  buildStyle(look(given), PAGE).sources[key] as VectorSourceSpecification

describe('the sources of tiles', () => {
  it('have the zooms that TileJSON says', () => {
    const told = tiles({ building: tileJson('building', { minzoom: 12, maxzoom: 18 }) })
    expect(sourceOf({ tiles: told }, 'building')).toMatchObject({ minzoom: 12, maxzoom: 18 })
    expect(sourceOf({ tiles: told }, 'parcel')).toMatchObject({ minzoom: 3, maxzoom: 15 })
  })
  it('are asked where the page came from, whatever the server calls itself', () =>
    expect(sourceOf({}, 'road').tiles).toEqual([`${PAGE}/collections/road/tiles/WebMercatorQuad/{z}/{y}/{x}?rev=0`]))
  it('change with the revision of their layer alone', () => {
    const revisions = { parcel: 7 }
    expect(sourceOf({ revisions }, 'parcel').tiles![0]).toMatch(/\?rev=7$/)
    expect(sourceOf({ revisions }, 'road').tiles![0]).toMatch(/\?rev=0$/)
  })
  it('keep what the template asks already', () => {
    const told = tiles({ park: tileJson('park', { tiles: ['/t/{z}/{y}/{x}?day=2026-01-01'] }) })
    expect(sourceOf({ tiles: told }, 'park').tiles).toEqual(['/t/{z}/{y}/{x}?day=2026-01-01&rev=0'])
  })
  it('are there for every layer that draws from one', () => {
    const { sources, layers } = buildStyle(look(), PAGE)
    const drawn = layers.flatMap((layer) => ('source' in layer ? [String(layer.source)] : []))
    expect(drawn.filter((source) => !(source in sources))).toEqual([])
  })
})

describe('the width of roads', () => {
  const widths = (latitude: number): number[] => {
    const road = buildStyle(look({ latitude }), PAGE).layers.find((layer) => layer.id === 'road')!
    return JSON.stringify(road.paint)
      .match(/\d+\.\d+/g)!
      .map(Number)
      .filter((n) => n !== 0.5)
  }
  it('doubles with every zoom', () => {
    const [at9, at13, at16, at20] = widths(0)
    expect(at13! / at9!).toBeCloseTo(16, 6)
    expect(at16! / at13!).toBeCloseTo(8, 6)
    expect(at20! / at16!).toBeCloseTo(16, 6)
  })
  it('is that of the city’s own latitude: at 60° a metre is twice as long as at the equator', () =>
    widths(60).forEach((width, i) => expect(width / widths(0)[i]!).toBeCloseTo(2, 6)))
})

describe('the order of layers', () => {
  const ids = (over: Partial<MapLook> = {}): string[] => buildStyle(look(over), PAGE).layers.map(({ id }) => id)
  const under = (lower: string, upper: string): boolean => {
    const [a, b] = [ids().indexOf(lower), ids().indexOf(upper)]
    return a >= 0 && a < b
  }
  it.each([
    ['land', 'parcel'],
    ['road', 'parcel'],
    ['parcel', 'road-big'],
    ['parcel', 'building'],
    ['plan', 'ghost'],
    ['park', 'o-veil'],
    ['o-line', 'sel-fill'],
    ['sel-casing', 'sel-line'],
    ['hover', 'relief'],
    ['mass', 'road-label'],
    ['park-label', 'o-mark'],
    ['o-mark', 'draft-fill'],
  ])('draws %s under %s', (lower, upper) => expect(under(lower, upper)).toBe(true))
  it('names each layer once', () => expect(new Set(ids()).size).toBe(ids().length))
  it('is the same whatever is looked at', () => {
    const grades = { P1: '#000000' }
    expect(
      ids({ grades, relief: true, hiddenUses: ['07'], buildings: { B1: { colour: '#111111', stale: true } } }),
    ).toEqual(ids())
  })
})

describe('parcels that are not asked for', () => {
  const fill = (over: Partial<MapLook>, id: string): unknown =>
    (buildStyle(look(over), PAGE).layers.find((layer) => layer.id === id)!.paint as Record<string, unknown>)[
      'fill-opacity'
    ]
  it('fade, and their hatching goes', () => {
    const over: Partial<MapLook> = { match: ['==', ['get', 'code'], '1'], hiddenUses: ['07'] }
    const met = ['all', over.match, ['!', ['in', ['get', 'land_use'], ['literal', ['07']]]]]
    expect(fill(over, 'parcel')).toEqual(['case', met, 0.88, 0.88 * 0.28])
    expect(fill(over, 'parcel-stale')).toEqual(['case', met, 0.5, 0])
  })
  it('are none where nothing is asked', () => expect(fill({}, 'parcel')).toBe(0.88))
})
