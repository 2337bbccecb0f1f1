import { getJson, isAbort, Problem, send } from './client'
import type { AnswerOf, InputsOf, ProcessId } from './analyses'
import type { JobStatus } from './types'

export interface Follow {
  signal?: AbortSignal
  onprogress?: (info: JobStatus) => void
  wait?: (ms: number) => Promise<void>
}

const FIRST_WAIT_MS = 150
const LONGEST_WAIT_MS = 1200
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** The waits grow, so that a short job is quick and a long one costs little. */
export const nextWait = (ms: number): number => Math.min(LONGEST_WAIT_MS, Math.round(ms * 1.5))

const dismissed = (): DOMException => new DOMException('dismissed', 'AbortError')
const jobPath = (location: string | null, id: string): string => {
  if (!location) return `/jobs/${encodeURIComponent(id)}`
  // A server behind another name says where it thinks it stands; the path is what counts here.
  return /^https?:/.test(location) ? new URL(location).pathname : location
}

/** Runs a process as a job. */
export const runJob = <Id extends ProcessId>(
  process: Id,
  inputs: InputsOf<Id>,
  follow: Follow = {},
): Promise<AnswerOf<Id>> => runAsJob<AnswerOf<Id>>(`/processes/${process}/execution`, { inputs }, follow)

/**
 * Posts work that a server may take as a job; one that answers at once is taken at its word. Aborting the signal
 * cancels the job there too.
 */
export async function runAsJob<Answer>(
  work: string,
  body: unknown,
  { signal, onprogress, wait = pause }: Follow = {},
): Promise<Answer> {
  const headers = { Prefer: 'respond-async' }
  const response = await send(work, { method: 'POST', body, headers, signal })
  if (response.status !== 201) return (await response.json()) as Answer
  let info = (await response.json()) as JobStatus
  const path = jobPath(response.headers.get('location'), info.jobID)
  try {
    for (let ms = FIRST_WAIT_MS; info.status === 'accepted' || info.status === 'running'; ms = nextWait(ms)) {
      onprogress?.(info)
      await wait(ms)
      if (signal?.aborted) throw dismissed()
      info = await getJson<JobStatus>(path, { signal })
    }
    if (info.status === 'dismissed') throw dismissed()
    onprogress?.(info)
    // A failed job's results are its own problem, which getJson throws.
    const result = await getJson<Answer>(`${path}/results`, { signal })
    if (info.status === 'failed') throw new Problem(500, info.message ?? 'failed', '')
    return result
  } catch (error) {
    if (isAbort(error) && info.status !== 'dismissed') await send(path, { method: 'DELETE' }).catch(() => undefined)
    throw error
  }
}
