/** Invented people and events, in English and Russian, for the gallery. */
import affected from '../../crates/record/vocabularies/affected.json';
import kinds from '../../crates/record/vocabularies/kinds.json';
import sources from '../../crates/record/vocabularies/sources.json';
import type { CoalitionView, DeliveryItem, DeliveryState, DraftView, EvidenceView, HistoryLine, NoteView, ReportFields, ReportView, VocabularyView, WhenView } from '$src/lib/bindings';

interface Labelled { code: string; labels: Record<string, string> }

export function vocabularyIn(language: string): VocabularyView {
  const term = ({ code, labels }: Labelled) => ({ code, label: labels[language] ?? labels['en'] ?? code });
  return {
    families: kinds.families.map((family) => ({ ...term(family), kinds: family.kinds.map(term) })),
    affected: affected.terms.map(term),
    sources: sources.terms.map(term),
  };
}

/** A drawn landscape, so that no picture of anybody is needed. */
export function pictureOf(object: string): string {
  const hue = [...object].reduce((sum, sign) => sum + sign.charCodeAt(0), 0) % 60;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><rect width="400" height="300" fill="hsl(${String(200 + hue)} 30% 78%)"/><circle cx="300" cy="80" r="34" fill="hsl(${String(30 + hue)} 60% 84%)"/><path d="M0 220 L90 130 L170 210 L250 110 L400 240 V300 H0Z" fill="hsl(${String(150 + hue)} 18% 46%)"/><path d="M0 260 Q120 220 220 255 T400 240 V300 H0Z" fill="hsl(${String(95 + hue)} 20% 36%)"/></svg>`;
  return URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
}

export function pdfOf(): string {
  const stream = 'BT /F1 22 Tf 72 740 Td (Administrative protocol No. 114) Tj 0 -40 Td /F1 13 Tf (12 March 2026, district court. Page one of one.) Tj ET';
  const parts = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>', `<< /Length ${String(stream.length)} >>\nstream\n${stream}\nendstream`, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'];
  let body = '%PDF-1.4\n';
  const offsets = parts.map((part, at) => {
    const offset = body.length;
    body += `${String(at + 1)} 0 obj\n${part}\nendobj\n`;
    return offset;
  });
  body += `xref\n0 6\n0000000000 65535 f \n${offsets.map((one) => `${String(one).padStart(10, '0')} 00000 n \n`).join('')}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n${String(body.length)}\n%%EOF`;
  return URL.createObjectURL(new Blob([body.padEnd(4000)], { type: 'application/pdf' }));
}

const words = {
  en: {
    coalition: 'Steppe Legal Network',
    texts: [
      'Two men in plain clothes waited at the gate when I came back from the market.\n\nThey did not show papers. They said I had to come “for a talk” about the well, and that it would be better for my children if I stopped writing letters. They photographed the house and the car. My neighbour Gulnara saw it from her yard and wrote down the number of their car.\n\nThey left after about ten minutes. In the evening somebody called from a hidden number and said only: “You heard us.”',
      'The inspectors came again, the third time this month, and took both laptops and the accounting books.\n\nThey left a protocol with no stamp on it.',
      'My bank account is frozen. The branch says it is “a request from above” and will not give it in writing.',
      'State channel showed my photo and called our summer school “a nest of foreign agents”',
      'They summoned Aida’s brother from work and asked where she is',
      'Court hearing moved to a closed room without telling the lawyer',
      'Somebody logged in to our mailbox at night from an unknown device',
    ],
    draft: 'This morning the road to the village was closed and',
    place: 'Village at the upper canal, our street',
    files: ['Gate in the evening.jpg', 'Car number, written by hand.jpg', 'Protocol 114, page 1–2.pdf', 'Call at 21.52.m4a'],
    answer: 'We read this today and believe you. A lawyer, Mr Sadykov, can go with you if they summon you again; call the number you know, at any hour. We cannot pay for moving house this month, because the relocation fund is empty until May. Please keep the note with the car number safe.',
    older: 'They left after five minutes.',
  },
  ru: {
    coalition: 'Степная правовая сеть',
    texts: [
      'Когда я вернулась с рынка, у ворот ждали двое мужчин в гражданском.\n\nДокументов не показали. Сказали, что я должна пройти «на беседу» насчёт колодца и что для моих детей будет лучше, если я перестану писать письма. Сфотографировали дом и машину. Соседка Гульнара видела это со своего двора и записала номер их машины.\n\nУехали минут через десять. Вечером позвонили со скрытого номера и сказали только: «Вы нас услышали».',
      'Снова пришла проверка, третий раз за месяц, забрали оба ноутбука и бухгалтерские книги.\n\nОставили протокол без печати.',
      'Мой счёт в банке заблокирован. В отделении говорят, что это «просьба сверху», и письменно ничего не дают.',
      'По государственному каналу показали мою фотографию и назвали нашу летнюю школу «гнездом иностранных агентов»',
      'Брата Аиды вызвали с работы и спрашивали, где она сейчас',
      'Заседание суда перенесли в закрытый зал и не предупредили адвоката',
      'Ночью кто-то вошёл в нашу почту с неизвестного устройства',
    ],
    draft: 'Сегодня утром дорогу в село перекрыли, и',
    place: 'Село у верхнего канала, наша улица',
    files: ['Ворота вечером.jpg', 'Номер машины, записан от руки.jpg', 'Протокол 114, страницы 1–2.pdf', 'Звонок в 21.52.m4a'],
    answer: 'Мы прочитали это сегодня и верим вам. Если вас вызовут снова, с вами может пойти адвокат, господин Садыков: звоните по номеру, который вы знаете, в любое время. Оплатить переезд в этом месяце мы не можем: фонд на переезды пуст до мая. Пожалуйста, сохраните записку с номером машины.',
    older: 'Уехали минут через пять.',
  },
};

const day = 864e5;

export function scene(language: string, role: string) {
  const said = language === 'ru' ? words.ru : words.en;
  const now = Date.now();
  const coalition: CoalitionView = { name: said.coalition, fingerprint: '40712 93358 10246 77031 58894', endpoints: ['https://post.steppe.example'] };
  const files: EvidenceView[] = said.files.map((name, at) => ({
    object: at === 2 ? 'pdf0' : `file${String(at)}`, name,
    media_type: ['image/jpeg', 'image/jpeg', 'application/pdf', 'audio/mp4'][at] ?? '',
    size: [2_412_000, 1_190_000, 4000, 961_000][at] ?? 0,
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', imported_at: now - day, present: at !== 3,
  }));
  const on = (from: string, precision: WhenView['precision'] = 'day', to: string | null = null): WhenView => ({ precision, from, to, zone: null });
  const allKinds = kinds.families.flatMap((family) => family.kinds.map((kind) => kind.code));
  const kind = (...at: number[]) => at.map((one) => allKinds[one] ?? '').filter(Boolean);
  const who = sources.terms.map((term) => term.code);
  const hit = affected.terms.map((term) => term.code);
  const fields = (at: number, rest: Partial<ReportFields>): ReportFields => ({
    narrative: said.texts[at] ?? '', language, kinds: [], when: null, place: null, affected: [], sources: [], urgent: false, ...rest,
  });
  const history: HistoryLine[] = ['created', 'field_set', 'evidence_added', 'consent_given', 'handed_over', 'opened', 'answered'].map((what, at) => ({
    entry: `${String(at)}a7f3c${String(at)}9e1b24`, what, mine: at < 5, made_at: now - 3 * day + at * 36e5, from_lost_device: role === 'desk' && at === 4,
  }));
  const notes: NoteView[] = [{ text: said.answer, mine: role === 'desk', answer: true, made_at: now - 2 * 36e5 }];
  const make = (at: number, state: DeliveryState, own: Partial<ReportFields>, rest: Partial<ReportView> = {}): ReportView => ({
    report: `r${String(at)}`, fields: fields(at, own), conflicts: [], evidence: [], state, changed_since_handed_over: false,
    consent_given: state !== 'saved', notes: [], history: history.slice(0, state === 'saved' ? 2 : 5).map((line) => ({ ...line, from_lost_device: line.from_lost_device && at === 0 })), missing_entries: 0, has_draft: false,
    thinned: null, can_thin: state === 'held' || state === 'read' || state === 'answered', new_device: role === 'desk' && at === 0, ...rest,
  });
  const place = { text: said.place, country: 'KG' };
  const reports: ReportView[] = [
    make(0, role === 'desk' ? 'held' : 'saved', { kinds: kind(0, 3), when: on('2026-11-20T18:40', 'exact'), place, affected: hit.slice(0, 1), sources: who.slice(1, 2), urgent: true }, { evidence: files }),
    make(1, 'waiting', { kinds: kind(17), when: on('2026-11-18'), place: { text: '', country: 'KG' }, sources: who.slice(3, 4) }, { evidence: files.slice(2, 3), changed_since_handed_over: true,
      conflicts: [{ field: 'when', values: [fields(1, { when: on('2026-11-18') }), fields(1, { when: on('2026-11-17') })] }], missing_entries: 1 }),
    make(2, 'held', { kinds: kind(40), when: on('2026-11', 'month') }),
    make(3, 'read', { kinds: kind(26), when: on('2026-11-02', 'range', '2026-11-05') }, { evidence: files.slice(0, 2).map((one) => ({ ...one, present: role === 'desk' })), thinned: role === 'desk' ? null : 'evidence' }),
    make(4, 'answered', { kinds: kind(44), when: on('2026-10-29'), place }, { notes, history }),
    make(5, 'answered', { when: on('2026-10', 'month') }, { notes, evidence: files.slice(0, 1) }),
    make(7, 'read', {}, { thinned: role === 'desk' ? null : 'everything', can_thin: false }),
    make(6, 'read', { kinds: kind(31), when: on('2026-09-14') }),
  ];
  const drafts: DraftView[] = role === 'desk' ? [] : [{ report: 'd0', fields: { ...fields(0, {}), narrative: said.draft, when: on('2026-11-22'), kinds: kind(20) }, evidence: [], is_new: true, saved_at: now - 9e5 }];
  const item = (report: number, evidence: string | null, size: number, sent: number, state: DeliveryState, rest: Partial<DeliveryItem> = {}): DeliveryItem => ({
    object: `x${String(report)}${evidence ?? ''}${state}`, report: `r${String(report)}`, title: (said.texts[report] ?? '').split('\n')[0]?.slice(0, 80) ?? '', evidence, size, sent, state, reason: null, receipt: state !== 'waiting', ...rest,
  });
  const items: DeliveryItem[] = [
    item(1, null, 7400, 7400, 'held'),
    item(1, said.files[2] ?? '', 3_412_000, 1_240_000, 'waiting'),
    item(3, said.files[0] ?? '', 48_900_000, 0, 'waiting', { reason: { code: 'endpoint_full' } }),
    item(2, null, 6100, 6100, 'held'),
    item(4, null, 8200, 8200, 'read'),
    item(6, null, 7000, 7000, 'read'),
  ];
  return { coalition, reports, drafts, items, order: reports.map((one) => one.report), unread: role === 'desk' ? ['r0', 'r1', 'r2'] : [] };
}
