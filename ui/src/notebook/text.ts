/** A note as a person sees it: its first line is the title, the rest is the note. Pure. */
import type { PageView } from '$src/lib/bindings';

/** The first line, and what stands under it. */
export function split(text: string): { title: string; body: string } {
  const at = text.indexOf('\n');
  return at === -1 ? { title: text, body: '' } : { title: text.slice(0, at), body: text.slice(at + 1) };
}

export function join(title: string, body: string): string {
  return body === '' ? title : `${title}\n${body}`;
}

/** What a list shows: the first line with words in it, and the one after. */
export function lines(text: string): { title: string; under: string } {
  const [title = '', under = ''] = text.split('\n').map((line) => line.trim()).filter(Boolean);
  return { title, under };
}

/** The first words, up to so many letters. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = text.lastIndexOf(' ', most);
  return `${text.slice(0, end > 0 ? end : most).replace(/[\s,.:;–—-]+$/, '')}…`;
}

/** Notes that have every word, newest first. */
export function find(notes: readonly PageView[], query: string): PageView[] {
  const wanted = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return notes
    .filter(({ text }) => {
      const low = text.toLocaleLowerCase();
      return wanted.every((word) => low.includes(word));
    })
    .sort((a, b) => b.changed_at - a.changed_at || b.note - a.note);
}

export type Age = 'today' | 'yesterday' | 'week' | 'before';

/** Under which heading a note stands. */
export function ageOf(at: number, now: number): Age {
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  const days = (back: number) => new Date(midnight.getFullYear(), midnight.getMonth(), midnight.getDate() - back).getTime();
  if (at >= days(0)) return 'today';
  if (at >= days(1)) return 'yesterday';
  return at >= days(6) ? 'week' : 'before';
}
