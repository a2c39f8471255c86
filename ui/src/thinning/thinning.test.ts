/** What is said of what is here, what would be lost, and what was removed. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AtRisk, ExposureView, ReportSummary } from '$src/lib/bindings';
import { words } from '$src/words/words.svelte';
import { mayGo, Removal } from './removal.svelte';
import { nothingAtRisk, riskList } from './risk';
import { seenSentence } from './seen';

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock('$shell', () => ({ call }));

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const report = (id: string, change: Partial<ReportSummary> = {}): ReportSummary => ({
  report: id, title: id, kinds: [], when: null, place: null, evidence: 1, urgent: false, state: 'held', changed_at: 0,
  unread: false, from_lost_device: false, thinned: null, ...change,
});

beforeEach(() => {
  words.chosen = 'en';
  call.mockReset();
});

describe('what only this device has', () => {
  const risk: AtRisk = { drafts: 1, unsent: 2, waiting: 3, waiting_bytes: 52_000_000 };

  it('is named piece by piece, in each language', () => {
    expect(plain(riskList(risk, 'en', false))).toBe('one draft, 2 reports not sent and 3 reports on their way (52 MB)');
    words.chosen = 'ru';
    expect(plain(riskList(risk, 'ru', false))).toBe('1 черновик, 2 неотправленные записи и 3 записи в пути (52 МБ)');
  });

  it('leaves out what is not there', () => {
    expect(riskList({ ...risk, unsent: 0, waiting: 0 }, 'en', false)).toBe('one draft');
    expect(nothingAtRisk(risk)).toBe(false);
    expect(nothingAtRisk({ drafts: 0, unsent: 0, waiting: 0, waiting_bytes: 0 })).toBe(true);
  });
});

describe('what a search would reveal', () => {
  const seen: ExposureView = {
    reports: 12, drafts: 0, receipts_only: 0, answers_kept: 0, evidence: 34, evidence_bytes: 1_200_000_000, oldest: 0,
    coalition: 'Steppe Legal Network', thinnable: 9, thinnable_bytes: 900,
  };

  it('is one sentence', () => {
    expect(plain(seenSentence(seen, 'en'))).toBe(
      '12 reports with their words, 34 pictures and files (1.2 GB) and the name of your coalition.',
    );
  });

  it('tells of what was removed, and of the answers that were kept', () => {
    const removed = { ...seen, reports: 0, evidence: 0, coalition: null, receipts_only: 30, answers_kept: 12 };
    expect(plain(seenSentence(removed, 'en'))).toBe('The receipts of 30 more reports and the answers to 12 of those removed.');
    words.chosen = 'ru';
    expect(plain(seenSentence(removed, 'ru'))).toBe('Квитанции ещё 30 записей и ответы на 12 из убранных записей.');
  });

  it('says so when there is nothing', () => {
    const nothing = { ...seen, reports: 0, evidence: 0, coalition: null };
    expect(seenSentence(nothing, 'en')).toBe('Nothing of yours.');
  });
});

describe('removing from many at once', () => {
  it('asks only for what may have something to remove', () => {
    expect(mayGo(report('a'), 'evidence')).toBe(true);
    expect(mayGo(report('a', { evidence: 0 }), 'evidence')).toBe(false);
    expect(mayGo(report('a', { evidence: 0 }), 'everything')).toBe(true);
    expect(mayGo(report('a', { thinned: 'evidence' }), 'evidence')).toBe(false);
    expect(mayGo(report('a', { thinned: 'everything' }), 'everything')).toBe(false);
    for (const state of ['draft', 'saved', 'waiting'] as const) expect(mayGo(report('a', { state }), 'everything')).toBe(false);
  });

  /** Answers for an app with these reports; gives what was to go, one list for each go. */
  function asked(all: ReportSummary[], answer: (reports: string[]) => { done: number; left: number }): string[][] {
    const goes: string[][] = [];
    call.mockImplementation((name: string, args: { offset: number; limit: number; reports: string[] }) => {
      if (name === 'list_reports') return Promise.resolve({ total: all.length, items: all.slice(args.offset, args.offset + args.limit) });
      goes.push(args.reports);
      return Promise.resolve().then(() => answer(args.reports));
    });
    return goes;
  }

  it('goes through every page, some at one go, and counts what the app leaves', async () => {
    const all = Array.from({ length: 130 }, (_, at) => report(`r${at}`, at === 1 ? { state: 'draft' } : {}));
    const goes = asked(all, (reports) => ({ done: reports.length - 1, left: 1 }));
    const removal = new Removal();
    await removal.start('everything');
    expect(goes.map((go) => go.length)).toEqual([50, 50, 29]);
    expect(goes.flat()).not.toContain('r1');
    expect(removal).toMatchObject({ running: false, ended: true, total: 129, done: 126, left: 3, fault: null });
  });

  it('stops where it is told to, and at a fault', async () => {
    const removal = new Removal();
    const all = Array.from({ length: 60 }, (_, at) => report(`r${at}`));
    const goes = asked(all, (reports) => {
      removal.stop();
      return { done: reports.length, left: 0 };
    });
    await removal.start('evidence');
    expect(goes).toHaveLength(1);
    expect(removal).toMatchObject({ done: 50, ended: true });

    asked(all, () => {
      throw Object.assign(new Error(), { code: 'disk_full' });
    });
    await removal.start('evidence');
    expect(removal).toMatchObject({ done: 0, ended: false, fault: { code: 'disk_full' } });
  });
});
