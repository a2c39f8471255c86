/** Notes while they are written, deleted and taken back. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PageView } from '$src/lib/bindings';
import { Notes } from './notes.svelte';
import { ageOf, cut, find, join, lines, split } from './text';

const call = vi.hoisted(() => vi.fn());
vi.mock('$shell', () => ({ call }));

/** A notebook that keeps what it is given, and can be made to fail. */
function notebook(texts: string[] = []) {
  const kept = new Map<number, PageView>(texts.map((text, at) => [at + 1, { note: at + 1, text, changed_at: 1000 + at }]));
  const asked: string[] = [];
  const state = { fails: false, next: texts.length + 1, clock: 5000 };
  call.mockImplementation((name: string, args: { note: number | null; text: string }) => {
    asked.push(name);
    if (state.fails) return Promise.reject({ code: 'disk_full' });
    if (name === 'notes') return Promise.resolve([...kept.values()]);
    if (name === 'delete_note') return Promise.resolve(kept.delete(args.note ?? 0) && null);
    const view = { note: args.note ?? state.next++, text: args.text, changed_at: ++state.clock };
    kept.set(view.note, view);
    return Promise.resolve(view);
  });
  return { kept, asked, state, texts: () => [...kept.values()].map((one) => one.text) };
}

async function opened(texts: string[] = []) {
  const disk = notebook(texts);
  const notes = new Notes();
  await notes.load();
  return { disk, notes };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  call.mockReset();
});

