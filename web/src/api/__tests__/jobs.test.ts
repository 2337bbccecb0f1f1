import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextWait, runJob } from '../jobs'

interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}
const calls: { method: string; path: string; prefer: string | undefined }[] = []

function serve(answer: (method: string, path: string) => Answer): void {
  calls.length = 0
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    const method = init.method ?? 'GET'
    calls.push({ method, path, prefer: (init.headers as Record<string, string>)['Prefer'] })
    const { status, body, headers } = answer(method, path)
    return Promise.resolve(
      new Response(status === 204 ? null : JSON.stringify(body), { status, ...(headers ? { headers } : {}) }),
    )
  })
}
const wait = (): Promise<void> => Promise.resolve()
const job = (status: string, progress = 0): unknown => ({ jobID: 'j1', processID: 'consolidate', status, progress })
const made: Answer = { status: 201, body: job('accepted'), headers: { location: 'http://elsewhere:1/jobs/j1' } }

afterEach(() => vi.unstubAllGlobals())

describe('a job', () => {
  it('takes a synchronous answer as the result', async () => {
    serve(() => ({ status: 200, body: { ok: 1 } }))
    expect(await runJob('consolidate', {})).toEqual({ ok: 1 })
    expect(calls).toHaveLength(1)
    expect(calls[0]!.prefer).toBe('respond-async')
  })
  it('is followed until it succeeds, and tells its progress', async () => {
    const states = [job('running', 40), job('running', 80), job('successful', 100)]
    serve((method, path) =>
      method === 'POST'
        ? made
        : path.endsWith('/results')
          ? { status: 200, body: { area: 2 } }
          : { status: 200, body: states.shift() },
    )
    const seen: number[] = []
    expect(await runJob('consolidate', {}, { wait, onprogress: (i) => seen.push(i.progress ?? -1) })).toEqual({
      area: 2,
    })
    expect(seen).toEqual([0, 40, 80, 100])
    expect(calls.at(-1)!.path).toBe('/jobs/j1/results')
  })
  it('throws the problem of a failed job', async () => {
    serve((method, path) =>
      method === 'POST'
        ? made
        : path.endsWith('/results')
          ? { status: 422, body: { title: 'no', detail: 'nothing fits' } }
          : { status: 200, body: job('failed') },
    )
    await expect(runJob('consolidate', {}, { wait })).rejects.toMatchObject({ status: 422, detail: 'nothing fits' })
  })
  it('is dismissed at the server when it is aborted here', async () => {
    const abort = new AbortController()
    serve((method) => (method === 'POST' ? made : { status: 200, body: job('running', 10) }))
    const run = runJob(
      'consolidate',
      {},
      {
        signal: abort.signal,
        wait: () => {
          abort.abort()
          return Promise.resolve()
        },
      },
    )
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
    expect(calls.at(-1)).toMatchObject({ method: 'DELETE', path: '/jobs/j1' })
  })
  it('waits longer each time, to a limit', () => {
    expect(nextWait(150)).toBe(225)
    expect(nextWait(1100)).toBe(1200)
  })
})
