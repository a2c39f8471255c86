/** Recovery words as people type them. */
import { describe, expect, it } from 'vitest';
import standard from '../../gallery/words.txt?raw';
import { lettersOf, readAloud } from './cyrillic';
import { byKeys, firstUnknown, inSixes, settle, splitWords, suggest } from './wordlist';

const list = standard.trim().split('\n');

describe('words being typed', () => {
  it('offers nothing before two letters, and few afterwards', () => {
    expect(suggest(list, 'a')).toEqual([]);
    expect(suggest(list, 'ab')).toEqual(['abandon', 'ability', 'able', 'about', 'above', 'absent']);
    expect(suggest(list, ' GiR')).toEqual(['giraffe', 'girl']);
    expect(suggest(list, 'zzz')).toEqual([]);
  });

  it('understands a keyboard that stands on Cyrillic', () => {
    expect(byKeys('фифтвщт')).toBe('abandon');
    expect(suggest(list, 'фиф')).toContain('abandon');
    expect(settle(list, 'фифтвщт')).toBe('abandon');
  });

  it('understands a word typed as it is read', () => {
    expect(suggest(list, 'жир')).toContain('giraffe');
    expect(settle(list, 'абандон')).toBe('abandon');
  });

  it('settles every word of the list by its first four letters, and on nothing less', () => {
    for (const word of list) {
      expect(settle(list, word)).toBe(word);
      if (word.length >= 4) expect(settle(list, word.slice(0, 4))).not.toBeNull();
    }
    expect(settle(list, 'aba')).toBeNull();
    expect(settle(list, 'blorp')).toBeNull();
    // A whole word may be the beginning of another.
    expect(settle(list, 'act')).toBe('act');
    expect(settle(list, '')).toBeNull();
  });

  it('takes the words out of a paper, without its numbers', () => {
    expect(splitWords('1. abstract\n2) cover,  3\u00a0giraffe')).toEqual(['abstract', 'cover', 'giraffe']);
    expect(splitWords('  ')).toEqual([]);
  });

  it('names the first place with something that is no word', () => {
    expect(firstUnknown(list, ['abandon', 'blorp', 'zzz'])).toBe(2);
    expect(firstUnknown(list, ['abandon', 'able'])).toBeNull();
  });

  it('puts them in groups of six with their numbers', () => {
    const groups = inSixes(list.slice(0, 24));
    expect(groups.map((six) => six.map(({ position }) => position))).toEqual([
      [1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12], [13, 14, 15, 16, 17, 18], [19, 20, 21, 22, 23, 24],
    ]);
    expect(groups[3]?.[5]).toEqual({ position: 24, word: list[23] });
  });
});

describe('the reading aid', () => {
  it.each([
    ['abandon', 'абандон'],
    ['ship', 'шип'],
    ['kitchen', 'кичен'],
    ['phone', 'фоун'],
    ['knife', 'найф'],
    ['queen', 'квин'],
    ['light', 'лайт'],
    ['cake', 'кейк'],
    ['picture', 'пикчер'],
    ['station', 'стейшн'],
    ['village', 'вилидж'],
    ['wood', 'вуд'],
    ['bird', 'бёрд'],
    ['enough', 'инаф'],
  ])('%s is about %s', (word, read) => expect(readAloud(word)).toBe(read));

  it('leaves no Latin letter in any word of the list', () => {
    for (const word of list) expect(readAloud(word), word).toMatch(/^[а-яё]+$/);
  });

  it('names every letter', () => {
    expect(lettersOf('why')).toEqual([
      { letter: 'w', name: 'дубль-вэ' },
      { letter: 'h', name: 'аш' },
      { letter: 'y', name: 'игрек' },
    ]);
    for (const { letter, name } of lettersOf('abcdefghijklmnopqrstuvwxyz')) expect(name, letter).toMatch(/^[а-яё-]+$/);
  });
});