describe('a note', () => {
  it('is kept a moment after the last touch', async () => {
    const { disk, notes } = await opened();
    notes.begin();
    notes.page?.write('Milk');
    await vi.advanceTimersByTimeAsync(399);
    expect(disk.texts()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(disk.texts()).toEqual(['Milk']);
    notes.page?.write('Milk\nBread');
    await vi.advanceTimersByTimeAsync(400);
    expect(disk.texts()).toEqual(['Milk\nBread']);
  });

  it('is one note, however fast it is written', async () => {
    const { disk, notes } = await opened();
    notes.begin();
    for (const text of ['a', 'ab', 'abc']) {
      notes.page?.write(text);
      void notes.page?.flush();
    }
    await vi.runAllTimersAsync();
    expect(disk.texts()).toEqual(['abc']);
  });

  it('is kept when another is opened at once', async () => {
    const { disk, notes } = await opened(['Old']);
    notes.begin();
    notes.page?.write('New');
    notes.open(notes.all[0] as PageView);
    await vi.runAllTimersAsync();
    expect(disk.texts()).toEqual(['Old', 'New']);
  });

  it('without words is not kept, and an emptied one goes', async () => {
    const { disk, notes } = await opened(['Old']);
    notes.begin();
    notes.page?.write('  \n ');
    notes.close();
    await vi.runAllTimersAsync();
    expect(disk.texts()).toEqual(['Old']);
    notes.open(notes.all[0] as PageView);
    notes.page?.write('');
    notes.close();
    await vi.runAllTimersAsync();
    expect(disk.texts()).toEqual([]);
  });

  it('says when it could not be kept, and keeps it at the next try', async () => {
    const { disk, notes } = await opened();
    notes.begin();
    disk.state.fails = true;
    notes.page?.write('Milk');
    await vi.advanceTimersByTimeAsync(400);
    expect(notes.page?.failed).toBe(true);
    disk.state.fails = false;
    await notes.page?.flush();
    expect(notes.page?.failed).toBe(false);
    expect(disk.texts()).toEqual(['Milk']);
  });
});

describe('deleting', () => {
  it('can be taken back, with the words as they were', async () => {
    const { disk, notes } = await opened(['Soup\nbeets']);
    notes.open(notes.all[0] as PageView);
    await notes.remove();
    expect(notes.found).toEqual([]);
    expect(notes.going?.text).toBe('Soup\nbeets');
    await vi.advanceTimersByTimeAsync(5000);
    notes.undo();
    await vi.runAllTimersAsync();
    expect(disk.texts()).toEqual(['Soup\nbeets']);
    expect(notes.page?.text).toBe('Soup\nbeets');
    expect(disk.asked).not.toContain('delete_note');
  });

  it('is carried out after a moment, and what was just typed does not bring it back', async () => {
    const { disk, notes } = await opened(['Soup']);
    notes.open(notes.all[0] as PageView);
    notes.page?.write('Soup and');
    await notes.remove();
    await vi.advanceTimersByTimeAsync(6000);
    expect(disk.texts()).toEqual([]);
    expect(notes.going).toBeNull();
  });

  it('takes the note off the list before the page is bare, and what is still saved does not bring it back', async () => {
    const { disk, notes } = await opened(['Soup', 'Bread']);
    const [newest] = notes.found as [PageView];
    notes.open(newest);
    notes.page?.write('Bread and butter');
    const removing = notes.remove();
    // As the page beside the list does: the newest of what is left is opened at once.
    expect(notes.page).toBeNull();
    expect(notes.found.map(({ text }) => text)).toEqual(['Soup']);
    notes.open(notes.found[0] as PageView);
    await removing;
    expect(notes.page?.text).toBe('Soup');
    expect(notes.found.map(({ text }) => text)).toEqual(['Soup']);
    notes.page?.write('Soup, twice');
    await vi.advanceTimersByTimeAsync(6000);
    expect(disk.texts()).toEqual(['Soup, twice']);
  });

  it('of a note that was never kept can be taken back too', async () => {
    const { disk, notes } = await opened();
    notes.begin();
    notes.page?.write('Salt');
    await notes.remove();
    expect(notes.found).toEqual([]);
    notes.undo();
    expect(notes.page?.text).toBe('Salt');
    expect(disk.texts()).toEqual(['Salt']);
  });

  it('is carried out at once by a lock, and by the next deletion', async () => {
    const { disk, notes } = await opened(['One', 'Two']);
    notes.open(notes.all[0] as PageView);
    await notes.remove();
    notes.open(notes.all[0] as PageView);
    await notes.remove();
    expect(disk.texts()).toEqual(['Two']);
    await notes.flush();
    expect(disk.texts()).toEqual([]);
  });
});

it('keeps everything before a lock', async () => {
  const { disk, notes } = await opened();
  notes.begin();
  notes.page?.write('half a sen');
  await notes.flush();
  expect(disk.texts()).toEqual(['half a sen']);
});

describe('the text', () => {
  it.each(['', 'title', 'title\nbody', '\nbody only', 'title\n\nbody\n'])('%j comes back from its two parts', (text) => {
    const { title, body } = split(text);
    expect(join(title, body)).toBe(text);
  });

  it('is listed by its first words', () => {
    expect(lines('\n  Soup \n\n beets\nwater')).toEqual({ title: 'Soup', under: 'beets' });
    expect(lines('')).toEqual({ title: '', under: '' });
  });

  it('is cut at a word', () => {
    expect(cut('Milk', 8)).toBe('Milk');
    expect(cut('Веранда больше не течет, тьфу-тьфу', 24)).toBe('Веранда больше не течет…');
    expect(cut('Rindfleischetikettierung', 8)).toBe('Rindflei…');
  });

  it('is found by all of the words, newest first', () => {
    const notes = ['Борщ: свёкла', 'борщ и хлеб', 'хлеб'].map((text, note) => ({ note, text, changed_at: note }));
    expect(find(notes, ' БОРЩ ').map((one) => one.note)).toEqual([1, 0]);
    expect(find(notes, 'хлеб борщ').map((one) => one.note)).toEqual([1]);
    expect(find(notes, '').map((one) => one.note)).toEqual([2, 1, 0]);
  });

  it('stands under its day', () => {
    const now = new Date(2026, 10, 22, 0, 30).getTime();
    const at = (...parts: [number, number, number, number]) => ageOf(new Date(parts[0], parts[1], parts[2], parts[3]).getTime(), now);
    expect(at(2026, 10, 22, 0)).toBe('today');
    expect(at(2026, 10, 21, 23)).toBe('yesterday');
    expect(at(2026, 10, 16, 1)).toBe('week');
    expect(at(2026, 10, 15, 23)).toBe('before');
  });
});
