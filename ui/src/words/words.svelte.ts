/**
 * The language in use and the words in it. `t` is reactive: a change of language redraws at once.
 */
import type { FluentVariable } from '@fluent/bundle';
import type { Fault } from '$src/lib/bindings';
import { lookUp, nearestLanguage, type LanguageCode } from './catalogue';
import { faultMessage } from './faults';
import { formatSize } from './format';

class Words {
  /** What the person chose; empty follows the device. */
  chosen = $state('');

  language: LanguageCode = $derived(nearestLanguage(this.chosen ? [this.chosen] : navigator.languages));
}

export const words = new Words();

/** The message for a key, in the language in use. */
export function t(key: string, values?: Record<string, FluentVariable>): string {
  return lookUp(words.language, key, values) ?? key;
}

/** Like `t`, for keys made from data: `null` when there are no words for it. */
export function maybe(key: string): string | null {
  return lookUp(words.language, key);
}

/** What happened, and what it means and what to do. Where it must not tell of a vault, in words that do not. */
export function faultWords(fault: Fault, disguised = false): { what: string; next: string | null } {
  const key = faultMessage[fault.code];
  const plain = disguised ? lookUp(words.language, `${key}.disguised`) : null;
  if (plain) return { what: plain, next: lookUp(words.language, `${key}.disguised-next`) };
  const values = 'params' in fault ? faultValues(fault) : {};
  return { what: t(key, values), next: lookUp(words.language, `${key}.next`, values) };
}

function faultValues(fault: Extract<Fault, { params: unknown }>): Record<string, FluentVariable> {
  switch (fault.code) {
    case 'passphrase_too_short':
      return { least: fault.params.least };
    case 'word_unknown':
    case 'word_differs':
      return { position: fault.params.position };
    case 'too_large':
      return { most: formatSize(fault.params.most, words.language) };
  }
}
