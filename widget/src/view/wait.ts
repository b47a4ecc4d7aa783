import type { Estimate } from '../chat/state';
import { fill, waitAbout } from '../texts';

/** Whole minutes of an ISO 8601 duration such as PT1H4M10S, rounded up. */
export const minutes = (duration: string): number => {
  const [days, hours, whole, seconds] = [...'DHMS'].map((unit) => parseFloat(duration.match(`[\\d.]+${unit}`)?.[0] || '0'));
  return Math.ceil(days * 1440 + hours * 60 + whole + seconds / 60);
};

/** "espera de 3–6 min", or nothing where the server has too little to go by. */
export function waitText(estimate: Estimate | null): string {
  if (!estimate) return '';
  const [from, to] = [minutes(estimate.atLeast), minutes(estimate.atMost)];
  return fill(waitAbout, from < to ? `${from}–${to}` : to);
}

/** Joins what is known with a middle dot. */
export const dotted = (...parts: (string | false)[]): string => parts.filter(Boolean).join(' · ');
