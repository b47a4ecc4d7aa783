/** Milliseconds before the next try: from 0.5 s up to 30 s, with full jitter so that a restarted server is not stormed. */
export const backoff = (failures: number): number => 500 + Math.random() * Math.min(29_500, 500 * 2 ** failures);
