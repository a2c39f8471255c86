/** The pretend shell’s part for notebooks, covers and safety. */
import type { AppState, Commands, Fault, LookView, NoteText, PageView, Settings, SwapView, TemplateView } from '$src/lib/bindings';

type Handlers = { [K in keyof Commands]: (args: Commands[K][0]) => Commands[K][1] | Promise<Commands[K][1]> };
type Mine =
  | 'unlock' | 'lock' | 'set_settings' | 'change_passphrase' | 'check_in' | 'set_duress' | 'templates' | 'notes' | 'save_note'
  | 'delete_note' | 'set_name' | 'choose_vault' | 'add_vault' | 'device';

const day = 86_400_000;
/** The real templates: a line `@ N` dates the note below it N days ago. */
const files = import.meta.glob<string>('../../crates/app/data/templates/*/*.txt', { query: '?raw', import: 'default', eager: true });
const templatesIn = (language: string): TemplateView[] =>
  ['diary', 'field_notes', 'household', 'recipes'].map((code) => ({
    code,
    notes: (files[`../../crates/app/data/templates/${language}/${code.replace('_', '-')}.txt`] ?? '').split(/^@ /m).slice(1).map((note) => {
      const [days = '0', ...lines] = note.trimEnd().split('\n');
      return { text: lines.join('\n'), days_ago: Number(days) };
    }),
  }));

export const plainSettings = (language: string, ask: URLSearchParams): Settings => ({
  language,
  auto_lock_minutes: 5,
  cover: ask.get('cover') === 'notebook' ? 'notebook' : 'calculator',
  hide_on_blur: ask.get('blur') === 'yes',
  slow_tries: false,
  wipe_after_tries: 0,
  check_in_hours: 0,
  thin: { what: null, after_days: 0 },
});

export const lookOf = (language: string, ask: URLSearchParams): LookView => ({
  name: (ask.get('name') ?? 'holdfast') as LookView['name'],
  language,
  vaults: ask.get('vaults') === 'two' ? [{ vault: 1, label: '' }, { vault: 2, label: language === 'ru' ? 'Айгуль' : 'Aigul' }] : [{ vault: 1, label: '' }],
  chosen: 1,
});

export function safety(
  ask: URLSearchParams,
  language: string,
  app: { get: () => AppState; set: (change: Partial<AppState>) => AppState },
): Pick<Handlers, Mine> {
  const fail = (fault: Fault) => Promise.reject(fault as unknown as Error);
  const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
  const opening = ask.get('empty') === 'yes' ? [] : (templatesIn(language)[ask.get('name') === 'recipes' ? 3 : 0]?.notes ?? []);
  const dated = (notes: NoteText[]): PageView[] =>
    notes.map(({ text, days_ago }, at) => ({ note: at + 1, text, changed_at: Date.now() - days_ago * day - at * 4_100_000 }));
  let notes = dated(opening);
  let next = 100;
  let wrong = 0;
  let generation = 0;
  return {
    unlock: async (args) => {
      const asked = generation;
      const until = Date.now() + 400 + 1000 * app.get().wait_seconds;
      while (Date.now() < until && asked === generation) await pause(100);
      if (asked !== generation) return fail({ code: 'locked' });
      if (args?.passphrase === 'wrong') {
        wrong += 1;
        app.set({ wait_seconds: wrong > 1 ? 2 ** wrong : 0 });
        return fail({ code: 'wrong_passphrase' });
      }
      return app.set({ phase: args?.passphrase === 'duress' ? 'notebook' : 'open', wait_seconds: 0 });
    },
    lock: () => {
      generation += 1;
      return app.set({ phase: 'locked' });
    },
    set_settings: (settings) => {
      const hours = settings.check_in_hours;
      app.set({ settings, check_in_by: hours > 0 ? Date.now() + hours * 3_600_000 : null });
      return settings;
    },
    change_passphrase: async ({ old }) => {
      await pause(900);
      return old === 'wrong' ? fail({ code: 'wrong_passphrase' }) : null;
    },
    check_in: () => app.set({ check_in_by: Date.now() + app.get().settings.check_in_hours * 3_600_000 }),
    set_duress: async ({ passphrase }) => {
      await pause(900);
      return passphrase === 'taken' ? fail({ code: 'passphrase_taken' }) : null;
    },
    templates: (args) => templatesIn(args.language),
    notes: () => notes,
    save_note: async ({ note, text }) => {
      await pause(40);
      if (text.includes('full')) return fail({ code: 'disk_full' });
      const view = { note: note ?? next++, text, changed_at: Date.now() };
      notes = [view, ...notes.filter((one) => one.note !== view.note)];
      return view;
    },
    delete_note: ({ note }) => {
      notes = notes.filter((one) => one.note !== note);
      return null;
    },
    set_name: ({ name }) => app.set({ look: { ...app.get().look, name } }).look,
    choose_vault: ({ vault }) => app.set({ phase: 'locked', look: { ...app.get().look, chosen: vault } }),
    add_vault: () => app.set({ phase: 'no_vault' }),
    device: () => ({ swap: (ask.get('swap') ?? 'plain') as SwapView, keys_locked: true, memory_private: ask.get('swap') !== 'unknown' }),
  };
}
