export type Locale = 'pt-BR' | 'en'

const stored = typeof localStorage === 'undefined' ? null : localStorage.getItem('alidash.locale')

class LocaleChoice {
  current = $state<Locale>(stored === 'en' ? 'en' : 'pt-BR')

  choose(locale: Locale): void {
    this.current = locale
    localStorage.setItem('alidash.locale', locale)
    document.documentElement.lang = locale
  }
}

export const locale = new LocaleChoice()
