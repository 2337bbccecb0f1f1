import type { Geometry, Polygon, MultiPolygon } from 'geojson'

export type Bbox = [number, number, number, number]
export type Scalar = string | number | boolean | null
export type Properties = Record<string, Scalar | undefined>

export interface City { name: string; crs: string; revision: number; sample: boolean; as_of: string; bbox: Bbox; focus?: Bbox | null }
export interface Landing { title: string; description?: string; city: City }

export interface Term { code: string; zh: string; en: string }
export type ClusterClass = 'strategic' | 'leading' | 'supporting' | 'improving' | 'future'
export interface Cluster { id: string; zh: string; en: string; class: ClusterClass; horizon?: string }
export type TermList = 'land_use' | 'tenure' | 'unit_state' | 'unit_use' | 'facility_class' | 'zone' | 'stage' | 'control_kind' | 'road_class'
export type Catalogue = { clusters: Cluster[] } & Record<TermList, Term[]>

export interface SchemaProperty { title?: string; 'x-zh'?: string; 'x-en'?: string; 'x-unit'?: string; type?: string | string[]; enum?: Scalar[] }
export interface Schema { properties: Record<string, SchemaProperty> }

export interface Item<G extends Geometry | null = Geometry | null> { type: 'Feature'; id: string; geometry: G; bbox?: number[]; properties: Properties }
export interface ItemPage { type: 'FeatureCollection'; timeStamp?: string; numberMatched: number; numberReturned: number; features: Item[] }
export interface ItemQuery {
  filter?: string | undefined
  ids?: string[] | undefined
  bbox?: Bbox | undefined
  limit?: number
  offset?: number
  sortby?: string | undefined
  properties?: string[]
  skipGeometry?: boolean
  resulttype?: 'hits'
}

export interface Group { value: string | null; count: number; area_m2: number }
export interface Histogram { min: number; max: number; edges: number[]; counts: number[] }
export interface Summary {
  numberMatched: number
  sum?: Partial<Record<'planar_area_m2' | 'registered_area_m2' | 'ellipsoidal_area_m2' | 'built_gfa_m2', number | null>>
  groups?: Partial<Record<'land_use' | 'tenure' | 'district' | 'park' | 'stage', Group[]>>
  median?: Record<string, number | null>
  histograms?: Record<string, Histogram>
  stale?: { count: number; oldest: string | null }
  vacancy?: { lettable_area_m2: number; vacant_area_m2: number; rate: number | null; as_of: string | null } | null
}

export interface SearchHit { collection: string; id: string; name: string; detail?: string; centre: [number, number]; bbox?: Bbox }
export interface Neighbour { code: string; length_m: number; class: string; gap_m: number }

export interface Run { id: string; input_hash?: string; revision?: number; pack?: string; pack_version?: string; seed?: number; as_of?: string }

export interface LedgerRow { parcel: string; owner?: string | null; tenure: string; planar_area_m2: number }
export interface Ledger {
  rows: LedgerRow[]; sum_in_m2: number; overlaps_m2: number; gaps_m2: number; dedications_m2: number; out_m2: number; residual_m2: number
  gaps?: { area_m2: number; at: [number, number] }[]
}
export interface Site {
  id: string; parcels: string[]; area_m2: number; compactness: number; cost_wan: number; owners: number; demolition_gfa_m2: number
  outline: Polygon | MultiPolygon; ledger: Ledger
}
export interface Candidate {
  label: string; objective: number | null; area_m2: number; cost_wan: number; owners: number; demolition_gfa_m2: number; mean_compactness: number; sites: Site[]
}
export interface Excluded { reason: string; count: number; area_m2: number; parcels: string[] }
export interface Fragmentation { parcels: number; median_area_m2: number; largest_block_m2: number; share_in_blocks: number; m_eff_m2: number }
export interface ConsolidateInputs {
  park?: string; area?: Polygon; parcels?: string[]; min_area_ha?: number; max_area_ha?: number; sites?: number; budget_wan?: number
  weights?: Record<string, number>; pin?: string[]; ban?: string[]; tolerance_m?: number; min_compactness?: number; seed?: number
}
export interface ConsolidateResult {
  run: Run; candidates: Candidate[]; bound?: number | null; gap?: number | null; exact?: boolean; relaxed?: unknown[]; excluded: Excluded[]
  eligible?: { count: number; area_m2: number }; fragmentation?: { before: Fragmentation; after: Fragmentation }
  land_split?: { retained_m2: number; banked_m2: number; status: string }
}

