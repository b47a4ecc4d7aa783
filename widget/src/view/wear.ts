/** Adds styles to a shadow root. A constructed sheet passes the strictest CSP; a style tag does not. */
export function wear(root: ShadowRoot, styles: string) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
