import type { Geometry } from 'geojson'
import { getJson, send } from './client'
import type {
  AnswerOf,
  ConsolidationDefaults,
  AllocateInputs,
  AllocateResult,
  DesignateDefaults,
  DesignateInputs,
  DesignateResult,
  InputsOf,
  MatchInputs,
  MatchResult,
  ProcessId,
  ProgressInputs,
  ProgressResult,
  TenantsResult,
  UpstairsInputs,
  UpstairsResult,
  VirtualParksInputs,
  VirtualParksResult,
} from './analyses'
import type { Requirement } from './rows'
import type {
  Batch,
  Catalogue,
  Change,
  ChangeList,
  Confirmation,
  Designation,
  DesignationList,
  DesignationMove,
  DraftPatch,
  ExportRequest,
  Fields,
  History,
  Instrument,
  InstrumentList,
  Item,
  ItemPage,
  ItemQuery,
  Landing,
  Lineage,
  MadeTasks,
  Move,
  Neighbour,
  Neighbours,
  NewDesignation,
  NewInstrument,
  NewPlan,
  ParkOccupancy,
  ParkReports,
  Plan,
  PlanItems,
  PlanList,
  Process,
  ReportList,
  Schema,
  SearchHit,
  SearchResults,
  Session,
  Setup,
  SheetAnswer,
  SignIn,
  Stack,
  Summary,
  SummaryQuery,
  TakenBack,
  TileJson,
  TodayAnswer,
  Unit,
  UnitPatch,
} from './types'
import type { Properties } from './rows'

const enc = encodeURIComponent
type Signal = AbortSignal | undefined

export const landing = (): Promise<Landing> => getJson('/?f=json')
export const tileJson = (collection: string): Promise<TileJson> =>
  getJson(`/collections/${enc(collection)}/tilejson.json`)
export const catalogue = (): Promise<Catalogue> => getJson('/catalogue')
export const schema = (collection: string): Promise<Schema> => getJson(`/collections/${enc(collection)}/schema`)

/** Always by POST: filters and id lists outgrow a URL. */
export const items = (collection: string, query: ItemQuery, signal?: Signal): Promise<ItemPage> =>
  getJson(`/collections/${enc(collection)}/search`, { method: 'POST', body: query, signal })

/** How many there are, of which a page may hold some. */
export const matched = (page: ItemPage): number => page.numberMatched ?? page.features.length

export async function hits(collection: string, filter: string | undefined, signal?: Signal): Promise<number> {
  const query = new URLSearchParams({ resulttype: 'hits' })
  if (filter) query.set('filter', filter)
  const page = await getJson<ItemPage>(`/collections/${enc(collection)}/items?${query}`, { signal })
  return matched(page)
}

export const item = <G extends Geometry | null = Geometry>(
  collection: string,
  id: string,
  signal?: Signal,
): Promise<Item<G>> => getJson(`/collections/${enc(collection)}/items/${enc(id)}`, { signal })

/** A row of a table that people keep, with the tag that a change sends back. */
export async function record(collection: string, id: string): Promise<{ item: Item; etag: string }> {
  const response = await send(`/collections/${enc(collection)}/items/${enc(id)}`)
  return { item: (await response.json()) as Item, etag: response.headers.get('etag') ?? '' }
}
export const createRecord = (collection: string, fields: Fields): Promise<Item> =>
  getJson(`/collections/${enc(collection)}/items`, { method: 'POST', body: fields })
export const patchRecord = (collection: string, id: string, etag: string, patch: Fields): Promise<Item> =>
  getJson(`/collections/${enc(collection)}/items/${enc(id)}`, {
    method: 'PATCH',
    body: patch,
    headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': etag },
  })

export const summary = (collection: string, query: SummaryQuery, signal?: Signal): Promise<Summary> =>
  getJson(`/collections/${enc(collection)}/summary`, { method: 'POST', body: query, signal })

