/** A draft is kept while it is written. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DraftView, Fault, Saved } from '$src/lib/bindings';
import { Draft } from './draft.svelte';

const call = vi.hoisted(() => vi.fn());
vi.mock('$shell', () => ({ call }));

const view = (): DraftView => ({
  report: '01', is_new: true, evidence: [], saved_at: null,
  fields: { narrative: '', language: null, kinds: [], when: null, place: null, affected: [], sources: [], urgent: false },
});

function answers() {
  const waiting: { name: string; text: string | undefined; ok: (saved: Saved) => void; no: (fault: Fault) => void }[] = [];
  call.mockImplementation(
    (name: string, args: { fields?: { narrative: string } }) =>
      new Promise((ok, no) => waiting.push({ name, text: args.fields?.narrative, ok, no })),
  );
  return waiting;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  call.mockReset();
});

it('says saved only after the answer, and only of the text that was answered for', async () => {
  const waiting = answers();
  const draft = new Draft(view(), []);
  draft.fields.narrative = 'one';
  draft.touch();
  expect(draft.save.kind).toBe('dirty');
  await vi.advanceTimersByTimeAsync(399);
  expect(waiting).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(draft.save.kind).toBe('saving');

  draft.fields.narrative = 'one two';
  draft.touch();
  waiting[0]?.ok({ saved_at: 5 });
  await vi.advanceTimersByTimeAsync(0);
  expect(draft.save.kind).not.toBe('saved');
  expect(waiting[1]?.text).toBe('one two');
  waiting[1]?.ok({ saved_at: 6 });
  await vi.advanceTimersByTimeAsync(0);
  expect(draft.save).toEqual({ kind: 'saved', at: 6 });
});

it('says when it could not be saved, keeps the text, and does not finish', async () => {
  const waiting = answers();
  const draft = new Draft(view(), []);
  draft.fields.narrative = 'one';
  draft.touch();
  const finishing = draft.finish();
  waiting[0]?.no({ code: 'disk_full' });
  await expect(finishing).rejects.toEqual({ code: 'disk_full' });
  expect(draft.save).toEqual({ kind: 'failed', fault: { code: 'disk_full' } });
  expect(draft.fields.narrative).toBe('one');
  expect(waiting).toHaveLength(1);
});

it('flushes at once when it is left, and keeps nothing of an empty page', async () => {
  const waiting = answers();
  const written = new Draft(view(), []);
  written.fields.narrative = 'one';
  written.touch();
  const leaving = written.leave(false);
  expect(waiting[0]?.name).toBe('save_draft');
  waiting[0]?.ok({ saved_at: 5 });
  await leaving;
  expect(waiting).toHaveLength(1);

  const emptied = new Draft(view(), []).leave(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(waiting[1]?.name).toBe('discard_draft');
  waiting[1]?.ok({ saved_at: 0 });
  await emptied;
});
