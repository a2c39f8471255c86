/** Removing from many reports at once: one after another, each by the app's own judgement, stoppable. */
import { call } from '$shell';
import type { Fault, ReportSummary, ThinView } from '$src/lib/bindings';
import { toFault } from '$src/words/faults';

const pageSize = 100;

/** Whether there may be something of this to remove; the app has the last word. */
export function mayGo(report: ReportSummary, what: ThinView): boolean {
  const delivered = report.state === 'held' || report.state === 'read' || report.state === 'answered';
  if (!delivered || report.thinned === 'everything') return false;
  return what === 'everything' || (report.thinned === null && report.evidence > 0);
}

export class Removal {
  running = $state(false);
  total = $state(0);
  done = $state(0);
  /** Reports the app would not touch yet. */
  left = $state(0);
  ended = $state(false);
  fault = $state.raw<Fault | null>(null);

  #stopped = false;

  async start(what: ThinView): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.ended = false;
    this.#stopped = false;
    this.fault = null;
    this.total = this.done = this.left = 0;
    try {
      const reports = (await all()).filter((one) => mayGo(one, what));
      this.total = reports.length;
      for (const { report } of reports) {
        if (this.#stopped) break;
        await this.#remove(report, what);
      }
      this.ended = true;
    } catch (reason) {
      this.fault = toFault(reason);
    }
    this.running = false;
  }

  stop(): void {
    this.#stopped = true;
  }

  async #remove(report: string, what: ThinView): Promise<void> {
    try {
      await call('thin', { report, what, label: null });
      this.done += 1;
    } catch (reason) {
      const fault = toFault(reason);
      if (fault.code !== 'not_delivered' && fault.code !== 'has_draft') throw reason;
      this.left += 1;
    }
  }
}

/** Every report of the list, before anything of it changes. */
async function all(): Promise<ReportSummary[]> {
  const found: ReportSummary[] = [];
  for (;;) {
    const page = await call('list_reports', { query: '', limit: pageSize, offset: found.length });
    found.push(...page.items);
    if (page.items.length === 0 || found.length >= page.total) return found;
  }
}