export const search = async (q: string, signal?: Signal): Promise<SearchHit[]> =>
  (await getJson<SearchResults>(`/search?q=${enc(q)}&limit=10`, { signal })).results

export const neighbours = async (code: string, tolerance = 0.5): Promise<Neighbour[]> =>
  (await getJson<Neighbours>(`/parcels/${enc(code)}/neighbours?tolerance=${tolerance}`)).neighbours

const run = <Id extends ProcessId>(process: Id, inputs: InputsOf<Id>, signal: Signal): Promise<AnswerOf<Id>> =>
  getJson(`/processes/${process}/execution`, { method: 'POST', body: { inputs }, signal })

/** The check of one parcel or outline. */
export async function upstairs(inputs: UpstairsInputs, signal?: Signal): Promise<UpstairsResult> {
  const answer = await run('upstairs', inputs, signal)
  if ('totals' in answer) throw new TypeError('asked for one, answered for many')
  return answer
}
export const designate = (inputs: DesignateInputs, signal?: Signal): Promise<DesignateResult> =>
  run('designate', inputs, signal)
export const allocate = (inputs: AllocateInputs, signal?: Signal): Promise<AllocateResult> =>
  run('allocate', inputs, signal)
export const progress = (inputs: ProgressInputs, signal?: Signal): Promise<ProgressResult> =>
  run('progress', inputs, signal)

export const virtualParks = (inputs: VirtualParksInputs, signal?: Signal): Promise<VirtualParksResult> =>
  run('virtualparks', inputs, signal)

export const match = (inputs: MatchInputs, signal?: Signal): Promise<MatchResult> => run('match', inputs, signal)
/** The open requirements that a floor suits. */
export const tenants = (building: string, floor: string, signal?: Signal): Promise<TenantsResult> =>
  run('tenants', { building, floor }, signal)

const REQUIREMENTS = '/collections/requirement/items'
export interface Kept<Row> {
  row: Row
  etag: string
}
/** A list of the file comes as one, or as its text. */
const listed = (value: unknown): string[] | null =>
  Array.isArray(value)
    ? value.map(String)
    : typeof value === 'string' && value.startsWith('[')
      ? (JSON.parse(value) as string[])
      : null
const requirementOf = (properties: Requirement): Requirement => ({
  ...properties,
  districts: listed(properties.districts),
  offered: listed(properties.offered),
})
const kept = async (response: Response): Promise<Kept<Requirement>> => ({
  row: requirementOf(((await response.json()) as { properties: Requirement }).properties),
  etag: response.headers.get('etag') ?? '',
})
/** Those that one may see, the newest first. */
export const requirements = async (signal?: Signal): Promise<Requirement[]> => {
  const page = await items('requirement', { limit: 1000, sortby: '-code' }, signal)
  return page.features.map((feature) => requirementOf(feature.properties as unknown as Requirement))
}
export const requirement = async (code: string): Promise<Kept<Requirement>> =>
  kept(await send(`${REQUIREMENTS}/${enc(code)}`))
export const createRequirement = async (body: Partial<Requirement>): Promise<Kept<Requirement>> =>
  kept(await send(REQUIREMENTS, { method: 'POST', body }))
export const patchRequirement = async (
  code: string,
  etag: string,
  body: Partial<Requirement>,
): Promise<Kept<Requirement>> =>
  kept(
    await send(`${REQUIREMENTS}/${enc(code)}`, {
      method: 'PATCH',
      body,
      headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': etag },
    }),
  )

/** The schemes that may be chosen, and what each indicator means. */
export const designateDefaults = async (): Promise<DesignateDefaults> =>
  (await getJson<Process<DesignateDefaults>>('/processes/designate')).defaults

/** The figures of the rule pack that a run takes when nothing is said. */
export const consolidationDefaults = async (): Promise<ConsolidationDefaults> =>
  (await getJson<Process<ConsolidationDefaults>>('/processes/consolidate')).defaults
