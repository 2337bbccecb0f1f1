import { setLanguage } from '../api/client'
import { lang, type Lang } from '../i18n/index.svelte'
import type { Theme } from '../map/palette'
import type { AreaUnit } from '../model/format'

const KEY = 'parkplan'
interface Stored {
  lang?: Lang
  theme?: Theme
  unit?: AreaUnit
  left?: number
  right?: number
  bottom?: number
  open?: boolean
}

function stored(): Stored {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Stored
  } catch {
    return {}
  }
}

class Prefs {
  #start = stored()
  theme = $state<Theme>(this.#start.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'))
  unit = $state<AreaUnit>(this.#start.unit ?? 'ha')
  left = $state(this.#start.left ?? 296)
  right = $state(this.#start.right ?? 336)
  bottom = $state(this.#start.bottom ?? 268)
  tableOpen = $state(this.#start.open ?? true)

  constructor() {
    if (this.#start.lang === 'en') this.setLang('en')
    document.documentElement.dataset['theme'] = this.theme
  }

  setLang(next: Lang): void {
    if (next === lang.asked) return
    lang.asked = next
    void lang.set(next).then(() => this.remember())
    document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
    setLanguage(next === 'zh' ? 'zh-CN' : 'en')
  }

  setTheme(next: Theme): void {
    this.theme = next
    document.documentElement.dataset['theme'] = next
  }

  remember(): void {
    const data: Stored = {
      lang: lang.now,
      theme: this.theme,
      unit: this.unit,
      left: this.left,
      right: this.right,
      bottom: this.bottom,
      open: this.tableOpen,
    }
    try {
      localStorage.setItem(KEY, JSON.stringify(data))
    } catch {
      /* private windows may refuse; nothing depends on it */
    }
  }
}
export const prefs = new Prefs()
