/** What lies over the page, and the way back from it. */
import { describe, expect, it, vi } from 'vitest';
import type { CoverView, NameView, Phase } from '$src/lib/bindings';
import { Cover } from './cover.svelte';
import { wayBack } from './wayBack.svelte';

const shell = vi.hoisted(() => ({
  word: '',
  call: vi.fn(),
  onLocked: vi.fn(),
  leaveWord: vi.fn(async (word: string) => void (shell.word = word)),
  leftWord: vi.fn(async () => shell.word),
}));
vi.mock('$shell', () => shell);
vi.stubGlobal('navigator', { languages: ['en'] });

/** A pretend app: locking takes a moment, and can fail. */
function app(stand: { phase?: Phase | null; name?: NameView; chosen?: CoverView; opening?: boolean } = {}) {
  const world = { phase: 'open' as Phase | null, name: 'holdfast' as NameView, opening: false, chosen: 'calculator' as CoverView, openings: 1, locks: 0, fails: false, ...stand };
  const stuck = {
    get phase() { return world.phase; },
    get name() { return world.name; },
    get chosen() { return world.chosen; },
    get openings() { return world.openings; },
    get opening() { return world.opening; },
    lock: async () => {
      world.locks += 1;
      await Promise.resolve();
      if (!world.fails) world.phase = 'locked';
    },
  };
  const unlock = (phase: Phase = 'open') => {
    world.phase = phase;
    world.openings += 1;
  };
  return { world, cover: new Cover(stuck), unlock, settled: () => new Promise((done) => setTimeout(done, 0)) };
}

describe('the calculator', () => {
  it('lies over the page at once, and the vault is locked behind it', async () => {
    const { world, cover, settled } = app();
    cover.press();
    expect(cover.shown).toBe('calculator');
    expect(world.locks).toBe(1);
    await settled();
    expect(world.phase).toBe('locked');
    expect(cover.shown).toBe('calculator');
  });

  it('gives way to the page that asks for the passphrase, and does not come back with the next opening', async () => {
    const { world, cover, unlock, settled } = app();
    cover.press();
    await settled();
    await cover.comeBack();
    expect(cover.shown).toBeNull();
    expect(world.phase).toBe('locked');
    unlock();
    expect(cover.shown).toBeNull();
  });

  it('stays when the lock has failed, and tries it again', async () => {
    const { world, cover, settled } = app();
    world.fails = true;
    cover.press();
    await settled();
    await cover.comeBack();
    expect(cover.shown).toBe('calculator');
    world.fails = false;
    await cover.comeBack();
    expect(cover.shown).toBeNull();
    expect(world.phase).toBe('locked');
  });

  it('covers a locked vault too', async () => {
    const { world, cover } = app({ phase: 'locked' });
    cover.press();
    expect(cover.shown).toBe('calculator');
    await cover.comeBack();
    expect(cover.shown).toBeNull();
    expect(world.locks).toBe(0);
  });
});

describe('the notebook', () => {
  it('leaves the vault open behind it, and locks before coming back', async () => {
    const { world, cover, settled } = app({ chosen: 'notebook' });
    cover.press();
    expect(cover.shown).toBe('notebook');
    expect(world.locks).toBe(0);
    cover.press();
    expect(cover.shown).toBe('notebook');
    await settled();
    expect(world.phase).toBe('locked');
    expect(cover.shown).toBeNull();
  });

  it('goes with an idle lock, and does not come back with the next opening', () => {
    const { world, cover, unlock } = app({ chosen: 'notebook' });
    cover.press();
    world.phase = 'locked';
    expect(cover.shown).toBeNull();
    unlock();
    expect(cover.shown).toBeNull();
  });
});

describe('an app called Calculator', () => {
  it('opens on one, and lets in who knows the key', async () => {
    const { cover, world, settled } = app({ phase: 'locked', name: 'calculator', chosen: 'calculator' });
    world.openings = 0;
    expect(cover.shown).toBe('calculator');
    cover.press();
    await settled();
    expect(cover.shown).toBeNull();
  });

  it('shows it again after every lock, an idle one too', async () => {
    const { cover, world, unlock } = app({ phase: 'locked', name: 'calculator' });
    await cover.comeBack();
    unlock();
    expect(cover.shown).toBeNull();
    world.phase = 'locked';
    expect(cover.shown).toBe('calculator');
  });

  it('shows it when nothing is left', () => {
    const { cover } = app({ phase: 'no_vault', name: 'calculator' });
    expect(cover.shown).toBe('calculator');
  });

  it('shows nothing before it knows where it stands', () => {
    expect(app({ phase: null, name: 'calculator' }).cover.shown).toBeNull();
  });
});