export const instruments = async (signal?: Signal): Promise<Instrument[]> =>
  (await getJson<InstrumentList>('/instruments', { signal })).instruments
export const draftInstrument = (body: NewInstrument): Promise<Instrument> =>
  getJson('/instruments', { method: 'POST', body })

export const instrument = (code: string): Promise<Instrument> => getJson(`/instruments/${enc(code)}`)
export const moveInstrument = (code: string, etag: string, body: Move): Promise<Instrument> =>
  getJson(`/instruments/${enc(code)}/transitions`, { method: 'POST', body, headers: { 'If-Match': etag } })
export const lineage = (code: string, signal?: Signal): Promise<Lineage> => getJson(`/lineage/${enc(code)}`, { signal })
/** The plan parcels that stood on a day. */
export const planParcels = (day: string, signal?: Signal): Promise<ItemPage> =>
  getJson(`/collections/plan_parcel/items?datetime=${enc(day)}&limit=2000`, { signal })

export const designations = (): Promise<DesignationList> => getJson('/designations')
export const designation = (code: string): Promise<Designation> => getJson(`/designations/${enc(code)}`)
export const designationToday = (code: string, signal?: Signal): Promise<TodayAnswer> =>
  getJson(`/designations/${enc(code)}/today`, { signal })
export const draftDesignation = (body: NewDesignation): Promise<Designation> =>
  getJson('/designations', { method: 'POST', body })
export const editDesignation = (code: string, etag: string, body: DraftPatch): Promise<Designation> =>
  getJson(`/designations/${enc(code)}`, { method: 'PATCH', body, headers: { 'If-Match': etag } })
export const moveDesignation = (code: string, etag: string, body: DesignationMove): Promise<Designation> =>
  getJson(`/designations/${enc(code)}/moves`, { method: 'POST', body, headers: { 'If-Match': etag } })
export const assessDesignation = (code: string, etag: string): Promise<Designation> =>
  getJson(`/designations/${enc(code)}/assessments`, { method: 'POST', body: {}, headers: { 'If-Match': etag } })
export const certificateOf = (code: string): string => `/designations/${enc(code)}/certificate`
export const evidenceOf = (code: string, sha256: string): string => `/designations/${enc(code)}/evidence/${enc(sha256)}`
export const registerFile = (format: 'csv' | 'xlsx' | 'geojson', state?: string): string =>
  `/designations/register?format=${format}${state ? `&state=${enc(state)}` : ''}`

export const plans = async (): Promise<Plan[]> => (await getJson<PlanList>('/plans')).plans
export const savePlan = (body: NewPlan): Promise<Plan> => getJson('/plans', { method: 'POST', body })
export const planItems = (id: string): Promise<PlanItems> => getJson(`/plans/${enc(id)}/items`)

export interface ExportedFile {
  blob: Blob
  name: string
  count: number | null
  /** What the format could not hold. */
  notices: { zh: string; en: string }[]
}

export async function exportFile(body: ExportRequest): Promise<ExportedFile> {
  const response = await send('/exports', { method: 'POST', body, headers: { Accept: '*/*' } })
  const disposition = response.headers.get('content-disposition') ?? ''
  const star = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  const plain = /filename="?([^";]+)"?/i.exec(disposition)?.[1]
  const count = response.headers.get('x-feature-count')
  return {
    blob: await response.blob(),
    name: star ? decodeURIComponent(star) : (plain ?? `${body.collection}.${body.format}`),
    count: count === null ? null : Number(count),
    notices: JSON.parse(
      decodeURIComponent(response.headers.get('x-export-notices') ?? '%5B%5D'),
    ) as ExportedFile['notices'],
  }
}

export const changes = async (limit: number): Promise<Change[]> =>
  (await getJson<ChangeList>(`/changes?since=0&limit=${limit}`)).changes

