import * as api from '../api/endpoints'
import type { Catalogue, City, Item, Property, Term } from '../api/types'
import type { Bbox } from '../model/geometry'
import { either, lang, t, tIf } from '../i18n/index.svelte'
import { LAYER_KEYS, TILED_KEYS, type TileSet, type TileSets } from '../map/look'
import { bboxOf, boxOf, centreOf } from '../model/geometry'

export interface Named {
  code: string
  name: string
  district?: string
  bbox: Bbox | null
  at: [number, number] | null
  item: Item
}

/** The code lists that are read here. */
export type TermList =
  | 'land_use'
  | 'tenure'
  | 'unit_state'
  | 'unit_use'
  | 'facility_class'
  | 'zone'
  | 'stage'
  | 'control_kind'
  | 'road_class'
  | 'task_category'

const NONE: Catalogue = { clusters: [], layer: [], lineage: [] }

const NO_TILE: TileSet = { tiles: [], minzoom: 0, maxzoom: 0, vector_layers: [] }
const NO_TILES = Object.fromEntries(TILED_KEYS.map((key) => [key, NO_TILE])) as TileSets
/** Written on the parcels' tiles beside their columns. */
const FLAG = 'stale'

/** A share has no unit. */
const UNITS: Record<string, () => string> = { 'm²': () => '㎡', m2: () => '㎡', ha: () => t('unit.ha'), '1': () => '' }
function unitText(field: Property | undefined): string {
  const unit = field?.['x-unit'] ?? ''
  return UNITS[unit]?.() ?? unit
}

/** What does not change while one works: names, codes, the outline of the city. */
class CityState {
  city = $state<City | null>(null)
  catalogue = $state.raw<Catalogue>(NONE)
  fields = $state.raw<Record<string, Property>>({})
  tiles = $state.raw<TileSets>(NO_TILES)
  parks = $state.raw<Named[]>([])
  districts = $state.raw<Named[]>([])
  counts = $state<Record<string, number>>({})
  revision = $state(0)
  revisions = $state<Record<string, number>>({})
  live = $state(false)

  #others = $state.raw<Record<string, Record<string, Property>>>({})
  #park = $derived(new Map(this.parks.map((p) => [p.code, p])))
  #district = $derived(new Map(this.districts.map((p) => [p.code, p])))

  /** A condition on one of these is drawn from the tiles alone. */
  parcelFields = $derived(
    new Set([FLAG, ...this.tiles.parcel.vector_layers.flatMap((layer) => Object.keys(layer.fields))]),
  )
  bbox = $derived(boxOf(this.city?.bbox))
  /** Where a map opens. */
  opening = $derived(boxOf(this.city?.focus) ?? this.bbox)
  latitude = $derived(this.bbox ? centreOf(this.bbox)[1] : 0)

  async load(): Promise<void> {
    await Promise.all([this.#loadTiles(), this.#loadNames()])
    void this.loadCounts()
  }

  /** At which zooms a layer has tiles, and which fields they carry. */
  async #loadTiles(): Promise<void> {
    const sets = { ...this.tiles }
    await Promise.all(TILED_KEYS.map(async (key) => (sets[key] = await api.tileJson(key))))
    this.tiles = sets
  }

  async #loadNames(): Promise<void> {
    const [landing, catalogue] = await Promise.all([api.landing(), api.catalogue()])
    this.catalogue = catalogue
    this.revision = landing.city.revision
    this.city = landing.city
    await Promise.all([this.loadFields(), this.loadAreas()])
  }

  async loadFields(): Promise<void> {
    this.fields = (await api.schema('parcel')).properties
  }

  async loadAreas(): Promise<void> {
    const named = async (collection: string): Promise<Named[]> => {
      const page = await api.items(collection, { limit: 500 })
      return page.features.map((item) => {
        const bbox = bboxOf([item.geometry])
        const district = item.properties['district']
        return {
          code: String(item.properties['code'] ?? item.id),
          name: String(item.properties['name'] ?? item.id),
          ...(district ? { district: String(district) } : {}),
          bbox,
          at: bbox && centreOf(bbox),
          item,
        }
      })
    }
    ;[this.parks, this.districts] = await Promise.all([named('park'), named('district')])
  }

