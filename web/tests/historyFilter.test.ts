import { describe, expect, test } from 'vitest'
import { asVariables, exportPath, narrows, readFilter, writeFilter } from '../src/admin/historyFilter'

const id = '0197a2b4-5c11-7c3e-9d2f-4b8f6f0a1c33'
const of = (query: string) => readFilter(new URLSearchParams(query))

describe('the address of the history', () => {
  test.each(['', '?q=sem+fibra&channel=WIDGET', `?view=ratings&from=2026-11-01&department=${id}&score=1%2C2`])(
    '%s is read and written back as it was',
    (query) => expect(writeFilter(of(query))).toBe(query),
  )
  test.each(['?from=yesterday', '?department=x', '?channel=FAX', '?score=9', '?view=else', '?other=1'])(
    '%s narrows nothing',
    (query) => expect(writeFilter(of(query))).toBe(''),
  )
  test('a view alone is no filter', () => {
    expect(narrows(of('?view=ratings'))).toBe(false)
    expect(narrows(of('?view=ratings&q=x'))).toBe(true)
  })
})

describe('what is asked of the server', () => {
  test('days are whole ones of the viewer, the last included', () => {
    const { filter } = asVariables(of('?from=2026-11-01&to=2026-11-02'))
    const { from, to } = filter!.closedIn!
    expect(new Date(to).getTime() - new Date(from).getTime()).toBe(48 * 3600_000)
    expect(new Date(from).getHours()).toBe(0)
  })
  test('ratings come by when they were given, any score unless one is chosen', () => {
    const variables = asVariables(of('?view=ratings&from=2026-11-01'))
    expect(variables.orderBy).toBe('RECENTLY_RATED')
    expect(variables.filter).toMatchObject({ score: [1, 2, 3, 4, 5], closedIn: null })
    expect(variables.filter!.ratedIn).not.toBeNull()
    expect(asVariables(of('?view=ratings&score=1,2')).filter!.score).toEqual([1, 2])
  })
  test('a blank search is none', () =>
    expect(asVariables(of('?q=++'))).toMatchObject({ search: '', filter: { search: null } }))
  test('an export narrows by the same', () => {
    expect(exportPath(of(''), 'json')).toBe('/exports/history.json')
    const query = new URLSearchParams(exportPath(of(`?q=+fibra&agent=${id}&to=2026-11-02`), 'csv').split('?')[1])
    expect([query.get('q'), query.get('agent')]).toEqual(['fibra', id])
    expect(query.get('to')).toMatch(/Z$/)
  })
})
