/**
 * The way back from under a cover is said once, after the first use. Known only while the app runs:
 * nothing on the disk remembers that a cover was used.
 */
import { carry, type Carried } from './carried';

class WayBack {
  #stage = $state<Carried['wayBack']>(null);

  get due(): boolean {
    return this.#stage === 'due';
  }

  recall(stage: Carried['wayBack']): void {
    this.#stage = stage;
  }

  covered(): void {
    if (this.#stage !== 'said') this.#become('due');
  }

  said(): void {
    this.#become('said');
  }

  #become(stage: Carried['wayBack']): void {
    this.#stage = stage;
    void carry({ wayBack: stage });
  }
}

export const wayBack = new WayBack();
