import type { FieldError, ProblemBody } from './types'

/** An RFC 9457 answer, or the network's own failure dressed as one. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
    readonly body: ProblemBody = {},
  ) {
    super(detail || title)
  }
}

let language = 'zh-CN'
export function setLanguage(tag: string): void {
  language = tag
}

export interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  body?: unknown
  /** A file, sent as it is. */
  file?: Blob
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
}

export async function send(
  path: string,
  { method = 'GET', body, file, headers = {}, signal }: Call = {},
): Promise<Response> {
  const init: RequestInit = {
    method,
    credentials: 'same-origin',
    headers: {
      Accept: 'application/json, application/geo+json, application/problem+json',
      'Accept-Language': language,
      ...headers,
    },
  }
  if (signal) init.signal = signal
  const sent = init.headers as Record<string, string>
  if (method !== 'GET') sent['X-Requested-With'] = 'parkplan'
  if (body !== undefined) {
    sent['Content-Type'] ??= 'application/json'
    init.body = JSON.stringify(body)
  }
  if (file) {
    sent['Content-Type'] ??= file.type || 'application/octet-stream'
    init.body = file
  }
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, 'network', '')
  }
  if (!response.ok) throw await problemOf(response)
  return response
}

async function problemOf(response: Response): Promise<Problem> {
  return problemFrom(response.status, response.statusText, await response.text().catch(() => ''))
}

export function problemFrom(status: number, statusText: string, said: string): Problem {
  let body: ProblemBody = {}
  try {
    body = JSON.parse(said) as ProblemBody
  } catch {
    /* a proxy may answer with plain text; the status alone then has to do */
  }
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  return new Problem(status, text(body.title) || statusText, text(body.detail), body.errors ?? [], body)
}

/** What a write carries that goes out by another way than `send`. */
export const sentHeaders = (): Record<string, string> => ({
  Accept: 'application/json, application/problem+json',
  'Accept-Language': language,
  'X-Requested-With': 'parkplan',
})

export async function getJson<T>(path: string, call?: Call): Promise<T> {
  const response = await send(path, call)
  return (response.status === 204 ? undefined : await response.json()) as T
}

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'
