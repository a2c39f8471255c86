/** The pretend shell’s part for notebooks, covers and safety. */
import type { AppState, Commands, Fault, LookView, NoteText, PageView, Settings, SwapView, TemplateView } from '$src/lib/bindings';

type Handlers = { [K in keyof Commands]: (args: Commands[K][0]) => Commands[K][1] | Promise<Commands[K][1]> };
type Mine =
  | 'unlock' | 'lock' | 'set_settings' | 'change_passphrase' | 'check_in' | 'set_duress' | 'templates' | 'notes' | 'save_note'
  | 'delete_note' | 'set_name' | 'choose_vault' | 'add_vault' | 'device';

const day = 86_400_000;
const told: Record<string, TemplateView[]> = {
  en: [
    { code: 'diary', notes: [
      { text: 'Rain since morning\nStayed in. Finished the blue scarf at last, one sleeve of the other thing still to go.', days_ago: 0 },
      { text: 'Call mother\nHer knee is better. She asks about the photographs again.', days_ago: 2 },
      { text: 'Market\nApples too dear. Took pears, the seller gave two more for nothing.', days_ago: 5 },
      { text: 'Could not sleep\nRead until two.', days_ago: 14 },
    ] },
    { code: 'field_notes', notes: [
      { text: 'Cranes over the reservoir\nAbout forty, going south-west, 17.20.', days_ago: 1 },
      { text: 'Upper path\nJuniper berries ripe. Fox tracks by the stream.', days_ago: 7 },
    ] },
    { code: 'household', notes: [
      { text: 'November\nRent 18 000\nElectricity 2 140\nBread, milk 3 200\nBoots for K. 4 500', days_ago: 0 },
      { text: 'Owed\nN. 1 500 until Friday', days_ago: 9 },
    ] },
  ],
  ru: [
    { code: 'diary', notes: [
      { text: 'С утра дождь\nСидела дома. Довязала наконец синий шарф, теперь рукав.', days_ago: 0 },
      { text: 'Позвонить маме\nКолену лучше. Опять спрашивала про фотографии.', days_ago: 2 },
      { text: 'Рынок\nЯблоки дорогие. Взяла груши, две добавили так.', days_ago: 5 },
      { text: 'Не спалось\nЧитала до двух.', days_ago: 14 },
    ] },
    { code: 'field_notes', notes: [
      { text: 'Журавли над водохранилищем\nШтук сорок, на юго-запад, 17:20.', days_ago: 1 },
      { text: 'Верхняя тропа\nСозрел можжевельник. Лисьи следы у ручья.', days_ago: 7 },
    ] },
    { code: 'household', notes: [
      { text: 'Ноябрь\nКвартира 18 000\nСвет 2 140\nХлеб, молоко 3 200\nБотинки К. 4 500', days_ago: 0 },
      { text: 'Долги\nН. — 1 500 до пятницы', days_ago: 9 },
    ] },
  ],
};

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
  const opening = (ask.get('empty') === 'yes' ? [] : [...(told[language] ?? []), ...(told['en'] ?? [])].slice(0, 3))
    .flatMap((template) => template.notes);
  const dated = (notes: NoteText[]): PageView[] =>
    notes.map(({ text, days_ago }, at) => ({ note: at + 1, text, changed_at: Date.now() - days_ago * day - at * 4_100_000 }));
  let notes = dated(opening);
  let next = 100;
  let wrong = 0;
  return {
    unlock: async (args) => {
      await pause(400 + 1000 * app.get().wait_seconds);
      if (args?.passphrase === 'wrong') {
        wrong += 1;
        app.set({ wait_seconds: wrong > 1 ? 2 ** wrong : 0 });
        return fail({ code: 'wrong_passphrase' });
      }
      return app.set({ phase: args?.passphrase === 'duress' ? 'notebook' : 'open', wait_seconds: 0 });
    },
    lock: () => app.set({ phase: 'locked' }),
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
    templates: (args) => told[args.language] ?? [],
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
