import * as api from '../api/endpoints'
import type { Session } from '../api/types'

class SessionState {
  now = $state.raw<Session>({ signed_in: false, role: 'guest', parks: [], setup: false })
  ready = $state(false)
  role = $derived(this.now.role)
  /** Whether the units of a park are this account's to report. */
  reports = (park: string | null | undefined): boolean =>
    this.now.signed_in && (this.role === 'admin' || this.now.parks.includes(park ?? ''))

  async load(): Promise<void> {
    try {
      this.now = await api.session()
    } finally {
      this.ready = true
    }
  }
  async signIn(account: string, password: string): Promise<void> {
    await api.signIn({ account, password })
    await this.load()
  }
  async signOut(): Promise<void> {
    await api.signOut()
    await this.load()
  }
  async setUp(token: string, account: string, password: string, role: string, parks: string[]): Promise<void> {
    await api.setUp({ token, account, password, role, parks })
    await this.load()
  }
}
export const session = new SessionState()
