/** What stands open, and what a lock or a panic leaves of it. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AppState, Phase } from '$src/lib/bindings';
import { words } from '$src/words/words.svelte';
import { discreet, session } from './session.svelte';

const call = vi.hoisted(() => {
  vi.stubGlobal('navigator', { languages: ['en'] });
  return vi.fn();
});
vi.mock('$shell', () => ({ call, onLocked: vi.fn() }));

const state = (phase: Phase, language = ''): AppState => ({
  phase, role: null, coalition: null, wait_seconds: 0, check_in_by: null, recovering: null, destroyed: null, spare_mended: false,
  look: { name: 'notes', language: 'ru', vaults: [], chosen: 1 },
  settings: {
    language, auto_lock_minutes: 5, cover: 'calculator', hide_on_blur: false, slow_tries: false, wipe_after_tries: 0,
    check_in_hours: 0, thin: { what: null, after_days: 0 },
  },
});

beforeEach(() => {
  vi.useFakeTimers();
  session.app = null;
  call.mockImplementation((name: string) => Promise.resolve(name === 'lock' ? state('locked') : null));
});
afterEach(() => {
  vi.useRealTimers();
  call.mockReset();
});

it('keeps what is written before it locks', async () => {
  const order: string[] = [];
  const withdraw = session.beforeLock(async () => {
    await Promise.resolve();
    order.push('kept');
  });
  call.mockImplementation((name: string) => {
    order.push(name);
    return Promise.resolve(state('locked'));
  });
  await session.lock();
  withdraw();
  expect(order).toEqual(['kept', 'lock']);
});

it('locks all the same when the disk hangs', async () => {
  const withdraw = session.beforeLock(() => new Promise(() => undefined));
  session.adopt(state('open'));
  const locking = session.lock();
  await vi.advanceTimersByTimeAsync(2900);
  expect(session.app?.phase).toBe('open');
  await vi.advanceTimersByTimeAsync(200);
  await locking;
  withdraw();
  expect(session.app?.phase).toBe('locked');
});

it('counts openings, not answers', () => {
  const before = session.openings;
  session.adopt(state('locked'));
  session.adopt(state('open'));
  session.adopt(state('open'));
  session.adopt(state('locked'));
  session.adopt(state('notebook'));
  expect(session.openings).toBe(before + 2);
});

it('speaks the language of the look until a vault has its own, and a notebook goes on in it', () => {
  session.adopt(state('locked'));
  expect(words.chosen).toBe('ru');
  session.adopt(state('notebook'));
  expect(words.chosen).toBe('ru');
  session.adopt(state('locked'));
  session.adopt(state('open', 'en'));
  expect(words.chosen).toBe('en');
});

it('knows its name while the state is not known', async () => {
  session.adopt(state('open'));
  call.mockImplementation((name: string) => (name === 'panic' ? new Promise(() => undefined) : Promise.resolve(state('no_vault'))));
  void session.panic();
  expect(session.app).toBeNull();
  expect(session.name).toBe('notes');
});

it('is busy as long as somebody says so', () => {
  const withdraw = session.whileBusy(() => true);
  expect(session.busy).toBe(true);
  withdraw();
  expect(session.busy).toBe(false);
});

it('takes nothing up that was opened before a lock', async () => {
  let opened: (state: AppState) => void = () => undefined;
  session.adopt(state('locked'));
  const opening = session.open(() => new Promise((done) => (opened = done)));
  expect(session.opening).toBe(true);
  const locking = session.lock();
  opened(state('open'));
  await opening;
  expect(session.app?.phase).toBe('locked');
  expect(session.opening).toBe(false);
  await locking;
  expect(session.app?.phase).toBe('locked');
});

it('says what a panic did until it was read, and says the next one again', async () => {
  const gone = { ...state('no_vault'), destroyed: { keys_gone: true, all_gone: true } };
  session.adopt(gone);
  expect(session.app?.destroyed).not.toBeNull();
  session.forgetPanic();
  expect(session.app?.destroyed).toBeNull();
  expect(call).toHaveBeenLastCalledWith('forget_panic');
  call.mockResolvedValue(gone);
  await session.panic();
  expect(session.app?.destroyed).not.toBeNull();
});

it('remembers the vault from which somebody asked for another', async () => {
  session.adopt({ ...state('locked'), look: { ...state('locked').look, chosen: 2 } });
  call.mockResolvedValue({ ...state('no_vault'), look: { ...state('no_vault').look, chosen: 3 } });
  await session.add('');
  expect(session.came).toBe(2);
});

it('asks in other words under another name', () => {
  session.adopt(state('no_vault'));
  words.chosen = 'en';
  expect([discreet('make-vault'), discreet('role-desk.hint')]).toEqual(['Begin', 'I set it up for a group.']);
  session.name = 'holdfast';
  expect([discreet('make-vault'), discreet('role-desk.hint')]).toEqual(['Make the vault', 'I do it for a coalition that helps people.']);
});

it('tells of a vault under another name only while it is open', () => {
  session.adopt(state('locked'));
  expect(session.disguised).toBe(true);
  session.adopt(state('notebook'));
  expect(session.disguised).toBe(true);
  session.adopt(state('open'));
  expect(session.disguised).toBe(false);
  session.adopt({ ...state('locked'), look: { ...state('locked').look, name: 'holdfast' } });
  expect(session.disguised).toBe(false);
});
