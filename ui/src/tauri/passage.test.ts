/** What passes between page and program, when the web view fails to make a key. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const invoke = vi.hoisted(() => vi.fn());
vi.mock('@tauri-apps/api/core', () => ({ invoke }));

const generateKey = crypto.subtle.generateKey.bind(crypto.subtle) as (...args: unknown[]) => Promise<CryptoKeyPair>;

beforeEach(() => {
  vi.resetModules();
  invoke.mockImplementation(async () => {
    const program = await generateKey({ name: 'X25519' }, false, ['deriveBits']);
    return crypto.subtle.exportKey('raw', program.publicKey);
  });
});
afterEach(() => vi.restoreAllMocks());

/** Makes the web view fail so many times, and then as it does. */
function failing(times: number) {
  let failed = 0;
  return vi.spyOn(crypto.subtle, 'generateKey').mockImplementation(((...args: unknown[]) => {
    failed += 1;
    return failed > times ? generateKey(...args) : Promise.reject(new DOMException('', 'OperationError'));
  }) as never);
}

it('seals all the same when a key could not be made at first', async () => {
  failing(3);
  const { seal } = await import('./passage');
  const said = new TextEncoder().encode('said');
  // The page's key, a nonce, the text and its tag.
  expect((await seal(said)).length).toBe(32 + 12 + said.length + 16);
});

it('gives up where none can be made, and tries anew at the next call', async () => {
  const spy = failing(9);
  const { seal } = await import('./passage');
  await expect(seal(new Uint8Array(1))).rejects.toThrow();
  expect(spy).toHaveBeenCalledTimes(9);
  await expect(seal(new Uint8Array(1))).resolves.toBeDefined();
});
