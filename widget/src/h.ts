type Props<T> = Partial<Omit<T, 'style'>> & Record<string, unknown>;

/**
 * Makes an element: `h('p.day.note', {onclick}, 'text')`. Strings become text nodes, known names properties, others
 * attributes: nothing here can become markup, and nothing needs an inline style or handler that a CSP would refuse.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  what: K | `${K}.${string}`,
  props: Props<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const [tag, ...looks] = what.split('.');
  const node = document.createElement(tag) as HTMLElementTagNameMap[K];
  node.className = looks.join(' ');
  for (const name in props)
    if (name in node) (node as Record<string, unknown>)[name] = props[name];
    else node.setAttribute(name, `${props[name]}`);
  node.append(...children);
  return node;
}

/** A button that never submits the form around it. */
export const button = (look: string, label: string, onclick: () => unknown) =>
  h(`button.${look}`, { type: 'button', onclick }, label);
