/** Both languages say the same things. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, Visitor, type Message, type VariableReference, type SelectExpression, Identifier } from '@fluent/syntax';
import { describe, expect, it } from 'vitest';
import type { Fault } from '$src/lib/bindings';
import { bundleFor, languages, lookUp, nearestLanguage, type LanguageCode } from './catalogue';
import { faultMessage, toFault } from './faults';

const root = join(import.meta.dirname, '../../locales');

class Placeholders extends Visitor {
  readonly found = new Set<string>();
  override visitVariableReference(node: VariableReference) {
    this.found.add(node.id.name);
  }
}

class Selectors extends Visitor {
  readonly variants: string[][] = [];
  override visitSelectExpression(node: SelectExpression) {
    this.variants.push(node.variants.map(({ key }) => (key instanceof Identifier ? key.name : key.value)));
    this.genericVisit(node);
  }
}

/** Every message and attribute of a language with its placeholders. */
function read(language: LanguageCode) {
  const messages = new Map<string, string[]>();
  const selectors: string[][] = [];
  for (const file of readdirSync(join(root, language)).filter((name) => name.endsWith('.ftl'))) {
    const resource = parse(readFileSync(join(root, language, file), 'utf8'), {});
    for (const entry of resource.body) {
      expect(entry.type, `${language}/${file}`).not.toBe('Junk');
      if (entry.type !== 'Message') continue;
      const message = entry as Message;
      const parts = [
        { key: message.id.name, node: message.value },
        ...message.attributes.map((one) => ({ key: `${message.id.name}.${one.id.name}`, node: one.value })),
      ];
      for (const { key, node } of parts) {
        if (!node) continue;
        expect(messages.has(key), `${language}: ${key} twice`).toBe(false);
        const placeholders = new Placeholders();
        placeholders.visit(node);
        messages.set(key, [...placeholders.found].sort());
        const found = new Selectors();
        found.visit(node);
        selectors.push(...found.variants);
      }
    }
  }
  return { messages, selectors };
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((one) => one.isFile() && /\.(svelte|ts)$/.test(one.name) && !one.name.endsWith('.test.ts'))
    .map((one) => readFileSync(join(one.parentPath, one.name), 'utf8'));
}

const english = read('en').messages;

describe('the catalogues', () => {
  it.each(languages)('%s has the same messages with the same placeholders', (language) => {
    const here = read(language).messages;
    expect([...here.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, placeholders] of english) expect(here.get(key), key).toEqual(placeholders);
  });

  it.each(languages)('%s names every plural of its language', (language) => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const plural = new Set(['zero', 'one', 'two', 'few', 'many', 'other']);
    for (const variants of read(language).selectors) {
      const named = variants.filter((key) => plural.has(key));
      // Where a choice is between zero and the rest, the inner one names the plurals.
      if (named.length > 0) expect(named.sort()).toEqual([...needed].sort());
    }
  });

  it.each(languages)('%s formats every message without a fault', (language) => {
    const bundle = bundleFor(language);
    const values = Object.fromEntries([...new Set([...english.values()].flat())].map((name) => [name, 5]));
    for (const key of english.keys()) {
      const [id = '', attribute] = key.split('.');
      const message = bundle.getMessage(id);
      const pattern = attribute ? message?.attributes[attribute] : message?.value;
      const errors: Error[] = [];
      expect(pattern && bundle.formatPattern(pattern, values, errors), key).toBeTruthy();
      expect(errors, key).toEqual([]);
    }
  });

  it('has the words the screens ask for, and no others', () => {
    const text = sources(join(import.meta.dirname, '..')).join('\n');
    const asked = [...text.matchAll(/\b(?:t|maybe)\(\s*'([a-z0-9_.-]+)'/g)].map((found) => found[1] ?? '');
    expect(asked.length).toBeGreaterThan(100);
    for (const key of asked) expect(english.has(key), key).toBe(true);

    const made = [...text.matchAll(/`([a-z-]+)\$\{/g)].map((found) => found[1] ?? '');
    const named = new Set([...text.matchAll(/'([a-z0-9_.-]+)'/g)].map((found) => found[1] ?? ''));
    // The command-line tool shows the name of the app, the shell what is around the page; everything
    // else is for the screens.
    const others = new Set(['app-name']);
    const unused = [...english.keys()].filter((key) => {
      const id = key.split('.')[0] ?? key;
      const used = named.has(id) || named.has(key) || made.some((start) => start && id.startsWith(start));
      return !used && !others.has(id) && !id.startsWith('shell-');
    });
    expect(unused).toEqual([]);
  });

  it('chooses the nearest language', () => {
    expect(nearestLanguage(['ru-KZ', 'en'])).toBe('ru');
    expect(nearestLanguage(['ky', 'ru'])).toBe('ru');
    expect(nearestLanguage(['ky'])).toBe('en');
  });

  it('counts in Russian as Russians do', () => {
    const files = (count: number) => lookUp('ru', 'files', { count });
    expect([1, 2, 5, 11, 21, 22, 25].map(files)).toEqual([
      '1 файл', '2 файла', '5 файлов', '11 файлов', '21 файл', '22 файла', '25 файлов',
    ]);
  });
});

describe('under another name', () => {
  const telling = /vault|coalition|report|panic|destroy|holdfast|хранилищ|коалици|сообщени|паник|уничтож|заставят/i;
  const values = { position: 1, step: 1, steps: 4, from: 1, to: 6, number: 1, clock: '1:30', seconds: 2 };

  it.each(languages)('the words for it do not tell in %s', (language) => {
    const disguised = [...english.keys()].filter((key) => key.includes('.disguised'));
    expect(disguised.length).toBeGreaterThan(20);
    for (const key of disguised) expect(lookUp(language, key), key).not.toMatch(telling);
  });

  it.each(languages)('no question of a new vault tells in %s', (language) => {
    const asked = sources(join(import.meta.dirname, '../vault')).join('\n');
    const plain = [...asked.matchAll(/\bt\(\s*'([a-z0-9_.-]+)'/g)].map((found) => found[1] ?? '');
    expect(plain.length).toBeGreaterThan(30);
    for (const key of plain) expect(lookUp(language, key, values), key).not.toMatch(telling);
    for (const [, key = ''] of asked.matchAll(/\bdiscreet\(\s*'([a-z-]+)'/g)) expect(english.has(`${key}.disguised`), key).toBe(true);
  });
});

describe('the fault table', () => {
  it.each(languages)('says in %s what happened and what to do', (language) => {
    for (const key of Object.values(faultMessage)) {
      expect(lookUp(language, key, { least: 10, most: '64 GB', position: 7 }), key).toBeTruthy();
      expect(lookUp(language, `${key}.next`, { least: 10, most: '64 GB', position: 7 }), key).toBeTruthy();
    }
  });

  it('keeps the codes and the messages in step', () => {
    for (const [code, key] of Object.entries(faultMessage)) expect(key).toBe(`fault-${code.replaceAll('_', '-')}`);
  });

  it('takes anything unknown for an inner fault', () => {
    const known: Fault = { code: 'disk_full' };
    expect(toFault(known)).toEqual(known);
    for (const odd of [null, 'text', new Error('x'), { code: 'nonsense' }, { code: 7 }]) {
      expect(toFault(odd)).toEqual({ code: 'internal' });
    }
  });
});
