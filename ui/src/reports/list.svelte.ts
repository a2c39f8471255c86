/** The list of reports and the search in it. */
import { call } from '$shell';
import type { Fault, ReportSummary } from '$src/lib/bindings';
import { toFault } from '$src/words/faults';

const pageSize = 50;
const pauseMs = 120;

export class Reports {
  query = $state('');
  items = $state.raw<ReportSummary[]>([]);
  total = $state(0);
  loaded = $state(false);
  fault = $state.raw<Fault | null>(null);
  /** The line that the keyboard stands on. */
  cursor = $state(-1);

  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  search(query: string): void {
    this.query = query;
    this.cursor = -1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#fetch(pageSize), pauseMs);
  }

  /** Loads again as much as is shown. */
  load(): Promise<void> {
    return this.#fetch(Math.max(pageSize, this.items.length));
  }

  more(): Promise<void> {
    return this.#fetch(this.items.length + pageSize);
  }

  move(step: number): ReportSummary | undefined {
    this.cursor = Math.max(0, Math.min(this.items.length - 1, this.cursor + step));
    return this.items[this.cursor];
  }

  async #fetch(limit: number): Promise<void> {
    const turn = ++this.#turn;
    try {
      const list = await call('list_reports', { query: this.query.trim(), limit, offset: 0 });
      if (turn !== this.#turn) return;
      this.items = list.items;
      this.total = list.total;
      this.fault = null;
    } catch (reason) {
      if (turn === this.#turn) this.fault = toFault(reason);
    }
    this.loaded = true;
  }
}
