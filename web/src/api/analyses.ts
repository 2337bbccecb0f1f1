/** Names over what is generated: what the processes take and answer, each by its id. */
import type { components, paths } from './schema'

type S = components['schemas']

type Executions = {
  [Path in keyof paths as Path extends `/processes/${infer Id}/execution` ? Id : never]: paths[Path] extends {
    post: {
      requestBody: { content: { 'application/json': { inputs?: infer Inputs } } }
      responses: { 200: { content: { 'application/json': infer Answer } } }
    }
  }
    ? { inputs: Inputs; answer: Answer }
    : never
}
export type ProcessId = keyof Executions
export type InputsOf<Id extends ProcessId> = Executions[Id]['inputs']
export type AnswerOf<Id extends ProcessId> = Executions[Id]['answer']

export type Run = S['RunRecord']
export type Verdict = S['Verdict']

export type ConsolidateInputs = InputsOf<'consolidate'>
export type ConsolidateResult = AnswerOf<'consolidate'>
export type ConsolidationDefaults = S['ConsolidateDefaults']
export type Candidate = S['Candidate']
export type Site = S['Site']
export type Excluded = S['LeftOut']
export type ExcludedDetail = S['ExcludedDetail']
export type Connector = S['Joining']
/** What came of the land stands with a ledger that is kept; a site that is only solved has nothing of it. */
export type Ledger = S['Ledger'] & { children?: { parcel: string; planar_area_m2: number }[] }

export type UpstairsInputs = InputsOf<'upstairs'>
/** Of one parcel or outline. */
export type UpstairsResult = S['UpstairsOne']
export type Levers = S['LeversInForce']
export type Band = S['Storey']['band']
export type Finding = S['Finding']
/** Of a park or the city. */
export type RollUpResult = S['UpstairsMany']
export type RollUp = S['RollUp']

export type DesignateInputs = InputsOf<'designate'>
export type DesignateResult = AnswerOf<'designate'>
export type DesignateDefaults = S['DesignateDefaults']
export type ParkScore = S['Scorecard']
export type Indicator = S['Indicator']

export type AllocateInputs = InputsOf<'allocate'>
export type AllocateResult = AnswerOf<'allocate'>
export type AllocationCell = S['AllocationCell']
export type AllocationWarning = S['AllocationWarning']

export type VirtualParksInputs = InputsOf<'virtualparks'>
export type VirtualParksResult = AnswerOf<'virtualparks'>
export type VirtualPark = S['VirtualPark']
export type VirtualMember = S['VirtualMember']
export type MatchInputs = InputsOf<'match'>
export type MatchResult = AnswerOf<'match'>
export type MatchNeed = S['MatchNeed']
export type MatchSite = S['MatchSite']
export type MatchTold = S['MatchVerdict']
export type MatchChange = S['MatchChange']
export type MatchMeasure = S['MatchMeasure']
export type MatchCriterion = S['MatchCriterion']
export type TenantsResult = AnswerOf<'tenants'>
export type SuitedRequirement = S['SuitedRequirement']

export type ActionPlanInputs = InputsOf<'actionplan'>
export type ActionPlanResult = AnswerOf<'actionplan'>
export type PlanSite = S['PlannedSite']
export type GanttBar = S['GanttBar']
export type Relaxation = S['Relaxation']

export type ProgressInputs = InputsOf<'progress'>
export type ProgressResult = AnswerOf<'progress'>
export type TaskLights = S['TaskLights']
export type LightPeriod = S['LightPeriod']
export type TaskCompletion = S['Completion']
