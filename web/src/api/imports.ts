import { getJson, problemFrom, send, sentHeaders } from './client'
import { type Follow, runAsJob } from './jobs'
import type {
  ImportAnswer,
  ImportPreview,
  ImportProfile,
  ImportSettings,
  ProfileList,
  SavedProfile,
  StagedUpload,
  StagedUploads,
} from './types'

const enc = encodeURIComponent

export interface Sending {
  onprogress: (percent: number) => void
  signal: AbortSignal
}

/** The browser tells how far an upload is by this way alone. */
export function stage(files: readonly File[], { onprogress, signal }: Sending): Promise<StagedUpload> {
  const form = new FormData()
  for (const file of files) form.append('file', file, file.name)
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest()
    request.open('POST', '/imports')
    for (const [name, value] of Object.entries(sentHeaders())) request.setRequestHeader(name, value)
    request.upload.onprogress = (e) => {
      if (e.lengthComputable) onprogress((e.loaded / e.total) * 100)
    }
    request.onload = () => {
      if (request.status === 201) done(JSON.parse(request.responseText) as StagedUpload)
      else fail(problemFrom(request.status, request.statusText, request.responseText))
    }
    request.onerror = () => fail(problemFrom(0, 'network', ''))
    request.onabort = () => fail(new DOMException('aborted', 'AbortError'))
    signal.addEventListener('abort', () => request.abort())
    request.send(form)
  })
}

export const imports = (): Promise<StagedUploads> => getJson('/imports')
export const discard = (id: string): Promise<void> => getJson(`/imports/${enc(id)}`, { method: 'DELETE' })
export const preview = (id: string, settings: ImportSettings, signal: AbortSignal): Promise<ImportPreview> =>
  getJson(`/imports/${enc(id)}/preview`, { method: 'POST', body: settings, signal })
export const tryImport = (id: string, settings: ImportSettings, follow: Follow): Promise<ImportAnswer> =>
  runAsJob(`/imports/${enc(id)}/trial`, settings, follow)
export const takeImport = (
  id: string,
  settings: ImportSettings,
  revision: number,
  follow: Follow,
): Promise<ImportAnswer> => runAsJob(`/imports/${enc(id)}/commit`, { settings, revision }, follow)
export const undoImport = (revision: number): Promise<{ revision: number; rows: number }> =>
  getJson('/imports:undo', { method: 'POST', body: { revision } })
export type RejectForm = 'csv' | 'geojson'
/** The rows that were not taken, with all their own fields. */
export const rejects = async (id: string, form: RejectForm): Promise<Blob> =>
  (await send(`/imports/${enc(id)}/rejects?f=${form}`, { headers: { Accept: '*/*' } })).blob()

export const profiles = async (): Promise<SavedProfile[]> => (await getJson<ProfileList>('/import-profiles')).profiles
export const saveProfile = (name: string, profile: ImportProfile): Promise<SavedProfile> =>
  getJson('/import-profiles', { method: 'POST', body: { name, profile } })
/** A profile file as `parkplan import --profile` reads it. */
export const readProfile = (name: string, text: string): Promise<SavedProfile> =>
  getJson('/import-profiles', { method: 'POST', body: { name, text } })
export const profileFile = async (id: string): Promise<Blob> =>
  (await send(`/import-profiles/${enc(id)}`, { headers: { Accept: '*/*' } })).blob()
export const deleteProfile = (id: string): Promise<void> => getJson(`/import-profiles/${enc(id)}`, { method: 'DELETE' })
