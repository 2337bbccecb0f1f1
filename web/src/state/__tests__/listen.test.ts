import { beforeEach, describe, expect, it, vi } from 'vitest'
import { listen, touches } from '../listen'

const head = vi.fn<() => Promise<number>>()
const change = vi.fn()
const reload = vi.fn()
const live = vi.fn()
let shown = 7
let source: EventTarget

const say = (type: string, data?: unknown): void => {
  source.dispatchEvent(data === undefined ? new Event(type) : new MessageEvent(type, { data: JSON.stringify(data) }))
}
const settled = (): Promise<void> => new Promise((done) => setTimeout(done))

beforeEach(() => {
  vi.resetAllMocks()
  shown = 7
  source = new EventTarget()
  listen(source, { change, reload, live, shown: () => shown, head })
})

describe('what the stream says', () => {
  it('hands on a change of one collection', () => {
    say('change', { revision: 8, collection: 'unit', ids: ['u1'] })
    expect(change).toHaveBeenCalledWith({ revision: 8, collection: 'unit', ids: ['u1'] })
    expect(reload).not.toHaveBeenCalled()
  })
  it('reads all anew when told that it fell behind', () => {
    say('reload', { revision: 12 })
    expect(reload).toHaveBeenCalledExactlyOnceWith(12)
    expect(change).not.toHaveBeenCalled()
  })
  it('takes a change of every collection as the same', () => {
    say('change', { revision: 12, collection: '*', ids: [] })
    expect(reload).toHaveBeenCalledExactlyOnceWith(12)
    expect(change).not.toHaveBeenCalled()
  })
})

it('asks for the revision when the server only says that changes were dropped', async () => {
  head.mockResolvedValue(21)
  say('change', { revision: 0, collection: '*', ids: [] })
  await settled()
  expect(reload).toHaveBeenCalledExactlyOnceWith(21)
})
it('still reads all anew when the revision cannot be asked', async () => {
  head.mockRejectedValue(new Error('gone'))
  say('change', { revision: 0, collection: '*', ids: [] })
  await settled()
  expect(reload).toHaveBeenCalledExactlyOnceWith(8)
})

describe('a connection that comes back', () => {
  it('reads all anew when the server went on meanwhile', async () => {
    head.mockResolvedValue(9)
    say('error')
    expect(live).toHaveBeenLastCalledWith(false)
    say('open')
    await settled()
    expect(live).toHaveBeenLastCalledWith(true)
    expect(reload).toHaveBeenCalledExactlyOnceWith(9)
  })
  it('reads all anew when an older copy was put back', async () => {
    head.mockResolvedValue(3)
    say('error')
    say('open')
    await settled()
    expect(reload).toHaveBeenCalledExactlyOnceWith(3)
  })
  it('leaves everything when nothing happened', async () => {
    head.mockResolvedValue(7)
    say('error')
    say('open')
    await settled()
    expect(reload).not.toHaveBeenCalled()
  })
  it('asks for the revision after a break only', async () => {
    say('open')
    await settled()
    expect(head).not.toHaveBeenCalled()
  })
  it('counts a change that came while it asked as heard', async () => {
    head.mockImplementation(() => {
      shown = 8
      return Promise.resolve(8)
    })
    say('error')
    say('open')
    await settled()
    expect(reload).not.toHaveBeenCalled()
  })
  it('asks again at the next opening when the first question failed', async () => {
    head.mockRejectedValueOnce(new Error('gone')).mockResolvedValue(9)
    say('error')
    say('open')
    await settled()
    expect(reload).not.toHaveBeenCalled()
    say('error')
    say('open')
    await settled()
    expect(reload).toHaveBeenCalledExactlyOnceWith(9)
  })
  it('waits for the first load when nothing is shown yet', async () => {
    shown = 0
    head.mockResolvedValue(9)
    say('error')
    say('open')
    await settled()
    expect(reload).not.toHaveBeenCalled()
  })
})

it('knows whom a change concerns', () => {
  const unit = { revision: 1, collection: 'unit', ids: [] }
  expect(touches(unit, 'unit', 'floor')).toBe(true)
  expect(touches(unit, 'parcel')).toBe(false)
  expect(touches({ ...unit, collection: '*' }, 'parcel')).toBe(true)
})
