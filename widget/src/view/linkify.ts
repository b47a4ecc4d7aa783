import { h } from './h';

const ADDRESS = /(https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]])/i;

/** A message body as text nodes and links; only http and https become links. */
export const linkify = (body: string): (string | Node)[] =>
  body.split(ADDRESS).map((part, i) => (i % 2 ? h('a', { href: part, target: '_blank', rel: 'noopener' }, part) : part));
