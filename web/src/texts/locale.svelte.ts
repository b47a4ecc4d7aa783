import { ptBR, type Texts } from './pt-BR'

export type Locale = 'pt-BR' | 'en'

const KEPT = 'alidash.locale'

/** The language of the panel. Portuguese comes with the program; another one is fetched before it is chosen. */
class LocaleChoice {
  current = $state<Locale>('pt-BR')
  texts = $state.raw<Texts>(ptBR)
  private readonly fetched: Partial<Record<Locale, Texts>> = { 'pt-BR': ptBR }

  /** Has the texts of a language at hand; rejects when they cannot be fetched. */
  async fetch(locale: Locale): Promise<void> {
    this.fetched[locale] ??= (await import('./en')).en
  }

  /** Speaks a language that was fetched, from this moment on and in this browser's later visits. */
  choose(locale: Locale): void {
    this.texts = this.fetched[locale] ?? ptBR
    this.current = locale
    localStorage.setItem(KEPT, locale)
  }

  /** Speaks as was chosen in this browser earlier; in Portuguese when those texts cannot be fetched. */
  async restore(): Promise<void> {
    if (localStorage.getItem(KEPT) !== 'en') return
    // A panel in another language than wished is better than none; the next load tries again.
    await this.fetch('en').then(
      () => this.choose('en'),
      () => undefined,
    )
  }
}

export const locale = new LocaleChoice()
