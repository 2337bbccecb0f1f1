import zh from './zh/first.json'
import type { tasks as zhTasks } from './zh/tasks'

export type Lang = 'zh' | 'en'
export type Key = keyof typeof zh | keyof typeof zhTasks
type Messages = Partial<Record<Key, string>>

const core: Record<Lang, () => Promise<Messages>> = {
  zh: () => Promise.resolve(zh),
  en: async () => (await import('./en/first.json')).default,
}
const tasks: Record<Lang, () => Promise<Messages>> = {
  zh: async () => (await import('./zh/tasks')).tasks,
  en: async () => (await import('./en/tasks')).tasks,
}

class Language {
  now = $state<Lang>('zh')
  asked: Lang = 'zh'
  messages = $state.raw<Messages>(zh)
  #whole = false

  /** Chinese for the first screen comes with the page; English and the tasks' words when they are asked for. */
  async set(next: Lang): Promise<void> {
    const [first, rest] = await Promise.all([core[next](), this.#whole ? tasks[next]() : {}])
    // Asked for another one meanwhile: that one's words are the ones to show.
    if (next !== this.asked) return
    this.messages = { ...first, ...rest }
    this.now = next
  }
  /** The words of every task; a task is shown once they are here. */
  async more(): Promise<void> {
    if (this.#whole) return
    const asked = this.asked
    const rest = await tasks[asked]()
    this.#whole = true
    // The language may have been switched meanwhile: then `set` brought the right ones or does so now.
    if (asked === this.asked) this.messages = { ...this.messages, ...rest }
    else await this.set(this.asked)
  }
}
export const lang = new Language()

/** The message with its {names} filled in; an English one may hold "one|many" chosen by {n}. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  let text: string = lang.messages[key] ?? key
  if (text.includes('|')) {
    const [one = '', many = ''] = text.split('|')
    text = values['n'] === 1 || values['n'] === '1' ? one : many
  }
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}

export const has = (key: string): key is Key => key in lang.messages
export const either = (words: { zh: string; en: string }): string =>
  lang.now === 'zh' ? words.zh : words.en || words.zh

/** For keys made from data (a column, a rule): the message if we have one. */
export const tIf = (key: string, fallback: string): string => (has(key) ? t(key) : fallback)
