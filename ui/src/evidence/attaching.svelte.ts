/**
 * Files on their way into the vault, one after another, in pieces of 1 MiB.
 *
 * Keeps: a file that is stopped or fails is aborted, so nothing of it stays.
 */
import { SvelteMap } from 'svelte/reactivity';
import { attachChunk, call } from '$shell';
import type { EvidenceView, Fault } from '$src/lib/bindings';
import { toFault } from '$src/words/faults';

const piece = 1024 * 1024;

type Stage = 'waiting' | 'running' | 'stopped' | 'failed';

export class Incoming {
  readonly report: string;
  readonly file: File;
  readonly id: number;
  stage = $state<Stage>('waiting');
  sent = $state(0);
  startedAt = $state(0);
  fault = $state.raw<Fault | null>(null);

  constructor(report: string, file: File, id: number) {
    this.report = report;
    this.file = file;
    this.id = id;
  }

  get underWay(): boolean {
    return this.stage === 'waiting' || this.stage === 'running';
  }
}

export class Attaching {
  items = $state<Incoming[]>([]);

  #next = 1;
  #working = false;
  #listeners = new SvelteMap<string, (evidence: EvidenceView) => void>();

  /** How many files of a report are not in yet. */
  pending(report?: string): number {
    return this.items.filter((one) => one.underWay && (report === undefined || one.report === report)).length;
  }

  of(report: string): Incoming[] {
    return this.items.filter((one) => one.report === report);
  }

  /** Tells when a file of this report is in. */
  listen(report: string, run: (evidence: EvidenceView) => void): () => void {
    this.#listeners.set(report, run);
    return () => this.#listeners.delete(report);
  }

  add(report: string, files: Iterable<File>): void {
    for (const file of files) this.items.push(new Incoming(report, file, this.#next++));
    void this.#work();
  }

  stop(item: Incoming): void {
    if (item.underWay) item.stage = 'stopped';
  }

  stopAll(): void {
    for (const item of this.items) this.stop(item);
  }

  dismiss(item: Incoming): void {
    this.items = this.items.filter((one) => one.id !== item.id);
  }

  retry(item: Incoming): void {
    this.dismiss(item);
    this.add(item.report, [item.file]);
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    for (;;) {
      const item = this.items.find((one) => one.stage === 'waiting');
      if (!item) break;
      const evidence = await this.#import(item);
      if (!evidence) continue;
      this.dismiss(item);
      this.#listeners.get(item.report)?.(evidence);
    }
    this.#working = false;
  }

  async #import(item: Incoming): Promise<EvidenceView | null> {
    const { file, report } = item;
    item.stage = 'running';
    item.startedAt = Date.now();
    let begun: { import: number } | null = null;
    try {
      begun = await call('attach_begin', { report, name: file.name, media_type: file.type });
      for (let at = 0; at < file.size && item.stage === 'running'; at += piece) {
        const bytes = new Uint8Array(await file.slice(at, at + piece).arrayBuffer());
        await attachChunk(begun.import, bytes);
        item.sent = Math.min(file.size, at + piece);
      }
      if (item.stage === 'running') return await call('attach_finish', begun);
    } catch (reason) {
      item.fault = reason instanceof DOMException ? { code: 'file_problem' } : toFault(reason);
      item.stage = 'failed';
    }
    if (begun) await call('attach_abort', begun).catch(() => null);
    return null;
  }
}