export const session = (): Promise<Session> => getJson('/session')
export const signIn = (body: SignIn): Promise<Session> => getJson('/session', { method: 'POST', body })
export const signOut = (): Promise<void> => getJson('/session', { method: 'DELETE' })
export const setUp = (body: Setup): Promise<Session> => getJson('/session/setup', { method: 'POST', body })

export const parkOccupancy = (park: string): Promise<ParkOccupancy> => getJson(`/parks/${enc(park)}/occupancy`)
export const stack = (building: string): Promise<Stack> => getJson(`/buildings/${enc(building)}/stack`)
export const unit = (id: string): Promise<Unit> => getJson(`/units/${enc(id)}`)
export const patchUnit = (id: string, etag: string, patch: UnitPatch): Promise<Unit> =>
  getJson(`/units/${enc(id)}`, {
    method: 'PATCH',
    body: patch,
    headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': etag },
  })
export const confirmUnits = (body: Batch): Promise<Confirmation> => getJson('/units:batch', { method: 'POST', body })
export const undoUnits = (revision: number): Promise<TakenBack> =>
  getJson('/units:undo', { method: 'POST', body: { revision } })
export type SheetForm = 'xlsx' | 'csv'
/** A table to fill in: of a park, or of one of its buildings. */
export async function template(park: string, building: string | null, form: SheetForm): Promise<Blob> {
  const of = building ? `&building=${enc(building)}` : ''
  return (await send(`/parks/${enc(park)}/occupancy/template?f=${form}${of}`)).blob()
}
/** Judges a filled-in table; with `dryRun` it changes nothing. */
export const importUnits = (park: string, file: File, dryRun: boolean): Promise<SheetAnswer> =>
  getJson(`/parks/${enc(park)}/occupancy/import?dry_run=${dryRun}&name=${enc(file.name)}`, { method: 'POST', file })
/** The rows of a table that would not be taken, as a file. */
export const rejects = async (park: string, file: File, form: SheetForm): Promise<Blob> =>
  (
    await send(`/parks/${enc(park)}/occupancy/import?dry_run=true&f=${form}&name=${enc(file.name)}`, {
      method: 'POST',
      file,
    })
  ).blob()
/** The rows of an applied table that were not taken, as a file. */
export const receiptRejects = async (number: string, form: SheetForm): Promise<Blob> =>
  (await send(`/receipts/${enc(number)}/rejects?f=${form}`)).blob()
export const reports = (park: string): Promise<ReportList> => getJson(`/reports?park=${enc(park)}`)
export const handIn = (park: string, period: string, periodEnd: string): Promise<ParkReports> =>
  getJson(`/parks/${enc(park)}/reports`, { method: 'POST', body: { period, period_end: periodEnd } })
export const unitHistory = async (id: string): Promise<Change[]> =>
  (await getJson<History>(`/units/${enc(id)}/history`)).changes

export interface KeptRow {
  etag: string
  properties: Properties
}
const rowOf = async (response: Response): Promise<KeptRow> => ({
  etag: response.headers.get('etag') ?? '',
  properties: ((await response.json()) as { properties: Properties }).properties,
})
const rowPath = (collection: string, id: string): string => `/collections/${enc(collection)}/items/${enc(id)}`
/** A row of a table that people keep, with the tag that a change of it names. */
export const keptRow = async (collection: string, id: string): Promise<KeptRow> =>
  rowOf(await send(rowPath(collection, id)))
export const addRow = async (collection: string, fields: Record<string, unknown>): Promise<KeptRow> =>
  rowOf(await send(`/collections/${enc(collection)}/items`, { method: 'POST', body: fields }))
export const patchRow = async (
  collection: string,
  id: string,
  etag: string,
  patch: Record<string, unknown>,
): Promise<KeptRow> =>
  rowOf(
    await send(rowPath(collection, id), {
      method: 'PATCH',
      body: patch,
      headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': etag },
    }),
  )
export const makeTasks = (plan: string): Promise<MadeTasks> => getJson(`/plans/${enc(plan)}/tasks`, { method: 'POST' })
