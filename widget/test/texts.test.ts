import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { siteChooses } from './site';

async function textsIn(lang: string): Promise<Record<string, string>> {
  vi.resetModules();
  siteChooses({ lang });
  const { fill: _, ...texts } = await import('../src/texts');
  return texts as Record<string, string>;
}
let portuguese: Record<string, string>;
let english: Record<string, string>;

beforeEach(async () => {
  portuguese = await textsIn('pt-BR');
  english = await textsIn('en');
});

describe('the texts', () => {
  test('exist in both languages', () => {
    expect(Object.keys(english)).toEqual(Object.keys(portuguese));
    for (const text of [...Object.values(portuguese), ...Object.values(english)]) expect(text.trim()).not.toBe('');
  });

  test('are translated, each of them', () => {
    const same = Object.keys(portuguese).filter((name) => portuguese[name] == english[name]);
    expect(same).toEqual([]);
  });

  test('leave room for the same values in both languages', () => {
    for (const name in portuguese) expect(portuguese[name].includes('{}'), name).toBe(english[name].includes('{}'));
  });

  test('are Portuguese unless the site asks for English', async () => {
    expect((await textsIn('')).send).toBe('Enviar');
    expect((await textsIn('fr')).send).toBe('Enviar');
    expect((await textsIn('en-US')).send).toBe('Send');
  });

  test('are all used', () => {
    const folders = ['view', 'launcher'];
    const names = ['heading', 'composer', 'ending', 'form', 'panel', 'picker', 'row', 'thread', 'wait'];
    const source = ['chat/items', 'chat/notices', ...names.map((name) => `${folders[0]}/${name}`), 'launcher/launcher'].map((name) => readFileSync(`src/${name}.ts`, 'utf8')).join();
    expect(Object.keys(portuguese).filter((name) => !new RegExp(`\\b${name}\\b`).test(source))).toEqual([]);
  });
});