export interface WaterfallStep { id: string; zh: string; en: string; area_m2: number; full_area_m2?: number; computed: boolean }
export type Band = 'ground' | 'lower' | 'middle' | 'upper'
export interface Plate { id: string; width_m: number; length_m: number; area_m2: number; angle_deg: number; geometry: Polygon | MultiPolygon }
export interface Storey { n: number; band: Band; height_m: number; area_m2: number; load_kn_m2: number | null }
export type Verdict = 'pass' | 'fail' | 'unknown'
export interface Finding {
  rule: string; zh: string; en: string; clause?: string | null; measured: number | string | null; limit: number | string | null; op: '<=' | '>=' | string; unit?: string | null
  margin: number | null; verdict: Verdict; source?: string | null; status: 'sourced' | 'unconfirmed' | string
}
export interface UpstairsResult {
  run: Run; parcel: string; cluster?: string | null; waterfall: WaterfallStep[]; outline: Geometry | null; plates: Plate[]; storeys: Storey[]
  height_m: number; gfa_m2: number; counted_gfa_m2?: number; far: number; coverage: number; bound_m2?: number | null
  binding?: { rule: string; gain_m2: number }[] | null; findings: Finding[]; overall: Verdict
  smallest_change?: { levers: { lever: string; from: number; to: number }[]; cost: number; gfa_m2: number; reaches: boolean }[] | null
  fit?: { cluster: string; band: Band; verdict: 'fit' | 'retrofit' | 'unfit' | 'unknown'; factor?: string | null }[] | null
}
export type UpstairsSet = Partial<Record<'far' | 'height' | 'coverage' | 'setback_road' | 'setback_side' | 'storey_ground' | 'storey_lower' | 'storey_typical' | 'lifts', number>>

export interface Indicator {
  id: string; head: string; zh: string; en: string; value: number | null; unit?: string | null; known: boolean; threshold: number | null; op: string | null
  /** Null where an indicator only scores and sets no bar. */
  verdict: Verdict | null
  score: number | null; weight: number; must: boolean; source?: string | null; as_of?: string | null; metric?: string | null
}
export interface ParkScore {
  park: string; lead_cluster?: string | null; indicators: Indicator[]; heads: Record<string, { score: number | null; weight: number }>
  penalty?: number | null; total: number | null; total_high?: number | null; passes: boolean | null; grade: string | null; rank: number | null
  sensitivity?: { best: number | null; worst: number | null; holds?: number | boolean | null } | null
}
export interface DesignateResult { run: Run; as_of: string; parks: ParkScore[] }

export interface Plan { id: string; name: string; kind: string; created?: string; by?: string; area_m2?: number; parcels?: number | string[] }
export interface Change { revision: number; at: string; by?: string | null; action?: string; source?: string | null; before?: Properties | null; after?: Properties | null }

export type Role = 'guest' | 'planner' | 'operator' | 'admin'
export interface Session { signed_in: boolean; account?: string; name?: string; role: Role; parks: string[]; setup?: boolean }

export type UnitState = 'own_use' | 'let' | 'vacant' | 'fit_out' | 'out_of_service'
export interface Unit {
  id: string; building: string; building_name?: string; floor: string; park: string; area_m2: number; use: string; state: UnitState; tenant?: string | null
  cluster?: string | null; rent_yuan_m2_month?: number | null; lease_end?: string | null; as_of: string | null; source?: string | null; revision: number
  age_days?: number | null; stale: boolean; etag: string; note?: string | null
}
export type UnitPatch = Partial<Pick<Unit, 'state' | 'area_m2' | 'tenant' | 'cluster' | 'rent_yuan_m2_month' | 'lease_end' | 'as_of' | 'use' | 'note' | 'source'>>
export interface Floor { floor: string; order: number; area_m2: number; height_m?: number | null; load_kn_m2?: number | null; units: Unit[] }
export interface Totals { own_use: number; let: number; vacant: number; fit_out: number; out_of_service: number; let_rate?: number | null; move_in_rate?: number | null }
export interface Stack {
  building: { code: string; name: string | null; park: string; parcel?: string; storeys: number; gfa_m2: number; geometry: Geometry | null }
  as_of: string; stale_after_days: number; floors: Floor[]; totals: Totals
}
export interface Due { kind: 'stale' | 'lease' | 'sum' | string; building: string; floor?: string | null; unit?: string | null; days?: number | null; detail?: string }
export interface ParkOccupancy {
  park: string; buildings: { code: string; name: string | null; gfa_m2: number; stale_floors: number; let_rate: number | null; units: number }[]
  totals: Totals; due: Due[]; as_of: string
}
export interface BatchResult { done: string[]; refused: { id: string; status: number; detail: string }[] }
export interface ChangeEvent { revision: number; collection: string; ids: string[] }
