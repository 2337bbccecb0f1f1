/**
 * What the server says and takes, under the names its own document uses. Written by hand until `openapi.json` is there;
 * then this file names the generated schemas, and nothing else changes.
 */
import type { Geometry, LineString, MultiPolygon, Polygon } from 'geojson'

export type Bbox = [number, number, number, number]
export type Scalar = string | number | boolean | null
export type Properties = Record<string, Scalar | undefined>

export interface City {
  name: string
  crs: string
  revision: number
  sample: boolean
  as_of: string
  bbox: Bbox
  focus?: Bbox | null
}
export interface Landing {
  title: string
  description?: string
  city: City
}

export interface Term {
  code: string
  zh: string
  en: string
}
export type ClusterClass = 'strategic' | 'leading' | 'supporting' | 'improving' | 'future'
export interface Cluster {
  id: string
  zh: string
  en: string
  class: ClusterClass
  horizon?: string
}
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
export type Catalogue = { clusters: Cluster[] } & Record<TermList, Term[]>

export interface SchemaProperty {
  title?: string
  'x-zh'?: string
  'x-en'?: string
  'x-unit'?: string
  type?: string | string[]
  enum?: Scalar[]
}
export interface Schema {
  properties: Record<string, SchemaProperty>
}

export interface Item<G extends Geometry | null = Geometry | null> {
  type: 'Feature'
  id: string
  geometry: G
  bbox?: number[]
  properties: Properties
}
export interface ItemPage {
  type: 'FeatureCollection'
  timeStamp?: string
  numberMatched: number
  numberReturned: number
  features: Item[]
}
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

export interface Group {
  value: string | null
  count: number
  area_m2: number
}
export interface Histogram {
  min: number
  max: number
  edges: number[]
  counts: number[]
}
export interface StaleCount {
  count: number
  oldest: string | null
}
export interface Vacancy {
  lettable_area_m2: number
  vacant_area_m2: number
  rate: number | null
  as_of: string | null
}
/** What a summary is asked over. */
export type SummaryQuery = Pick<ItemQuery, 'filter' | 'ids' | 'bbox'>
export interface Summary {
  numberMatched: number
  sum?: Partial<Record<'planar_area_m2' | 'registered_area_m2' | 'ellipsoidal_area_m2' | 'built_gfa_m2', number | null>>
  groups?: Partial<Record<'land_use' | 'tenure' | 'district' | 'park' | 'stage', Group[]>>
  median?: Record<string, number | null>
  histograms?: Record<string, Histogram>
  stale?: StaleCount
  vacancy?: Vacancy | null
}

export interface SearchHit {
  collection: string
  id: string
  name: string
  detail?: string
  centre: [number, number]
  bbox?: Bbox
}
export interface SearchResults {
  results: SearchHit[]
}
export interface Neighbour {
  code: string
  length_m: number
  class: string
  gap_m: number
}
export interface Neighbours {
  neighbours: Neighbour[]
}

/** Tiles of one collection, as TileJSON 3 says. */
export interface TileJson {
  tiles: string[]
  minzoom: number
  maxzoom: number
  bounds?: Bbox | null
  vector_layers: VectorLayer[]
}
export interface VectorLayer {
  id: string
  fields: Record<string, string>
  minzoom?: number
  maxzoom?: number
}

/** RFC 9457. */
export interface ProblemBody {
  title?: string
  detail?: string
  status?: number
  errors?: FieldError[]
  [more: string]: unknown
}
export interface FieldError {
  pointer: string
  detail: string
}

/** OGC API – Processes, as far as the workbench reads it. */
export interface Execution<Inputs extends object = object> {
  inputs: Inputs
}
export type JobStatus = 'accepted' | 'running' | 'successful' | 'failed' | 'dismissed'
export interface JobInfo {
  jobID: string
  processID: string
  status: JobStatus
  progress?: number
  message?: string
  created?: string
  started?: string
  finished?: string
}

export interface Run {
  id: string
  input_hash?: string
  revision?: number
  pack?: string
  pack_version?: string
  seed?: number
  as_of?: string
}

