import { keep, recall } from './storage';

const DRAFT = 'draft';
let text: string = recall(DRAFT, 'sessionStorage') || '';

/** The text being written in this tab, here and after F5. */
export const draft = (): string => text;

export function setDraft(now: string) {
  keep(DRAFT, (text = now), 'sessionStorage');
}
