/**
 * Seals what passes between the page and the program, so that the web view's library in between, which
 * erases nothing, is given ciphertext. `src-tauri/src/passage.rs` is the other side and says how.
 */
import { invoke } from '@tauri-apps/api/core';

const info = new TextEncoder().encode('holdfast/window/1');
const nonceLength = 12;

interface Passage {
  /** This page's public key, by which the program knows it. */
  page: Uint8Array<ArrayBuffer>;
  outward: CryptoKey;
  inward: CryptoKey;
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const x25519 = { name: 'X25519' };

/** WebKitGTK 2.50 fails to make one key in some hundred, and makes the next. */
async function makeKeys(): Promise<CryptoKeyPair> {
  for (let triesLeft = 8; ; triesLeft -= 1) {
    try {
      return (await crypto.subtle.generateKey(x25519, false, ['deriveBits'])) as CryptoKeyPair;
    } catch (reason) {
      if (triesLeft === 0) throw reason;
    }
  }
}

async function agree(): Promise<Passage> {
  const { subtle } = crypto;
  const own = await makeKeys();
  const page = new Uint8Array(await subtle.exportKey('raw', own.publicKey));
  const program = new Uint8Array(await invoke<ArrayBuffer>('greet', page));
  const theirs = await subtle.importKey('raw', program, x25519, false, []);
  const shared = await subtle.deriveBits({ ...x25519, public: theirs }, own.privateKey, 256);
  const source = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveBits']);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array() };
  const keys = await subtle.deriveBits({ ...hkdf, info: joined(info, page, program) }, source, 512);
  const key = (from: number, use: KeyUsage) =>
    subtle.importKey('raw', keys.slice(from, from + 32), 'AES-GCM', false, [use]);
  return { page, outward: await key(0, 'encrypt'), inward: await key(32, 'decrypt') };
}

let agreed: Promise<Passage> | undefined;

/** What was agreed; where that failed it is tried anew at the next call. */
function passage(): Promise<Passage> {
  agreed ??= agree().catch((reason: unknown) => {
    agreed = undefined;
    throw reason;
  });
  return agreed;
}

/** Seals for the program. */
export async function seal(said: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { page, outward } = await passage();
  const iv = crypto.getRandomValues(new Uint8Array(nonceLength));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, outward, said);
  return joined(page, iv, new Uint8Array(sealed));
}

/** Opens what the program sealed. */
export async function open(sealed: ArrayBuffer): Promise<ArrayBuffer> {
  const { inward } = await passage();
  const iv = sealed.slice(0, nonceLength);
  return crypto.subtle.decrypt({ name: 'AES-GCM', iv }, inward, sealed.slice(nonceLength));
}
