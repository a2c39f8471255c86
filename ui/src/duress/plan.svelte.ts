/**
 * The notebook that is being prepared for a second passphrase. It exists in memory only, until it is set or
 * the vault is locked.
 *
 * Keeps: a look at another page, or at another template, loses nothing of what was written.
 */
import type { NoteText, TemplateView } from '$src/lib/bindings';

export interface Planned extends NoteText {
  readonly id: number;
}

/** The ages offered, in days. */
export const ages = [0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 180] as const;

export class Plan {
  /** The template it began from; none for notes of one's own. */
  template = $state.raw<TemplateView | null>(null);
  notes = $state.raw<Planned[]>([]);
  #next = 1;

  /** Begins from a template, or from one empty note. */
  begin(template: TemplateView | null): void {
    this.template = template;
    const notes = template?.notes ?? [{ text: '', days_ago: 0 }];
    this.notes = notes.map((note) => ({ ...note, id: this.#next++ }));
  }

  get written(): NoteText[] {
    return this.notes
      .filter(({ text }) => text.trim() !== '')
      .map(({ text, days_ago }) => ({ text: text.trimEnd(), days_ago }))
      .sort((a, b) => a.days_ago - b.days_ago);
  }

  /** How many notes still say, letter for letter, what every copy of the app says. */
  get untouched(): number {
    const known = this.template?.notes.map(({ text }) => text.trim()) ?? [];
    return this.written.filter(({ text }) => known.includes(text.trim())).length;
  }

  change(id: number, change: Partial<NoteText>): void {
    this.notes = this.notes.map((note) => (note.id === id ? { ...note, ...change } : note));
  }

  /** Adds an empty note, dated today; answers which. */
  add(): number {
    const id = this.#next++;
    this.notes = [{ id, text: '', days_ago: 0 }, ...this.notes];
    return id;
  }

  remove(id: number): void {
    this.notes = this.notes.filter((note) => note.id !== id);
  }
}

export const steps = ['about', 'pick', 'notes', 'passphrase'] as const;

/** Where somebody stands in preparing it, with one plan for each template that was begun. */
export class Preparing {
  step = $state<(typeof steps)[number] | 'done'>('about');
  picked = $state<string | null>(null);
  plan = $state.raw(new Plan());
  #plans: Record<string, Plan> = {};

  /** Takes up the notes under this name, from the template if they were not begun; none for notes of one's own. */
  take(name: string, template: TemplateView | null): void {
    let plan = this.#plans[name];
    if (!plan) {
      plan = new Plan();
      plan.begin(template);
      this.#plans[name] = plan;
    }
    this.plan = plan;
    this.step = 'notes';
  }

  /** The step before; none before the first. */
  get before(): (typeof steps)[number] | null {
    return steps[steps.findIndex((one) => one === this.step) - 1] ?? null;
  }

  /** It is set: nothing of it is kept. */
  end(): void {
    this.step = 'about';
    this.picked = null;
    this.plan = new Plan();
    this.#plans = {};
  }
}
