// What is wrong with the page as it stands, told in words: run in the page by tests/browser/looks.py.
() => {
  const found = []
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.sr-only, [aria-hidden="true"]')
  const name = (one) => {
    const words = (one.getAttribute('aria-label') ?? one.textContent ?? '').trim().replace(/\s+/g, ' ')
    return `<${one.tagName.toLowerCase()}> ${words.slice(0, 60)}`
  }

  const headings = [...document.querySelectorAll('h1')].filter((one) => one.checkVisibility())
  if (headings.length !== 1) found.push(`${headings.length} headings of the first level`)
  if (!/\S/.test(document.title)) found.push('no title')
  if (!document.documentElement.lang) found.push('no language')

  // Only what is marked as a strip that scrolls may be wider than its place: never the page, its main part, or a dialog.
  const whole = document.documentElement
  if (whole.scrollWidth > innerWidth) found.push(`the page scrolls sideways: ${whole.scrollWidth} > ${innerWidth}`)
  for (const one of document.querySelectorAll('main, dialog, [role=dialog]')) {
    if (shown(one) && one.scrollWidth > one.clientWidth + 1) {
      found.push(`${name(one)} scrolls sideways: ${one.scrollWidth} > ${one.clientWidth}`)
    }
  }

  // People act on these: their words are whole, or a title holds them.
  const acted = 'button, nav a, [role=tab], [role=radio], [role=menuitem], label, legend, th, h1, h2, h3, dt, summary'
  for (const one of document.querySelectorAll(acted)) {
    if (!shown(one) || one.closest('[title]') || one.closest('[data-cut]')) continue
    for (const part of [one, ...one.querySelectorAll('*')]) {
      const style = getComputedStyle(part)
      const hides = style.overflowX !== 'visible' && style.overflowX !== 'auto' && style.overflowX !== 'scroll'
      if (hides && part.clientWidth > 1 && part.scrollWidth > part.clientWidth && !part.closest('[title]') && !part.closest('.sr-only')) {
        found.push(`${name(one)} is cut: ${part.scrollWidth} > ${part.clientWidth}`)
      }
    }
  }

  // Elsewhere an ellipsis says that there is more; without one, words just end.
  for (const one of document.querySelectorAll('p, li, td, dd, span, div, time')) {
    const style = getComputedStyle(one)
    const hides = style.overflowX === 'hidden' || style.overflowX === 'clip'
    const words = [...one.childNodes].some((node) => node.nodeType === 3 && /\S/.test(node.data))
    if (!words || !hides || style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none' || !shown(one)) continue
    if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1) found.push(`${name(one)} ends without an ellipsis`)
  }

  // A moment is one word.
  for (const one of document.querySelectorAll('main time, dialog time')) {
    if (shown(one) && one.getClientRects().length > 1) found.push(`${name(one)} is broken over lines`)
  }

  // An ellipsis that leaves three letters tells nothing.
  for (const one of document.querySelectorAll('main *')) {
    const cut = getComputedStyle(one).textOverflow === 'ellipsis' && one.scrollWidth > one.clientWidth
    if (cut && one.clientWidth < 72 && one.clientWidth > 1 && shown(one)) {
      found.push(`${name(one)} is cut to ${one.clientWidth} px`)
    }
  }

  // A choice shows the whole of what is chosen; 20 px are its arrow.
  const pen = document.createElement('canvas').getContext('2d')
  for (const one of document.querySelectorAll('select')) {
    const style = getComputedStyle(one)
    pen.font = style.font
    const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 20
    const wanted = pen.measureText(one.selectedOptions[0]?.text ?? '').width
    if (shown(one) && wanted > room + 1) found.push(`${name(one)} is cut: ${Math.ceil(wanted)} > ${Math.floor(room)}`)
  }

  // A placeholder says what to write: whole, or it says something else.
  for (const one of document.querySelectorAll('input[placeholder]')) {
    const style = getComputedStyle(one)
    pen.font = style.font
    const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    const wanted = pen.measureText(one.placeholder).width
    if (shown(one) && wanted > room + 1) found.push(`${name(one)} placeholder is cut: ${Math.ceil(wanted)} > ${Math.floor(room)}`)
  }

  // What can be pressed is on the screen, or in something that scrolls to it.
  for (const one of document.querySelectorAll('main button, main a[href], main input, main select, header button')) {
    const box = one.getBoundingClientRect()
    if (!shown(one) || !box.width || (box.left >= -1 && box.right <= innerWidth + 1)) continue
    let around = one.parentElement
    while (around && !/auto|scroll/.test(getComputedStyle(around).overflowX)) around = around.parentElement
    if (!around || around.matches('main')) found.push(`${name(one)} is beyond the edge`)
  }
  return [...new Set(found)]
}
