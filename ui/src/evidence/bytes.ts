/**
 * Reads a piece of evidence out of the vault in ranges.
 *
 * WebKitGTK plays no media from a custom scheme, so recordings are gathered into a blob in memory;
 * hence the limit.
 */
import type { Fault } from '$src/lib/bindings';

export const memoryLimit = 256 * 1024 * 1024;
/** The shell gives at most so much in one answer. */
export const atOnce = 4 * 1024 * 1024;

export class Unreadable extends Error {
  constructor(readonly fault: Fault) {
    super(fault.code);
  }
}

/** The bytes from `start` up to `end`, in pieces, telling how far it is. */
export async function readPieces(
  url: string,
  { start, end }: { start: number; end: number },
  signal: AbortSignal,
  progress: (done: number) => void = () => undefined,
): Promise<ArrayBuffer[]> {
  const pieces: ArrayBuffer[] = [];
  let at = start;
  while (at < end) {
    const last = Math.min(end, at + atOnce) - 1;
    const answer = await fetch(url, { headers: { Range: `bytes=${String(at)}-${String(last)}` }, signal });
    if (answer.status === 403) throw new Unreadable({ code: 'locked' });
    if (answer.status === 404) throw new Unreadable({ code: 'evidence_not_here' });
    if (!answer.ok) throw new Unreadable({ code: 'evidence_damaged' });
    const bytes = await answer.arrayBuffer();
    if (bytes.byteLength === 0) throw new Unreadable({ code: 'evidence_damaged' });
    // A shell that answers with the whole file is taken at its word.
    if (answer.status === 200 && bytes.byteLength > last - at + 1) return [bytes.slice(start, end)];
    pieces.push(bytes);
    at += bytes.byteLength;
    progress(at - start);
  }
  return pieces;
}

export async function readBytes(
  url: string,
  size: number,
  signal: AbortSignal,
  progress?: (done: number) => void,
): Promise<Uint8Array> {
  const pieces = await readPieces(url, { start: 0, end: size }, signal, progress);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const one of pieces) {
    whole.set(new Uint8Array(one), at);
    at += one.byteLength;
  }
  return whole;
}
