import * as api from '../api/endpoints'
import type { Plan } from '../api/types'
import { t } from '../i18n/index.svelte'
import { session } from './session.svelte'
import { ui } from './ui.svelte'
import { Problem } from '../api/client'

class PlansState {
  list = $state.raw<Plan[]>([])
  open = $state<string | null>(null)

  async load(): Promise<void> {
    try {
      this.list = await api.plans()
    } catch {
      this.list = []
    }
  }

  /** Saves and says so; without a session it asks for one instead of failing. */
  async save(body: Parameters<typeof api.savePlan>[0]): Promise<boolean> {
    if (!session.now.signed_in) {
      ui.dialog = 'signin'
      ui.toast(t('plan.signIn'))
      return false
    }
    try {
      const plan = await api.savePlan(body)
      ui.toast(t('plan.saved', { name: plan.name }))
      await this.load()
      return true
    } catch (error) {
      ui.toast(error instanceof Problem ? error.detail || error.title : t('error.unexpected'), 'bad')
      return false
    }
  }
}
export const plans = new PlansState()
