/**
 * The notes of a notebook, and the one that is being written. Saves by itself a moment after the last touch.
 *
 * Keeps: nothing typed is dropped, whatever is opened, deleted or locked next; an empty note is not kept;
 * a deletion can be taken back until it is carried out.
 */
import { call } from '$shell';
import type { PageView } from '$src/lib/bindings';
import { find } from './text';

const pauseMs = 400;
const undoMs = 6000;

/** The note on the page. */
export class Page {
  note: number | null;
  text = $state('');
  changedAt = $state<number | null>(null);
  failed = $state(false);

  #notes: Notes;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #kept: string;
  #running: Promise<void> | null = null;
  /** As it was kept last; none as long as it was not. */
  #view: PageView | null;
  /** It is on its way out: what is still saved of it does not come back into the list. */
  #leaving = false;
  #gone = false;

  constructor(notes: Notes, view: PageView | null) {
    this.#notes = notes;
    this.#view = view;
    this.note = view?.note ?? null;
    this.text = view?.text ?? '';
    this.changedAt = view?.changed_at ?? null;
    this.#kept = this.text;
  }

  get blank(): boolean {
    return this.text.trim() === '';
  }

  write(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), pauseMs);
  }

  /** Resolves when everything written so far is kept, or has failed. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#running ??= this.#saveAll().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #saveAll(): Promise<void> {
    while (this.text !== this.#kept && !this.#gone && !(this.note === null && this.blank)) {
      const text = this.text;
      try {
        const view = await call('save_note', { note: this.note, text });
        this.note = view.note;
        this.changedAt = view.changed_at;
        this.#kept = text;
        this.failed = false;
        this.#view = view;
        if (!this.#leaving) this.#notes.keep(view);
      } catch {
        this.failed = true;
        return;
      }
    }
  }

  /** Leaves the page: keeps what is written, and keeps nothing of a note without words. */
  async leave(): Promise<void> {
    await this.flush();
    if (this.blank && this.note !== null && !this.#gone) await this.#notes.drop(this.note);
  }

  /** It is being deleted: kept once more, so that it can be taken back, and then no more. */
  async remove(): Promise<PageView | null> {
    this.#leaving = true;
    await this.flush();
    this.#gone = true;
    clearTimeout(this.#timer);
    await this.#running;
    return this.#view;
  }
}

export class Notes {
  all = $state.raw<PageView[]>([]);
  loaded = $state(false);
  failed = $state(false);
  query = $state('');
  page = $state.raw<Page | null>(null);
  /** Is being deleted; can be taken back for a moment. */
  going = $state.raw<PageView | null>(null);

  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly found: PageView[] = $derived(find(this.all, this.query));

  async load(): Promise<void> {
    try {
      this.all = await call('notes');
      this.failed = false;
    } catch {
      this.failed = true;
    }
    this.loaded = true;
  }

  open(view: PageView): void {
    if (this.page?.note === view.note) return;
    this.close();
    this.page = new Page(this, view);
  }

  begin(): void {
    this.close();
    this.query = '';
    this.page = new Page(this, null);
  }

  close(): void {
    void this.page?.leave();
    this.page = null;
  }

  keep(view: PageView): void {
    this.all = [view, ...this.all.filter((one) => one.note !== view.note)];
  }

  /** Deletes at once, without a way back. */
  async drop(note: number): Promise<void> {
    this.all = this.all.filter((one) => one.note !== note);
    try {
      await call('delete_note', { note });
    } catch {
      await this.load();
    }
  }

  /** Takes the note on the page away; it is deleted when the moment for taking it back is over. */
  async remove(): Promise<void> {
    const { page } = this;
    if (!page) return;
    // Off the list first: beside it the next note is opened as soon as the page is bare, and must not be this one.
    this.all = this.all.filter((one) => one.note !== page.note);
    this.page = null;
    const view = await page.remove();
    if (!view) return;
    await this.#carryOut();
    this.going = view;
    this.#timer = setTimeout(() => void this.#carryOut(), undoMs);
  }

  undo(): void {
    clearTimeout(this.#timer);
    const view = this.going;
    this.going = null;
    if (!view) return;
    this.all = [view, ...this.all];
    this.open(view);
  }

  async #carryOut(): Promise<void> {
    clearTimeout(this.#timer);
    const view = this.going;
    this.going = null;
    if (view) await this.drop(view.note);
  }

  /** Before a lock, and when the notebook is put away: everything is kept, everything deleted is deleted. */
  async flush(): Promise<void> {
    await Promise.allSettled([this.page?.leave(), this.#carryOut()]);
  }
}
