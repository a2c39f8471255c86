/** Everything that exists only while the vault is open. Dropped whole when it locks. */
import { createContext } from 'svelte';
import { MediaQuery } from 'svelte/reactivity';
import { call, onChanged, onDelivery } from '$shell';
import type { RoleView } from '$src/lib/bindings';
import { Delivery } from '$src/delivery/delivery.svelte';
import { Preparing } from '$src/duress/plan.svelte';
import { Attaching } from '$src/evidence/attaching.svelte';
import { Reports } from '$src/reports/list.svelte';
import { Vocabulary } from '$src/reports/vocabulary.svelte';
import { Nav } from './nav.svelte';
import { session } from './session.svelte';

export class Workspace {
  readonly nav = new Nav();
  readonly reports = new Reports();
  readonly delivery = new Delivery();
  readonly attaching = new Attaching();
  /** The notebook being prepared for a second passphrase. */
  readonly preparing = new Preparing();
  readonly vocabulary = new Vocabulary();
  readonly wide = new MediaQuery('min-width: 900px');
  /** Counts what changed in the vault, for pages that show a part of it. */
  changes = $state(0);

  get role(): RoleView {
    return session.app?.role ?? 'reporter';
  }

  get desk(): boolean {
    return this.role === 'desk';
  }

  start(): () => void {
    void this.reports.load();
    void this.delivery.load();
    const stopChanged = onChanged(() => {
      this.changes += 1;
      void this.reports.load();
      void this.delivery.load();
    });
    const stopDelivery = onDelivery(() => void this.delivery.load());
    return () => {
      stopChanged();
      stopDelivery();
      this.attaching.stopAll();
    };
  }

  /** Begins a new report and opens it. */
  async begin(): Promise<void> {
    const draft = await call('new_draft');
    this.nav.write(draft.report);
  }
}

export const [getWorkspace, setWorkspace] = createContext<Workspace>();