export interface LedgerRow {
  parcel: string
  owner?: string | null
  tenure: string | null
  planar_area_m2: number
  dedication_m2?: number | null
}
export interface LedgerGap {
  area_m2: number
  at: [number, number]
}
export interface LedgerChild {
  parcel: string
  planar_area_m2: number
}
export interface Ledger {
  rows: LedgerRow[]
  sum_in_m2: number
  overlaps_m2: number
  gaps_m2: number
  dedications_m2: number
  out_m2: number
  residual_m2: number
  gaps?: LedgerGap[]
  /** What came of it; a site that is only solved has none. */
  children?: LedgerChild[]
}
export interface Site {
  id: string
  parcels: string[]
  area_m2: number
  compactness: number
  cost_wan: number
  owners: number
  demolition_gfa_m2: number
  outline: Polygon | MultiPolygon
  ledger: Ledger
}
export interface LandSplit {
  retained_m2: number
  banked_m2: number
  status: string
}
export interface Candidate {
  label: string
  objective: number | null
  area_m2: number
  cost_wan: number
  owners: number
  demolition_gfa_m2: number
  mean_compactness: number
  sites: Site[]
  distinct_owners?: number
  land_split?: LandSplit
}
/**
 * Why one parcel is left out: every test it fails, the field that is missing, what adding it would do to the
 * objective.
 */
export interface ExcludedDetail {
  parcel: string
  reasons: string[]
  missing?: string | null
  change?: number | null
}
export interface Excluded {
  reason: string
  count: number
  area_m2: number
  parcels: string[]
  details?: ExcludedDetail[]
}
/** The cheapest parcels that would join separate eligible blocks. */
export interface Connector {
  parcels: string[]
  joins: string[]
  added_area_m2: number
  cost_wan: number | null
}
export interface Fragmentation {
  parcels: number
  median_area_m2: number
  largest_block_m2: number
  share_in_blocks: number
  m_eff_m2: number
}
export interface FragmentationChange {
  before: Fragmentation
  after: Fragmentation
}
export interface Eligible {
  count: number
  area_m2: number
}
export interface ConsolidateInputs {
  park?: string
  area?: Polygon
  parcels?: string[]
  min_area_ha?: number
  max_area_ha?: number
  sites?: number
  budget_wan?: number
  weights?: Record<string, number>
  pin?: string[]
  ban?: string[]
  tolerance_m?: number
  min_compactness?: number
  seed?: number
  rectangle_m?: [number, number]
  bridge_width_m?: number
  time_limit?: number
}
export interface ConsolidateResult {
  run: Run
  candidates: Candidate[]
  bound?: number | null
  gap?: number | null
  exact?: boolean
  relaxed?: unknown[]
  excluded: Excluded[]
  eligible?: Eligible
  fragmentation?: FragmentationChange
  land_split?: LandSplit
  connect?: Connector[]
}

/** The figures of the rule pack that a run takes when nothing is said. */
export interface ConsolidationProcess {
  defaults: ConsolidationDefaults
}
/** Figures of the consolidation pack under the names of the inputs. */
export interface ConsolidationDefaults {
  min_area_ha: number
  max_area_ha: number
  tolerance_m: number
  min_compactness: number
  bridge_width_m: number
  weights: Record<string, number>
}

