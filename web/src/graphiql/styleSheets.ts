/**
 * Lets GraphiQL live under `style-src-elem 'self'`: the editor and its dialogs make <style> elements, which the CSP
 * refuses. What they write goes into adopted style sheets instead, which it allows. Must be imported before them.
 */
const create = document.createElement.bind(document)
const sheets = new WeakMap<Node, CSSStyleSheet>()

function leave(node: Node): void {
  const sheet = sheets.get(node)
  if (sheet) document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet)
}

function standIn(): HTMLElement {
  const element = create('meta')
  const sheet = new CSSStyleSheet()
  let text = ''
  const write = (css: string) => {
    text = css
    sheet.replaceSync(css)
  }
  Object.defineProperties(element, {
    sheet: { value: sheet },
    textContent: { get: () => text, set: write },
    appendChild: { value: (node: Node) => (write(text + (node.textContent ?? '')), node) },
    remove: { value: () => (leave(element), Element.prototype.remove.call(element)) },
  })
  sheets.set(element, sheet)
  document.adoptedStyleSheets.push(sheet)
  return element
}

document.createElement = ((name: string, options?: ElementCreationOptions) =>
  name.toLowerCase() === 'style' ? standIn() : create(name, options)) as typeof document.createElement

new MutationObserver((changes) => {
  for (const change of changes) change.removedNodes.forEach(leave)
}).observe(document.head, { childList: true })
