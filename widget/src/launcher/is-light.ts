/** True where black text is easier to read than white: above the luminance at which both have the same contrast (WCAG). */
export function isLight(color: string): boolean {
  const [red, green, blue] = [1, 3, 5].map((i) => (parseInt(color.slice(i, i + 2), 16) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179;
}
