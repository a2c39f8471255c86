/** What a pasted key does to the sheet, against a shell that answers when the test says. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Fault, KeyRead } from '$src/lib/bindings';
import { Sealing } from './sealing.svelte';

const shell = vi.hoisted(() => ({ call: vi.fn(), sealCopy: vi.fn() }));
vi.mock('$shell', () => shell);

const evidence = { report: '01', object: '02' };
const secret = 'AGE-SECRET-KEY-1QQQ';

/** Answers for each key asked about, in whatever order the test wants. */
function answers() {
  const asked: { key: string; ok: (read: KeyRead) => void; no: (fault: Fault) => void }[] = [];
  shell.call.mockImplementation(
    (_name: string, { key }: { key: string }) => new Promise((ok, no) => asked.push({ key, ok, no })),
  );
  return asked;
}

const rest = () => vi.advanceTimersByTimeAsync(300);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  shell.call.mockReset();
  shell.sealCopy.mockReset();
});

it('looks at a key once the typing rests, and never at an empty field', async () => {
  const asked = answers();
  const sealing = new Sealing(evidence);
  sealing.type('age');
  sealing.type('age1');
  sealing.type('age1q');
  await rest();
  expect(asked.map((one) => one.key)).toEqual(['age1q']);
  asked[0]?.no({ code: 'key_mistyped' });
  await rest();
  expect(sealing.fault).toEqual({ code: 'key_mistyped' });

  sealing.type(' \n');
  await rest();
  expect(asked).toHaveLength(1);
  expect(sealing.fault).toBeNull();
});

it('tells of the key that stands there, not of one before it', async () => {
  const asked = answers();
  const sealing = new Sealing(evidence);
  sealing.type('hybrid');
  await rest();
  sealing.type('ordinary');
  await rest();
  asked[1]?.ok({ key: 'age1o', hybrid: false });
  asked[0]?.ok({ key: 'age1pq1h', hybrid: true });
  await rest();
  expect(sealing.key).toEqual({ key: 'age1o', hybrid: false });

  // Once it is touched it is not that key any more.
  sealing.type('ordinary and more');
  expect(sealing.key).toBeNull();
  await sealing.save();
  expect(shell.sealCopy).not.toHaveBeenCalled();
});

it('neither shows nor keeps a secret key', async () => {
  const asked = answers();
  const sealing = new Sealing(evidence);
  sealing.type(secret);
  await rest();
  asked[0]?.no({ code: 'key_secret' });
  await rest();
  expect(sealing.fault).toEqual({ code: 'key_secret' });
  expect(JSON.stringify({ ...sealing, typed: sealing.typed, key: sealing.key })).not.toContain(secret);
  expect(sealing.typed).toBe('');
});

it('saves to the key that it read, and says so only when a place was chosen', async () => {
  const asked = answers();
  const sealing = new Sealing(evidence);
  sealing.type('Public key: age1o');
  await rest();
  const key = { key: 'age1o', hybrid: false };
  asked[0]?.ok(key);
  await rest();

  shell.sealCopy.mockResolvedValueOnce(false);
  await sealing.save();
  expect(sealing.saved).toBe(false);

  shell.sealCopy.mockRejectedValueOnce({ code: 'disk_full' });
  await sealing.save();
  expect([sealing.saved, sealing.fault, sealing.key]).toEqual([false, { code: 'disk_full' }, key]);

  shell.sealCopy.mockResolvedValueOnce(true);
  await sealing.save();
  expect([sealing.saved, sealing.fault]).toEqual([true, null]);
  expect(shell.sealCopy.mock.calls).toEqual(Array(3).fill([evidence, 'age1o']));
});