  async loadCounts(): Promise<void> {
    for (const collection of TILED_KEYS) {
      try {
        this.counts[collection] = await api.hits(collection, undefined)
      } catch {
        /* a count missing from the layer list hides nothing */
      }
    }
  }

  bump(collection: string, revision: number): void {
    this.revision = Math.max(this.revision, revision)
    this.revisions = { ...this.revisions, [collection]: revision }
  }

  /** Every layer is drawn anew, whatever it was drawn from. */
  bumpAll(revision: number): void {
    this.revision = revision
    this.revisions = Object.fromEntries(LAYER_KEYS.map((key) => [key, revision]))
  }

  park = (code: unknown): Named | undefined => this.#park.get(String(code))
  district = (code: unknown): Named | undefined => this.#district.get(String(code))
  parkName = (code: unknown): string => (code ? (this.#park.get(String(code))?.name ?? String(code)) : '—')
  districtName = (code: unknown): string => (code ? (this.#district.get(String(code))?.name ?? String(code)) : '—')
  /** 宝安 for 宝安区, as people say it in a row. */
  districtShort = (code: unknown): string => {
    const name = this.districtName(code)
    return lang.now === 'zh' && name.length > 2 ? name.replace(/区$/, '') : name
  }

  terms = (list: TermList): Term[] => this.catalogue[list] ?? []
  term(list: TermList, code: unknown): string {
    if (code === null || code === undefined || code === '') return '—'
    const found = this.terms(list).find((entry) => entry.code === String(code))
    const full = found ? either(found) : String(code)
    return list === 'tenure' ? tIf(`tenure.${String(code)}`, full) : full
  }
  cluster(id: unknown): string {
    const found = this.catalogue.clusters.find((entry) => entry.id === id)
    return found ? either(found) : id ? String(id) : '—'
  }

  fieldTitle(name: string): string {
    const field = this.fields[name]
    return tIf(`field.${name}`, (lang.now === 'zh' ? field?.['x-zh'] : field?.['x-en']) ?? field?.title ?? name)
  }
  fieldUnit = (name: string): string => unitText(this.fields[name])
  /** Fields of another layer than parcels; until they are here, a title is the field's name in the file. */
  async learn(collection: string): Promise<void> {
    if (this.#others[collection]) return
    const { properties } = await api.schema(collection)
    this.#others = { ...this.#others, [collection]: properties }
  }
  /** With the unit after it, where there is one. */
  titleIn(collection: string, name: string): string {
    const field = this.#others[collection]?.[name]
    const unit = unitText(field)
    return `${(lang.now === 'zh' ? field?.['x-zh'] : field?.['x-en']) ?? field?.title ?? name}${unit && ` ${unit}`}`
  }
  isNumeric(name: string): boolean {
    const type = this.fields[name]?.type
    return type === 'number' || type === 'integer'
  }

  /** How a stored value reads in a row of the form or a table. */
  valueName(field: string, value: unknown): string {
    switch (field) {
      case 'district':
        return this.districtShort(value)
      case 'park':
        return this.parkName(value)
      case 'land_use':
      case 'planned_use':
        return this.term('land_use', value)
      case 'tenure':
        return this.term('tenure', value)
      case 'stage':
        return this.term('stage', value)
      case 'zone':
        return this.term('zone', value)
      default:
        return value === null || value === undefined ? '—' : String(value)
    }
  }

  /** The closed list of a field's values, when it has one. */
  choices(field: string): { value: string; label: string }[] | null {
    const choose = (list: TermList): { value: string; label: string }[] =>
      this.terms(list).map((entry) => ({ value: entry.code, label: either(entry) }))
    switch (field) {
      case 'district':
        return this.districts.map((d) => ({ value: d.code, label: d.name }))
      case 'park':
        return this.parks.map((p) => ({ value: p.code, label: p.name }))
      case 'land_use':
      case 'planned_use':
        return choose('land_use')
      case 'tenure':
        return choose('tenure')
      case 'stage':
        return choose('stage')
      case 'zone':
        return this.terms('zone').length ? choose('zone') : null
      default: {
        const values = this.fields[field]?.enum
        return values ? values.map((v) => ({ value: v, label: v })) : null
      }
    }
  }
}
export const city = new CityState()
