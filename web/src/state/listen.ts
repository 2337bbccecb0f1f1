/** Event `change`; the document gives the stream as text. */
export interface ChangeEvent {
  revision: number
  collection: string
  ids: string[]
}
/** Event `reload`: the listener fell behind; everything is to be asked again. */
interface ReloadEvent {
  revision: number
}

/** The part of an EventSource that is listened to. */
export interface Source {
  addEventListener(type: string, listener: (event: Event) => void): void
}
export interface Heard {
  /** Rows of one collection changed. */
  change(change: ChangeEvent): void
  /** Changes were missed: whatever was read is to be read again. */
  reload(revision: number): void
  live(on: boolean): void
  /** The revision that the page shows; 0 before it shows any. */
  shown(): number
  /** The revision that the server is at. */
  head(): Promise<number>
}

/** Stands for every collection: how a server says that it dropped changes for a slow listener. */
export const ALL = '*'

/** Whether a change concerns one of the collections. */
export const touches = (change: ChangeEvent, ...collections: string[]): boolean =>
  change.collection === ALL || collections.includes(change.collection)

const dataOf = <T>(event: Event): T => JSON.parse((event as MessageEvent<string>).data) as T

/** Keeps in step with the server: a change at a time while all are heard, everything anew when some were not. */
export function listen(source: Source, heard: Heard): void {
  let broken = false
  // Some servers send their headers with the first event only: no error means in step.
  heard.live(true)
  source.addEventListener('open', () => {
    heard.live(true)
    if (!broken) return
    broken = false
    void caughtUp(heard)
  })
  source.addEventListener('error', () => {
    broken = true
    heard.live(false)
  })
  source.addEventListener('change', (event) => {
    const change = dataOf<ChangeEvent>(event)
    if (change.collection === ALL) void missed(change.revision, heard)
    else heard.change(change)
  })
  source.addEventListener('reload', (event) => void missed(dataOf<ReloadEvent>(event).revision, heard))
}

/** A server may say that changes were dropped without saying which revision it is at: 0. Then it is asked. */
async function missed(revision: number, heard: Heard): Promise<void> {
  if (revision > 0) heard.reload(revision)
  else heard.reload(await heard.head().catch(() => heard.shown() + 1))
}

/** What happened while nobody listened shows in the revision only. A lower one counts too: a copy was put back. */
async function caughtUp(heard: Heard): Promise<void> {
  try {
    const head = await heard.head()
    if (heard.shown() !== 0 && head !== heard.shown()) heard.reload(head)
  } catch {
    /* gone again: the next opening asks anew */
  }
}