export interface WaterfallStep {
  id: string
  zh: string
  en: string
  area_m2: number | null
  full_area_m2?: number | null
  computed: boolean
  dedicated?: boolean
  note?: string | null
}
export type Band = 'ground' | 'lower' | 'middle' | 'upper'
export interface Plate {
  id: string
  width_m: number
  length_m: number
  area_m2: number
  angle_deg: number
  geometry: Polygon | MultiPolygon
}
export interface Storey {
  n: number
  band: Band
  height_m: number
  area_m2: number
  load_kn_m2: number | null
}
export type Verdict = 'pass' | 'fail' | 'unknown'
export interface Finding {
  rule: string
  zh: string
  en: string
  clause?: string | null
  measured: number | string | null
  limit: number | string | null
  op: '<=' | '>=' | string
  unit?: string | null
  margin: number | null
  verdict: Verdict
  source?: string | null
  status: 'sourced' | 'unconfirmed' | string
}
/** What a scheme must still provide: nothing was said about it, so it is no verdict. */
export interface Requirement {
  rule: string
  zh: string
  en: string
  plate: number | null
  required: number
  op: string
  unit: string
  clause: string
  source: string
  status: string
}
/** One parcel, or an outline that is drawn. */
export interface UpstairsInputs {
  parcel?: string
  outline?: Geometry
  cluster?: string
  set?: UpstairsSet
}
export interface Yard {
  geometry: Polygon
  radius_m: number
}
export interface ExistingBuilding {
  building: string
  findings: Finding[]
  overall: Verdict
}
export interface Binding {
  rule: string
  gain_m2: number
}
export interface LeverChange {
  lever: string
  from: number | null
  to: number
}
export interface SmallestChange {
  levers: LeverChange[]
  cost: number
  gfa_m2: number
  reaches: boolean
}
export interface ClusterFit {
  cluster: string
  band: Band
  verdict: 'fit' | 'retrofit' | 'unfit' | 'unknown'
  factor?: string | null
}
export interface UpstairsResult {
  run: Run
  parcel: string
  cluster?: string | null
  waterfall: WaterfallStep[]
  outline: Geometry | null
  plates: Plate[]
  storeys: Storey[]
  height_m: number
  gfa_m2: number
  counted_gfa_m2?: number
  far: number
  coverage: number
  bound_m2?: number | null
  yard?: Yard | null
  setback_line?: Geometry | null
  height_limit_m?: number | null
  set?: Partial<Record<keyof UpstairsSet, number | null>>
  requirements?: Requirement[]
  existing?: ExistingBuilding[]
  allowed_gfa_m2?: number | null
  built_gfa_m2?: number | null
  binding?: Binding[] | null
  findings: Finding[]
  overall: Verdict
  smallest_change?: SmallestChange[] | null
  fit?: ClusterFit[] | null
}
export type UpstairsSet = Partial<
  Record<
    | 'far'
    | 'height'
    | 'coverage'
    | 'setback_road'
    | 'setback_side'
    | 'storey_ground'
    | 'storey_lower'
    | 'storey_typical'
    | 'lifts',
    number
  >
>

export interface Indicator {
  id: string
  head: string
  zh: string
  en: string
  value: number | null
  unit?: string | null
  known: boolean
  threshold: number | null
  op: string | null
  /** Null where an indicator only scores and sets no bar. */
  verdict: Verdict | null
  score: number | null
  weight: number
  must: boolean
  source?: string | null
  as_of?: string | null
  metric?: string | null
}
export interface HeadScore {
  score: number | null
  weight: number
}
/** The best and the worst rank when the weights are moved. */
export interface Sensitivity {
  best: number | null
  worst: number | null
  holds?: number | boolean | null
}
export interface ParkScore {
  park: string
  lead_cluster?: string | null
  indicators: Indicator[]
  heads: Record<string, HeadScore>
  penalty?: number | null
  total: number | null
  total_high?: number | null
  passes: boolean | null
  grade: string | null
  rank: number | null
  sensitivity?: Sensitivity | null
}
export interface DesignateInputs {
  park?: string
  as_of?: string
}
export interface DesignateResult {
  run: Run
  as_of: string
  parks: ParkScore[]
}

export interface Plan {
  id: string
  name: string
  kind: string
  created?: string
  by?: string
  area_m2?: number
  parcels?: number | string[]
}
export interface PlanList {
  plans: Plan[]
}
export interface NewPlan {
  name: string
  kind: 'selection' | 'consolidation' | 'upstairs' | 'actionplan'
  parcels: string[]
  result?: unknown
}

export interface ExportRequest {
  collection: string
  filter?: string
  ids?: string[]
  bbox?: number[]
  format: string
  precision?: number
  crs?: string
}

export interface Change {
  revision: number
  at: string
  by?: string | null
  action?: string
  source?: string | null
  before?: Properties | null
  after?: Properties | null
}

export interface CityChange extends Change {
  collection: string
  id: string
}
export interface CityChanges {
  changes: CityChange[]
}
export interface UnitHistory {
  changes: Change[]
}

