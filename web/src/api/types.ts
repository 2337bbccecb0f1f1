/**
 * Names over what is generated from the server's document (`npm run types`). What the document leaves plain is filled
 * in from `rows`, and a kept ledger and run from `analyses`.
 */
import type { Geometry } from 'geojson'
import type { Ledger, Run } from './analyses'
import type { Properties } from './rows'
import type { components } from './schema'

type S = components['schemas']
/** A generated type with some members told more exactly. */
type Told<T, More> = Omit<T, keyof More> & More

export type City = S['CityFacts']
export type Landing = S['Landing']

export type Term = S['Code']
export type Catalogue = S['Catalogue']
export type Property = S['Property']
export type Schema = S['Properties']

export type Item<G extends Geometry | null = Geometry | null> = Told<
  S['Feature'],
  { geometry: G; properties: Properties }
>
/** What is typed into a form of a table that people keep; a merge patch, so null empties a field. */
export type Fields = Record<string, string | number | boolean | string[] | null>
export type ItemPage = Told<S['FeatureCollection'], { features: Item[] }>
export type ItemQuery = Partial<S['Wanted']>
export type PlanItems = Told<S['PlanFeatures'], { features: Item[] }>

export type Group = S['Group']
export type Histogram = S['Histogram']
export type Summary = S['SummaryAnswer']
/** What a summary is asked over. */
export type SummaryQuery = S['Selection']

export type SearchHit = S['Place']
export type SearchResults = S['Places']
export type Neighbour = S['Neighbour']
export type Neighbours = S['Neighbours']
export type TileJson = S['TileJson']

/** RFC 9457; a proxy on the way may answer with less. */
export type ProblemBody = Partial<S['Problem']>
export type FieldError = S['ProblemField']

export type Process<Defaults> = Told<S['ProcessDescription'], { defaults: Defaults }>
export type JobStatus = S['JobStatus']

export type Plan = S['PlanAnswer']
export type PlanList = S['PlanList']
export type NewPlan = S['NewPlan']

export type ExportRequest = S['ExportRequest']

export type Change = Told<S['Change'], { before: Properties | null; after: Properties | null }>
export type ChangeList = Told<S['ChangeList'], { changes: Change[] }>
export type History = Told<S['History'], { changes: Change[] }>

export type Designation = S['DesignationAnswer']
export type DesignationState = S['DesignationState']
export type DesignationStep = S['DesignationStep']
export type DesignationList = S['DesignationList']
export type NextStep = S['NextStep']
export type TodayAnswer = S['TodayAnswer']
export type Judged = S['JudgedDesignation']
export type NewDesignation = S['NewDesignation']
export type DraftPatch = S['DraftPatch']
export type DesignationMove = S['DesignationMove']

export type Session = S['Session']
export type SignIn = S['SignIn']
/** The first account, opened by the one-time link. */
export type Setup = S['Setup']

export type Unit = S['UnitAnswer']
/** What of a unit is typed into a form; a merge patch, so null empties a field. */
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
export type Floor = S['StackFloor']
export type Totals = S['Totals']
export type Stack = S['Stack']
export type Due = S['Due']
export type ParkOccupancy = S['ParkOccupancy']
export type Batch = S['Batch']
export type Confirmation = S['Confirmation']
export type TakenBack = S['TakenBack']
export type SheetAnswer = S['SheetAnswer']
export type JudgedRow = S['JudgedRow']
export type JudgedCell = S['JudgedCell']
export type Why = S['Why']
export type RowVerdict = S['RowVerdict']
export type SheetColumn = S['SheetColumn']
export type ParkReports = S['ParkReports']
export type PeriodReport = S['PeriodReport']
export type ReportList = S['ReportList']

export type InstrumentState = S['InstrumentState']
export type Instrument = Told<S['InstrumentAnswer'], { ledger: Ledger | null; run: Run | null }>
export type InstrumentList = Told<S['InstrumentList'], { instruments: Instrument[] }>
export type Division = S['Division']
export type NewInstrument = S['NewInstrument']
export type Move = S['Move']
export type Lineage = S['LineageAnswer']
export type LineageNode = S['LineageNode']

export type MadeTasks = S['MadeTasks']

export type StagedUpload = S['StagedUpload']
export type StagedUploads = S['StagedUploads']
export type ImportSettings = S['ImportSettings']
export type ImportPreview = S['ImportPreview']
export type ImportColumn = S['ImportColumn']
export type ImportField = S['ImportField']
export type CrsFinding = S['CrsFinding']
export type CrsProof = S['CrsProof']
export type ImportAnswer = S['ImportAnswer']
export type ImportReport = S['ImportReport']
export type ImportNotice = S['ImportNotice']
export type RowNote = S['RowNote']
export type ImportDiff = S['ImportDiff']
export type DiffRow = S['DiffRow']
export type DiffValue = S['DiffValue']
export type DiffChange = S['DiffChange']
export type Outline = S['Outline']
export type ImportProfile = S['ImportProfile']
export type ProfileList = S['ProfileList']
export type SavedProfile = S['SavedProfile']
