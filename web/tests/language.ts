import { en } from '../src/texts/en'
import { locale, type Locale } from '../src/texts/locale.svelte'
import { ptBR } from '../src/texts/pt-BR'

/** What is said from now on is said in this language. */
export function speak(language: Locale): void {
  locale.current = language
  locale.texts = language === 'en' ? en : ptBR
}
