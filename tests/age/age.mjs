// Another implementation of age, and the vectors every implementation is held against, for tests in
// Rust: age-encryption, by age's author, shares no code with ours.
//
//   node age.mjs vectors                       one JSON object a line
//   node age.mjs keygen hybrid|x25519          the identity, then the recipient
//   node age.mjs encrypt RECIPIENT IN OUT
//   node age.mjs decrypt IDENTITY_FILE IN OUT

import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { inflateSync } from "node:zlib";

import * as age from "age-encryption";
import * as vectorFiles from "cctv-age";

/** What a vector may say of itself. One that says more asks for what we do not know of. */
const KNOWN_KEYS = new Set([
  "expect",
  "compressed",
  "payload",
  "identity",
  "passphrase",
  "armored",
  "file key",
  "comment",
]);

/** Reads a vector: lines of `key: value`, an empty line, the age file. */
function readVector(name, bytes) {
  const file = Buffer.from(bytes);
  const end = file.indexOf("\n\n");
  const lines = file.toString("utf8", 0, end).split("\n");
  const pairs = lines.map((line) => {
    const [key] = line.split(": ", 1);
    return [key, line.slice(key.length + 2)];
  });
  const values = (key) => pairs.filter(([own]) => own === key).map(([, value]) => value);
  const unknown = pairs.map(([key]) => key).filter((key) => !KNOWN_KEYS.has(key));
  const [compressed] = values("compressed");
  if (compressed !== undefined && compressed !== "zlib") unknown.push(`compressed: ${compressed}`);
  const body = file.subarray(end + 2);
  return {
    name,
    expect: values("expect")[0],
    payload: values("payload")[0] ?? null,
    identities: values("identity"),
    passphrase: values("passphrase").length > 0,
    armored: values("armored")[0] === "yes",
    unknown,
    file: (compressed === "zlib" ? inflateSync(body) : body).toString("base64"),
  };
}

function vectors() {
  for (const [name, bytes] of Object.entries(vectorFiles)) {
    console.log(JSON.stringify(readVector(name, bytes)));
  }
}

async function keygen(kind) {
  const makers = { hybrid: age.generateHybridIdentity, x25519: age.generateX25519Identity };
  const identity = await makers[kind]();
  console.log(identity);
  console.log(await age.identityToRecipient(identity));
}

async function encrypt(recipient, input, output) {
  const encrypter = new age.Encrypter();
  encrypter.addRecipient(recipient);
  await writeFile(output, await encrypter.encrypt(stream(input)));
}

async function decrypt(identityFile, input, output) {
  const decrypter = new age.Decrypter();
  const lines = (await readFile(identityFile, "utf8")).split("\n");
  for (const line of lines) {
    if (line !== "" && !line.startsWith("#")) decrypter.addIdentity(line);
  }
  await writeFile(output, await decrypter.decrypt(stream(input)));
}

function stream(path) {
  return Readable.toWeb(createReadStream(path));
}

const commands = { vectors, keygen, encrypt, decrypt };
const [name, ...args] = process.argv.slice(2);
await commands[name](...args);
