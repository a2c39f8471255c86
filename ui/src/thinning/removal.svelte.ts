/** Removing from many reports: a good number at one go, each by the app's own judgement, stoppable in between. */
import { call } from '$shell';
import type { Fault, ReportSummary, ThinView } from '$src/lib/bindings';
import { toFault } from '$src/words/faults';

const pageSize = 100;
/** What removing costs is mostly the same for one as for many; more would make stopping slow. */
const atOneGo = 50;

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
      for (let at = 0; at < reports.length && !this.#stopped; at += atOneGo) {
        const some = reports.slice(at, at + atOneGo).map((one) => one.report);
        const { done, left } = await call('thin_many', { reports: some, what });
        this.done += done;
        this.left += left;
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
