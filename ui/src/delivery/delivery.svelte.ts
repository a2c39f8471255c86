/** What is on its way, and what was confirmed. */
import { call, courierIn, courierOut } from '$shell';
import type { DeliveryItem, DeliveryView, Fault, SyncReport } from '$src/lib/bindings';
import { toFault } from '$src/words/faults';

export class Delivery {
  view = $state.raw<DeliveryView | null>(null);
  fault = $state.raw<Fault | null>(null);
  result = $state.raw<SyncReport | null>(null);
  asking = $state(false);
  courier = $state.raw<'written' | SyncReport | Fault | null>(null);

  running = $derived(this.asking || (this.view?.running ?? false));
  waiting = $derived(this.view?.items.filter((item) => item.state === 'waiting').length ?? 0);

  async load(): Promise<void> {
    try {
      this.view = await call('delivery');
      this.fault = null;
    } catch (reason) {
      this.fault = toFault(reason);
    }
  }

  async syncNow(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    this.result = null;
    this.fault = null;
    try {
      this.result = await call('sync_now');
      await this.load();
    } catch (reason) {
      this.fault = toFault(reason);
    } finally {
      this.asking = false;
    }
  }

  async carryOut(): Promise<void> {
    this.courier = null;
    try {
      if (await courierOut()) this.courier = 'written';
    } catch (reason) {
      this.courier = toFault(reason);
    }
  }

  async carryIn(): Promise<void> {
    this.courier = null;
    try {
      this.courier = await courierIn();
      await this.load();
    } catch (reason) {
      this.courier = toFault(reason);
    }
  }

  /** The pieces in a state, those of one report together, in the order they came. */
  group(state: DeliveryItem['state']): DeliveryItem[][] {
    const pieces = this.view?.items.filter((item) => item.state === state) ?? [];
    const reports = pieces.map(({ report }) => report).filter((report, at, all) => all.indexOf(report) === at);
    return reports.map((report) => pieces.filter((item) => item.report === report));
  }
}
