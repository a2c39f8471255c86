/** Changes one setting, and says why when it could not be kept. */
import { session } from '$src/app/session.svelte';
import type { Fault, Settings } from '$src/lib/bindings';
import { toFault } from '$src/words/faults';

export class Setting {
  fault = $state.raw<Fault | null>(null);

  async set(change: Partial<Settings>): Promise<void> {
    const settings = session.app?.settings;
    if (!settings) return;
    this.fault = null;
    try {
      await session.saveSettings({ ...settings, ...change });
      // What follows from it, such as when a check-in is due, is the app's to say.
      await session.refresh();
    } catch (reason) {
      this.fault = toFault(reason);
    }
  }
}