export type Role = 'guest' | 'planner' | 'operator' | 'admin'
export interface Session {
  signed_in: boolean
  account?: string
  name?: string
  role: Role
  parks: string[]
  setup?: boolean
}
export interface SignIn {
  account: string
  password: string
}
/** The first account, opened by the one-time link. */
export interface SetUp extends SignIn {
  token: string
  role: Role
  parks: string[]
}

export type UnitState = 'own_use' | 'let' | 'vacant' | 'fit_out' | 'out_of_service'
export interface Unit {
  id: string
  building: string
  building_name?: string
  floor: string
  park: string
  area_m2: number
  use: string
  state: UnitState
  tenant?: string | null
  cluster?: string | null
  rent_yuan_m2_month?: number | null
  lease_end?: string | null
  as_of: string | null
  source?: string | null
  revision: number
  age_days?: number | null
  stale: boolean
  etag: string
  note?: string | null
}
export type UnitPatch = Partial<
  Pick<
    Unit,
    | 'state'
    | 'area_m2'
    | 'tenant'
    | 'cluster'
    | 'rent_yuan_m2_month'
    | 'lease_end'
    | 'as_of'
    | 'use'
    | 'note'
    | 'source'
  >
>
export interface Floor {
  floor: string
  order: number
  area_m2: number
  height_m?: number | null
  load_kn_m2?: number | null
  units: Unit[]
}
export interface Totals {
  own_use: number
  let: number
  vacant: number
  fit_out: number
  out_of_service: number
  let_rate?: number | null
  move_in_rate?: number | null
}
export interface StackBuilding {
  code: string
  name: string | null
  park: string
  parcel?: string
  storeys: number
  gfa_m2: number
  geometry: Geometry | null
}
export interface Stack {
  building: StackBuilding
  as_of: string
  stale_after_days: number
  floors: Floor[]
  totals: Totals
}
export interface Due {
  kind: 'stale' | 'lease' | 'sum' | string
  building: string
  floor?: string | null
  unit?: string | null
  days?: number | null
  detail?: string
}
export interface BuildingOccupancy {
  code: string
  name: string | null
  gfa_m2: number
  stale_floors: number
  let_rate: number | null
  units: number
}
export interface ParkOccupancy {
  park: string
  buildings: BuildingOccupancy[]
  totals: Totals
  due: Due[]
  as_of: string
}
export interface Confirmation {
  id: string
  etag: string
}
export interface UnitBatch {
  confirm: Confirmation[]
  as_of: string
}
export interface Refusal {
  id: string
  status: number
  detail: string
}
export interface BatchResult {
  done: string[]
  refused: Refusal[]
}

export type InstrumentState = 'draft' | 'reviewed' | 'in_force' | 'withdrawn'
export interface Instrument {
  code: string
  name: string | null
  kind: 'merge' | 'split' | 'undo'
  state: InstrumentState
  date: string | null
  basis?: string | null
  park?: string | null
  parents: string[]
  children: string[]
  undoes?: string | null
  undone_by?: string | null
  run?: Run | null
  ledger?: Ledger | null
  outline?: Geometry | null
  by?: Partial<Record<InstrumentState, Signature>>
  revision: number
}
export interface Signature {
  account: string | null
  at: string
}
export interface InstrumentList {
  instruments: Instrument[]
}
/** One way of splitting; areas in m², the direction of the cuts in degrees counter-clockwise from east. */
export type Division =
  { equal: number; direction_deg?: number } | { areas_m2: number[]; direction_deg?: number } | { line: LineString }
export interface NewMerge {
  kind: 'merge'
  parcels: string[]
  name?: string
  basis?: string
  run?: Run
  tolerance_m?: number
  bridge_width_m?: number
}
export interface NewSplit {
  kind: 'split'
  parcels: [string]
  split: Division
  basis?: string
}
export interface NewUndo {
  kind: 'undo'
  undoes: string
  basis?: string
}
export type NewInstrument = NewMerge | NewSplit | NewUndo
export interface Transition {
  to: InstrumentState
  date?: string
  note?: string
}
export interface LineageNode {
  code: string
  kind: 'parcel' | 'plan_parcel'
  area_m2: number | null
  from: string | null
  to: string | null
  alive: boolean
}
export interface LineageEdge {
  instrument: string
  parent: string
  child: string
  date: string | null
}
export interface Lineage {
  code: string
  nodes: LineageNode[]
  edges: LineageEdge[]
}

