/**
 * Recovery words as they are typed: the list helps, keyboards that stand on Cyrillic are understood,
 * and whole papers may be pasted at once.
 */
import { readAloud } from './cyrillic';

export const wordsInAll = 24;
/** The standard's lists are made so that four letters tell their words apart. */
const tellingLetters = 4;
const leastToSuggest = 2;
const mostSuggested = 6;

const cyrillicKeys = 'йцукенгшщзфывапролдячсмить';
const latinKeys = 'qwertyuiopasdfghjklzxcvbnm';
const keys = new Map([...cyrillicKeys].map((key, at) => [key, latinKeys[at] ?? '']));

/** What was typed, as far as it can belong to a word. */
export function bare(typed: string): string {
  return typed.normalize('NFKC').toLowerCase().replace(/[^\p{Letter}]/gu, '');
}

/** The Latin letters on the keys that gave these Cyrillic ones. */
export function byKeys(typed: string): string {
  return [...bare(typed)].map((sign) => keys.get(sign) ?? sign).join('');
}

const isCyrillic = (typed: string) => /\p{Script=Cyrillic}/u.test(typed);

/** Words that begin like what was typed: by its letters, by its keys, or as it is read in Russian. */
export function suggest(list: readonly string[], typed: string): string[] {
  const letters = bare(typed);
  if (letters.length < leastToSuggest) return [];
  if (!isCyrillic(letters)) return list.filter((word) => word.startsWith(letters)).slice(0, mostSuggested);
  const latin = byKeys(letters);
  const read = list.filter((word) => readAloud(word).startsWith(letters));
  const pressed = list.filter((word) => word.startsWith(latin));
  return [...new Set([...read, ...pressed])].slice(0, mostSuggested);
}

/** The one word that what was typed can mean; `null` while there are several, or none. */
export function settle(list: readonly string[], typed: string): string | null {
  const letters = bare(typed);
  const latin = byKeys(letters);
  if (list.includes(latin)) return latin;
  if (isCyrillic(letters)) {
    const read = list.filter((word) => readAloud(word) === letters);
    if (read.length === 1) return read[0] ?? null;
  }
  if (letters.length < tellingLetters) return null;
  const meant = suggest(list, typed);
  return meant.length === 1 ? (meant[0] ?? null) : null;
}

/** The words of a pasted paper; its numbers and signs are left out. */
export function splitWords(text: string): string[] {
  return text.split(/[^\p{Letter}]+/u).filter(Boolean);
}

/** The first position whose word is not of the list; 1 is the first. `null` when all are. */
export function firstUnknown(list: readonly string[], words: readonly string[]): number | null {
  const at = words.findIndex((word) => !list.includes(word));
  return at < 0 ? null : at + 1;
}

/** Words in groups of six, each with its position; 1 is the first. */
export function inSixes(words: readonly string[]): { position: number; word: string }[][] {
  const placed = words.map((word, at) => ({ position: at + 1, word }));
  return Array.from({ length: Math.ceil(placed.length / 6) }, (_, at) => placed.slice(at * 6, at * 6 + 6));
}
