import type { VectorSourceSpecification } from 'maplibre-gl'
import { describe, expect, it } from 'vitest'
import type { MapInk } from '../palette'
import {
  buildStyle,
  EMPTY,
  LAYER_KEYS,
  type LayerKey,
  type MapLook,
  TILED_KEYS,
  type TileSet,
  type TileSets,
} from '../style'

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