export type Phase = 'start' | 'expand' | 'reserve'
export interface Target {
  year: number
  ha: number
}
export interface ActionPlanInputs {
  from: number
  to: number
  parks?: string[]
  source?: 'accepted' | 'solved' | 'both'
  budget_wan?: number | number[]
  capacity_ha?: number | number[]
  targets?: Target[]
  banked_before_ha?: number
  hard?: boolean
}
export interface PlanSite {
  id: string
  park: string | null
  phase: Phase | null
  area_ha: number
  cost_wan: number | null
  parcels: string[]
  outline: Geometry | null
  year: number | null
  source?: 'instrument' | 'solved'
}
export interface PlanYear {
  year: number
  sites: string[]
  area_ha: number
  cost_wan: number
  budget_wan: number | null
  capacity_ha?: number | null
  cumulative_ha: number
  target_ha: number | null
  shortfall_ha?: number | null
}
export interface Relaxation {
  kind: 'target' | 'budget' | 'capacity' | string
  year: number
  amount: number
  unit: string
  relative?: number | null
}
export interface GanttBar {
  id: string
  park: string | null
  phase: Phase | null
  start: string
  end: string
  after: string[]
}
export interface TargetOutcome {
  year: number
  ha: number
  shortfall_ha?: number | null
  status?: string
  source?: string | null
}
export interface ExcludedSites {
  reason: string
  count: number
  sites?: string[]
}
export interface CurvePoint {
  year: number
  cumulative_ha: number
  target_ha: number | null
}
export interface ActionPlanResult {
  run: Run
  sites: PlanSite[]
  years: PlanYear[]
  targets?: TargetOutcome[]
  relaxation?: Relaxation[]
  objective: number | null
  bound?: number | null
  gap?: number | null
  exact?: boolean
  banked_before_ha?: number | null
  capacity_status?: string | null
  excluded?: ExcludedSites[]
  gantt?: GanttBar[]
  curve?: CurvePoint[]
}

export interface PartialParcel {
  parcel: string
  unknown: string[]
}
export interface RollUp {
  parcels?: number
  area_m2?: number | null
  built_gfa_m2: number | null
  allowed_gfa_m2: number | null
  potential_gfa_m2?: number | null
  gfa_m2?: number | null
  remaining_gfa_m2: number | null
  /** Parcels of which a part is not known: counted apart, never as 0. */
  partial?: PartialParcel[]
}
export interface ParcelCapacity {
  parcel: string
  park: string | null
  gfa_m2: number | null
  built_gfa_m2: number | null
  allowed_gfa_m2: number | null
  remaining_gfa_m2: number | null
  binding?: unknown
  overall?: Verdict
  unknown?: string[]
  what_if_gfa_m2?: number | null
}
/** Over a park or the whole city instead of one parcel. */
export interface RollUpInputs {
  park?: string
  all?: boolean
  cluster?: string
  add?: Record<string, number>
  matrix?: boolean
}
export interface ParkRollUp extends RollUp {
  park: string | null
  gain_m2?: number
}
export interface DistrictRollUp extends RollUp {
  district: string | null
}
export interface WhatIf {
  set?: Record<string, number>
  add?: Record<string, number>
  totals: RollUp
  gain_m2: number
}
export interface Completed {
  year: number
  gfa_m2: number
}
export interface Programme {
  target_m2_per_year: number | null
  status?: string
  source?: string | null
  completed?: Completed[]
}
export interface FitCount {
  cluster: string
  band: Band
  fits: number
  after_retrofit: number
  no: number
  unknown: number
}
export interface RollUpResult {
  run: Run
  totals: RollUp
  by_park: ParkRollUp[]
  by_district?: DistrictRollUp[]
  what_if?: WhatIf | null
  programme?: Programme | null
  matrix?: FitCount[]
  parcels?: ParcelCapacity[]
}

/** `change` events of the stream. */
export interface ChangeEvent {
  revision: number
  collection: string
  ids: string[]
}
/** `reload`: the listener fell behind; everything is to be asked again. */
export interface ReloadEvent {
  revision: number
}
