/**
 * The way back from under a cover is said once, after the first use. Known only while the app runs:
 * nothing on the disk remembers that a cover was used.
 */
class WayBack {
  due = $state(false);
  #said = false;

  covered(): void {
    this.due = !this.#said;
  }

  said(): void {
    this.#said = true;
    this.due = false;
  }
}

export const wayBack = new WayBack();
