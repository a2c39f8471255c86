/** The list of words is the same for as long as the app runs; it is asked for once. */
import { call } from '$shell';

let known: Promise<readonly string[]> | null = null;

export function loadWordList(): Promise<readonly string[]> {
  known ??= call('word_list').then(({ words }) => words);
  known.catch(() => (known = null));
  return known;
}
