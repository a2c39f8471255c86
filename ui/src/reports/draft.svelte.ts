/**
 * A report being written. Saves by itself a moment after the last touch.
 *
 * Keeps: `saved` is said only after the command answered, and only of the text it was given.
 */
import { call } from '$shell';
import type { DraftView, EvidenceView, Fault, ReportFields, ReportView } from '$src/lib/bindings';
import { toFault } from '$src/words/faults';

const pauseMs = 400;

export type SaveState =
  | { kind: 'untouched' }
  | { kind: 'dirty' }
  | { kind: 'saving' }
  | { kind: 'saved'; at: number }
  | { kind: 'failed'; fault: Fault };

export class Draft {
  readonly report: string;
  readonly isNew: boolean;
  fields: ReportFields = $state() as ReportFields;
  evidence = $state.raw<EvidenceView[]>([]);
  save = $state.raw<SaveState>({ kind: 'untouched' });
  /** Evidence that earlier entries already name: it can no longer be taken out here. */
  readonly fixed: readonly string[];

  #timer: ReturnType<typeof setTimeout> | undefined;
  #version = 0;
  #kept = 0;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(view: DraftView, fixed: readonly string[]) {
    this.report = view.report;
    this.isNew = view.is_new;
    this.fields = view.fields;
    this.evidence = view.evidence;
    this.fixed = fixed;
    if (view.saved_at !== null) this.save = { kind: 'saved', at: view.saved_at };
  }

  static async open(report: string): Promise<Draft> {
    const view = await call('open_draft', { report });
    const fixed = view.is_new ? [] : (await call('report', { report })).evidence.map((one) => one.object);
    return new Draft(view, fixed);
  }

  get empty(): boolean {
    const { narrative, kinds, when, place, affected, sources, urgent } = this.fields;
    return (
      narrative.trim() === '' &&
      kinds.length + affected.length + sources.length + this.evidence.length === 0 &&
      !when &&
      !place?.text &&
      !place?.country &&
      !urgent
    );
  }

  /** Something changed: save after a pause. */
  touch(): void {
    this.#version += 1;
    if (this.save.kind !== 'saving') this.save = { kind: 'dirty' };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), pauseMs);
  }

  /** Saves what is not saved yet; resolves when everything written so far is kept or has failed. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#running ??= this.#saveAll().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #saveAll(): Promise<void> {
    while (this.#kept < this.#version && !this.#closed) {
      const version = this.#version;
      this.save = { kind: 'saving' };
      try {
        const saved = await call('save_draft', { report: this.report, fields: $state.snapshot(this.fields), settled: [] });
        this.#kept = version;
        this.save = version === this.#version ? { kind: 'saved', at: saved.saved_at } : { kind: 'dirty' };
      } catch (reason) {
        this.save = { kind: 'failed', fault: toFault(reason) };
        return;
      }
    }
  }

  /** Makes it a report. Rejects with the fault that stands in the way. */
  async finish(): Promise<ReportView> {
    await this.flush();
    if (this.save.kind === 'failed') throw this.save.fault;
    const view = await call('finish_draft', { report: this.report });
    this.#close();
    return view;
  }

  async discard(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
    await call('discard_draft', { report: this.report });
    this.#close();
  }

  /** Leaves the page: keeps what is written; a new draft with nothing in it is not kept. */
  async leave(importing: boolean): Promise<void> {
    if (this.#closed) return;
    await this.flush();
    if (this.isNew && this.empty && !importing) await this.discard().catch(() => undefined);
  }

  async remove(object: string): Promise<void> {
    const view = await call('remove_evidence', { report: this.report, object });
    this.evidence = view.evidence;
  }

  added(evidence: EvidenceView): void {
    if (!this.evidence.some((one) => one.object === evidence.object)) this.evidence = [...this.evidence, evidence];
  }

  #close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}
