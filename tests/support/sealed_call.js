// Asks the program what `arguments[0]` says, as src-tauri/src/passage.rs has it: written from that
// description and not from the page's own code.
const done = arguments[arguments.length - 1];
const { invoke } = window.__TAURI_INTERNALS__;
const { subtle } = crypto;
const bytes = (...parts) => new Blob(parts).arrayBuffer();

async function agree() {
  // The web view fails to make one key in some hundred.
  const make = () => subtle.generateKey('X25519', false, ['deriveBits']);
  const own = await make().catch(make).catch(make);
  const page = await subtle.exportKey('raw', own.publicKey);
  const program = await invoke('greet', new Uint8Array(page));
  const theirs = await subtle.importKey('raw', program, 'X25519', false, []);
  const shared = await subtle.deriveBits({ name: 'X25519', public: theirs }, own.privateKey, 256);
  const from = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey', 'deriveBits']);
  const info = await bytes('holdfast/window/1', page, program);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info };
  const keys = await subtle.deriveBits(hkdf, from, 512);
  const key = (half) => subtle.importKey('raw', half, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { page, outward: await key(keys.slice(0, 32)), inward: await key(keys.slice(32)) };
}

async function call(asked) {
  const { page, outward, inward } = await (window.passageOfTests ??= agree());
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const said = new TextEncoder().encode(JSON.stringify(asked));
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv }, outward, said);
  const message = new Uint8Array(await bytes(page, iv, sealed));
  window.lastMessage = Array.from(message);
  const answer = await invoke('call', message);
  const opened = await subtle.decrypt(
    { name: 'AES-GCM', iv: answer.slice(0, 12) },
    inward,
    answer.slice(12),
  );
  return JSON.parse(new TextDecoder().decode(opened));
}

call(arguments[0]).then(done, (fault) => done({ Err: fault }));