describe('a notebook that a second passphrase opened', () => {
  it('answers the key as a covered vault does: it locks, and nothing else is shown', async () => {
    const { cover, world, settled } = app({ phase: 'notebook', name: 'notes' });
    cover.press();
    expect(cover.shown).toBeNull();
    await settled();
    expect(world.phase).toBe('locked');
  });

  it('lies behind the calculator where the app is called so', async () => {
    const { cover, world, settled } = app({ phase: 'notebook', name: 'calculator' });
    cover.press();
    expect(cover.shown).toBe('calculator');
    await settled();
    expect(world.phase).toBe('locked');
  });
});

it('a page called Notes is its own cover once it is locked', () => {
  const { cover, world } = app({ phase: 'locked', name: 'notes' });
  cover.press();
  expect(cover.shown).toBeNull();
  expect(world.locks).toBe(0);
});

describe('while something is being opened', () => {
  it.each(['holdfast', 'notes', 'recipes'] as const)('the key locks: nothing opens behind it or in sight, as %s', (name) => {
    const { cover, world } = app({ phase: 'locked', name, opening: true });
    cover.press();
    expect(world.locks).toBe(1);
    expect(cover.shown).toBe(name === 'holdfast' ? 'calculator' : null);
  });

  it('and while a vault is being made', () => {
    const { cover, world } = app({ phase: 'no_vault', opening: true });
    cover.press();
    expect(world.locks).toBe(1);
    expect(cover.shown).toBe('calculator');
  });
});

it.each(['holdfast', 'notes', 'recipes'] as const)('covers the words, and starting again, whatever the app is called: %s', async (name) => {
  const { cover, world } = app({ phase: 'no_vault', name });
  cover.press();
  expect(cover.shown).toBe('calculator');
  expect(world.locks).toBe(0);
  await cover.comeBack();
  expect(cover.shown).toBeNull();
});

it('covers a panic that was made from elsewhere', () => {
  const { cover, world } = app({ chosen: 'notebook' });
  cover.press();
  world.phase = 'no_vault';
  expect(cover.shown).toBe('calculator');
});

it('covers a panic that was made under a cover', () => {
  const { cover, world } = app({ chosen: 'notebook' });
  cover.press();
  cover.lay();
  world.phase = 'no_vault';
  expect(cover.shown).toBe('calculator');
});

describe('the way back', () => {
  it('is said once, after the first cover over an open vault', () => {
    wayBack.recall(null);
    app({ phase: 'locked' }).cover.press();
    app({ phase: 'notebook' }).cover.press();
    expect(wayBack.due).toBe(false);
    app({ chosen: 'notebook' }).cover.press();
    expect(wayBack.due).toBe(true);
    wayBack.said();
    app().cover.press();
    expect(wayBack.due).toBe(false);
  });

  it('is still to be said when another page has taken the place of the covered one', async () => {
    shell.word = '';
    wayBack.recall(null);
    app({ chosen: 'notebook' }).cover.press();
    wayBack.recall(null);
    await app({ phase: 'locked' }).cover.recall();
    expect(wayBack.due).toBe(true);
    wayBack.said();
    await app({ phase: 'locked' }).cover.recall();
    app().cover.press();
    expect(wayBack.due).toBe(false);
  });
});

describe('the page after the one that somebody came back to', () => {
  it('asks for the passphrase, though the app opens on a calculator, until it is covered again', async () => {
    shell.word = '';
    const { cover } = app({ phase: 'locked', name: 'calculator' });
    expect(cover.shown).toBe('calculator');
    await cover.comeBack();
    const next = app({ phase: 'locked', name: 'calculator' });
    await next.cover.recall();
    expect(next.cover.shown).toBeNull();
    const third = app({ phase: 'locked', name: 'calculator' });
    await third.cover.recall();
    expect(third.cover.shown, 'a page and then the program were renewed').toBeNull();
    third.cover.press();
    const later = app({ phase: 'locked', name: 'calculator' });
    await later.cover.recall();
    expect(later.cover.shown).toBe('calculator');
  });

  it('shows the calculator again after a lock, when a vault was opened without another page in between', async () => {
    shell.word = '';
    const { cover, unlock } = app({ phase: 'locked', name: 'calculator' });
    await cover.comeBack();
    unlock();
    cover.opened();
    const next = app({ phase: 'locked', name: 'calculator' });
    await next.cover.recall();
    expect(next.cover.shown).toBe('calculator');
  });

  it('is told before nothing covers this one any more', async () => {
    const { cover } = app({ phase: 'locked', name: 'calculator' });
    shell.leaveWord.mockImplementationOnce(async () => {
      expect(cover.shown).toBe('calculator');
    });
    await cover.comeBack();
    expect(cover.shown).toBeNull();
    expect.assertions(2);
  });
});
