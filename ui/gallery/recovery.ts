/** The pretend side of recovery words, passphrases and thinning. */
import type { Commands, Fault, ReportView, Recovered, ThinView } from '$src/lib/bindings';
import listed from './words.txt?raw';

const ask = new URLSearchParams(location.search);
const list = listed.trim().split('\n');
const drawn = Array.from({ length: 24 }, (_, at) => list[(at * 389 + 7) % list.length] ?? '');
const asked = [3, 11, 18, 22];

const fail = (fault: Fault) => Promise.reject(fault as unknown as Error);
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

const phrases = {
  en: ['walnut ribbon summit oxygen cradle velvet', 'gravel pencil harbor tonight mimic fossil'],
  ru: ['арбуз вокзал гитара ёлка журнал облако', 'камень лодка варенье сосед фонарь апрель'],
};
let drawing = 0;
/** As after a lock of the screen: the words that were drawn first are not known any more. */
let forgets = ask.get('forgets') === 'yes';

type Ours = 'new_words' | 'confirm_words' | 'word_list' | 'recover' | 'resume_recovery' | 'judge_passphrase' | 'suggest_passphrase' | 'exposure' | 'thin' | 'thin_many' | 'fetch_back';
type Handlers = { [K in Ours]: (args: Commands[K][0]) => Commands[K][1] | Promise<Commands[K][1]> };

/** `reports` are those of the scene; `told` says that something came. */
export function recoveryHandlers(reports: Map<string, ReportView>, told: () => void): Handlers {
  const words = (typed: string): Fault | null => {
    const given = typed.split(/\s+/);
    const odd = given.findIndex((word) => !list.includes(word));
    if (odd >= 0) return { code: 'word_unknown', params: { position: odd + 1 } };
    return given.length === 24 ? null : { code: 'words_wrong' };
  };
  const back = (): Recovered => ({
    reports: ask.get('missing') === 'files' ? 0 : 12, evidence: ask.get('missing') === 'files' ? 0 : 34, missing: ask.get('missing') ? 3 : 0,
    fault: ask.get('missing') === 'yes' ? { code: 'endpoint_unreachable' } : null,
  });
  return {
    new_words: async () => {
      await pause(200);
      return { words: drawn, asked };
    },
    confirm_words: async ({ typed }) => {
      await pause(150);
      if (forgets) {
        forgets = false;
        return fail({ code: 'words_not_confirmed' });
      }
      const wrong = typed.find(({ position, word }) => drawn[position - 1] !== word);
      return wrong ? fail({ code: 'word_differs', params: { position: wrong.position } }) : null;
    },
    word_list: () => ({ words: list }),
    recover: async ({ words: typed }) => {
      const fault = words(typed);
      if (fault) return fail(fault);
      if (ask.get('stuck') === 'yes') return fail({ code: 'endpoint_unreachable' });
      for (let came = 0; came < 6; came += 1) {
        await pause(500);
        told();
      }
      return back();
    },
    resume_recovery: async ({ words: typed }) => {
      const fault = words(typed);
      if (fault) return fail(fault);
      await pause(1200);
      return { ...back(), missing: 0, fault: null };
    },
    fetch_back: async ({ words: typed, report }) => {
      const fault = words(typed);
      if (fault) return fail(fault);
      await pause(1200);
      for (const [id, view] of reports) {
        if (report === null || id === report) {
          reports.set(id, { ...view, thinned: null, can_thin: true, evidence: view.evidence.map((one) => ({ ...one, present: true })) });
        }
      }
      return { ...back(), reports: 1, evidence: 2 };
    },
    judge_passphrase: ({ passphrase }) => {
      const guesses_log10 = Math.min(60, Math.floor([...passphrase].length * 0.72));
      const score = [6, 9, 12, 15].filter((least) => guesses_log10 >= least).length;
      return { score, guesses_log10, years: Math.floor(10 ** guesses_log10 / 1e4 / 31_557_600) };
    },
    suggest_passphrase: ({ language }) => {
      const drawnFrom = language === 'ru' ? phrases.ru : phrases.en;
      return { passphrase: drawnFrom[drawing++ % drawnFrom.length] ?? '' };
    },
    exposure: () => {
      const all = [...reports.values()];
      const spoken = all.filter((view) => view.thinned !== 'everything');
      return {
        reports: spoken.length, drafts: 1, receipts_only: all.length - spoken.length, answers_kept: 0, evidence: 34, evidence_bytes: 1_240_000_000,
        oldest: new Date(new Date().getFullYear(), 4, 3).getTime(), coalition: ask.get('joined') === 'no' ? null : 'Steppe Legal Network',
        thinnable: spoken.filter((view) => view.can_thin).length,
        thinnable_bytes: spoken.some((view) => view.can_thin && view.evidence.some((one) => one.present)) ? 912_000_000 : 0,
      };
    },
    thin: async ({ report, what, label }) => {
      await pause(300);
      const view = reports.get(report);
      if (!view) return fail({ code: 'no_such_report' });
      if (!view.can_thin) return fail({ code: 'not_delivered' });
      thin(view, what, label);
      return null;
    },
    thin_many: async ({ reports: asked, what }) => {
      await pause(600);
      const going = asked.map((report) => reports.get(report)).filter((view) => view?.can_thin === true);
      for (const view of going) if (view) thin(view, what, null);
      return { done: going.length, left: asked.length - going.length };
    },
  };

  function thin(view: ReportView, what: ThinView, label: string | null) {
    reports.set(view.report, {
      ...view, thinned: what, can_thin: what === 'evidence', evidence: view.evidence.map((one) => ({ ...one, present: false })),
      ...(what === 'everything' ? { fields: { ...view.fields, narrative: label ?? '', kinds: [], when: null, place: null, affected: [], sources: [] } } : {}),
    });
  }
}
