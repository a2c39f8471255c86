/** The steps of making a vault, and the words that are drawn for it. */
import { beforeEach, expect, it, vi } from 'vitest';
import { Making } from './making.svelte';

const call = vi.hoisted(() => vi.fn());
vi.mock('$shell', () => ({ call }));

/** An app that draws words, and may forget them. */
function app() {
  const state = { drawn: 0, forgets: false };
  call.mockImplementation((name: string, args: { typed: { position: number; word: string }[] }) => {
    if (name === 'new_words') {
      state.drawn += 1;
      state.forgets = false;
      return Promise.resolve({ words: Array.from({ length: 24 }, (_, at) => `w${String(state.drawn)}-${String(at + 1)}`), asked: [3, 11] });
    }
    if (state.forgets) return Promise.reject({ code: 'words_not_confirmed' });
    const wrong = args.typed.find(({ position, word }) => word !== `w${String(state.drawn)}-${String(position)}`);
    return wrong ? Promise.reject({ code: 'word_differs', params: { position: wrong.position } }) : Promise.resolve(null);
  });
  return state;
}

async function shown() {
  const state = app();
  const making = new Making();
  making.role = 'reporter';
  making.go('words');
  await making.show();
  return { state, making };
}

beforeEach(() => void call.mockReset());

it('goes through its questions and back', async () => {
  const { making } = await shown();
  expect(making.steps).toEqual(['role', 'words', 'confirm', 'passphrase']);
  making.back();
  expect(making.step).toBe('role');
  making.role = 'desk';
  expect(making.steps).toContain('coalition');
});

it('draws the words once: a cover hides them, and the paper stays good', async () => {
  const { state, making } = await shown();
  const words = making.drawn?.words;
  making.hide();
  expect(making.shown).toBe(false);
  await making.show();
  expect(making.drawn?.words).toEqual(words);
  expect(state.drawn).toBe(1);
  expect(making.forgotten).toBe(false);
});

it('asks again only for the word that was wrong', async () => {
  const { making } = await shown();
  making.go('confirm');
  making.typed = { 3: 'w1-3', 11: 'other' };
  await making.confirm();
  expect(making.fault?.code).toBe('word_differs');
  making.look(11);
  expect([making.step, making.compare]).toEqual(['words', 11]);
  making.compared();
  expect(making.step).toBe('confirm');
  expect(making.typed).toEqual({ 3: 'w1-3', 11: '' });
  making.typed[11] = 'w1-11';
  await making.confirm();
  expect(making.step).toBe('passphrase');
  expect(making.drawn).toBeNull();
  making.back();
  expect(making.step).toBe('role');
});

it('draws others, and says so, when the app has forgotten the ones on paper', async () => {
  const { state, making } = await shown();
  state.forgets = true;
  making.go('confirm');
  making.typed = { 3: 'w1-3', 11: 'w1-11' };
  await making.confirm();
  expect([making.step, making.shown, making.forgotten]).toEqual(['words', false, true]);
  await making.show();
  expect(making.drawn?.words[0]).toBe('w2-1');
  making.go('confirm');
  expect(making.typed).toEqual({});
  making.typed = { 3: 'w2-3', 11: 'w2-11' };
  await making.confirm();
  expect([making.step, making.forgotten]).toEqual(['passphrase', false]);
});

it('is told when the vault itself cannot be made for want of words', async () => {
  const { making } = await shown();
  making.typed = { 3: 'w1-3', 11: 'w1-11' };
  await making.confirm();
  making.failed({ code: 'words_not_confirmed' });
  expect([making.step, making.forgotten, making.confirmed]).toEqual(['words', true, false]);
});

it('keeps nothing when it ends', async () => {
  const { making } = await shown();
  making.typed = { 3: 'x' };
  making.end();
  expect([making.step, making.drawn, making.shown]).toEqual(['welcome', null, false]);
  expect(making.typed).toEqual({});
});
