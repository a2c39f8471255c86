/**
 * Help for those who do not read Latin letters easily: about how an English word is read, in Cyrillic
 * letters, and what its letters are called. A rule cannot know English spelling, so it is an aid to
 * the eye and nothing is ever derived from it.
 */

/** Words whose spelling says nothing about how they are read. */
const odd = new Map(
  Object.entries({
    cough: 'коф', dough: 'доу', enough: 'инаф', rough: 'раф', tough: 'таф', laugh: 'лаф', though: 'доу',
    machine: 'машин', people: 'пипл', island: 'айленд', one: 'уан', once: 'уанс', eye: 'ай', two: 'ту', you: 'ю',
    ocean: 'оушен', sugar: 'шугар', sword: 'сорд', view: 'вью', review: 'ривью', beauty: 'бьюти', science: 'сайенс',
    giraffe: 'жираф', genre: 'жанр', pigeon: 'пиджен', giant: 'джайант', ginger: 'джинджер', magic: 'маджик',
    danger: 'дейнджер', energy: 'энерджи', engine: 'энджин', city: 'сити', lion: 'лайон', violin: 'вайолин',
    have: 'хев', live: 'лив', give: 'гив', love: 'лав', glove: 'глав', above: 'абав', move: 'мув', remove: 'римув',
    come: 'кам', become: 'бикам', some: 'сам', minute: 'минит', heart: 'харт', idea: 'айдиа', area: 'эриа', create: 'криэйт',
    now: 'нау', cow: 'кау', how: 'хау', allow: 'алау', eyebrow: 'айброу', owner: 'оунер', own: 'оун', bowl: 'боул',
    mechanic: 'механик', chaos: 'хаос', echo: 'эко', anchor: 'анкер', stomach: 'стомак', museum: 'мюзием', alien: 'эйлиен',
    head: 'хед', bread: 'бред', weather: 'везер', key: 'ки', monkey: 'манки', half: 'хаф', any: 'эни', woman: 'вуман',
  }),
);

/** What stands at this place of the word, and how it is read. The first that fits is taken. */
const rules: readonly [RegExp, string][] = (
  [
    ['^kn|^gn', 'н'], ['^wr', 'р'], ['^ps', 'с'], ['mb$', 'м'],
    ['a(?=tion)', 'ей'], ['ture$', 'чер'], ['sure$', 'жер'], ['tion', 'шн'], ['ssion', 'шн'], ['sion', 'жн'], ['ous$', 'ес'],
    ['(?<=[aeiou].+)age$', 'идж'], ['[td]?ch(?=r)', 'к'], ['tch', 'ч'], ['sch', 'ск'], ['chr', 'кр'],
    ['sh', 'ш'], ['ch', 'ч'], ['ph', 'ф'], ['th', 'т'], ['igh', 'ай'], ['augh|ough', 'о'], ['gh', 'г'],
    ['[tc]i(?=al|en|ous)', 'ш'], ['qu', 'кв'], ['wh?(?=oo|u)', 'в'], ['wh?(?=[aeiouy])', 'у'],
    ['dge?', 'дж'], ['que$', 'к'], ['xc(?=[ei])', 'кс'], ['xh', 'кз'], ['sc(?=[ei])', 'с'], ['ear(?=[^aeiouy])', 'ёр'],
    ['oor|oar|ore$', 'ор'], ['(?<=.)are$', 'ер'], ['ire$', 'айр'], ['ure$', 'юр'], ['(?<=[bcdfglmnprst])y(?=[ao])', 'ь'], ['gu(?=[eio])', 'г'], ['ge$', 'дж'], ['^g(?=e[nos])', 'дж'],
    ['cc(?=[eiy])', 'кс'], ['ck', 'к'], ['c(?=[eiy])', 'с'], ['^x', 'з'], ['x', 'кс'], ['j', 'дж'],
    ['ey$', 'и'], ['ow$', 'оу'], ['ow', 'ау'], ['oo', 'у'], ['ee|ea|ie(?=.)', 'и'], ['ou', 'ау'], ['oa', 'оу'],
    ['oi|oy', 'ой'], ['^ai|^ay', 'эй'], ['ai|ay|ei|ey', 'ей'], ['au|aw(?![aeiou])', 'о'], ['ew|eu|ue$', 'ю'], ['uy|(?<=^[^aeiou]{1,2})(?:ie|ye)$', 'ай'],
    ['ie$', 'и'], ['ui', 'у'], ['[ui]r(?=[^aeiouy]|$)', 'ёр'],
    ['^you?(?=u|$)', 'ю'], ['y(?=a)', 'й'], ['y(?=e)', ''], ['y(?=o)', 'й'], ['(?<=^[^aeiou]{1,3})y$', 'ай'], ['y', 'и'],
    ['^a(?=[bcdfgklmnprstvz]e$)', 'эй'], ['a(?=[bcdfgklmnprstvz]e$)', 'ей'],
    ['(?<=[aeiou].*)i(?=[cnv]e$)', 'и'], ['i(?=[bcdfklmnprstvz]e$)', 'ай'], ['o(?=[bcdfgklmnprstvz]e$)', 'оу'],
    ['u(?=[bcdfgklmnprstvz]e$)', 'ю'], ['^u(?=[nst][ieu])', 'ю'], ['(?<=[bpf])u(?=ll)', 'у'],
    ['u(?=[bcdfgklmnpst](?:[bcdfghklmnpqrstvz]|$))', 'а'], ['(?<=[aeiouy].*)e$', ''], ['^e', 'э'],
    // A doubled consonant is read once.
    ['([bdfgklmnprstvz])(?=\\1)', ''],
  ] as const
).map(([pattern, read]) => [new RegExp(pattern, 'y'), read]);

const single: Record<string, string> = {
  a: 'а', b: 'б', c: 'к', d: 'д', e: 'е', f: 'ф', g: 'г', h: 'х', i: 'и', k: 'к', l: 'л', m: 'м', n: 'н', o: 'о',
  p: 'п', q: 'к', r: 'р', s: 'с', t: 'т', u: 'у', v: 'в', w: 'в', z: 'з',
};

/** Readings that were worked out before: the whole list is read while somebody types. */
const known = new Map(odd);

/** About how the word is read, in Cyrillic letters. */
export function readAloud(word: string): string {
  let read = known.get(word);
  if (read === undefined) {
    read = byRule(word);
    known.set(word, read);
  }
  return read;
}

function byRule(word: string): string {
  let read = '';
  for (let at = 0; at < word.length; ) {
    const found = rules.find(([pattern]) => {
      pattern.lastIndex = at;
      return pattern.test(word);
    });
    if (found) {
      read += found[1];
      at = found[0].lastIndex;
    } else {
      const sign = word[at] ?? '';
      read += single[sign] ?? sign;
      at += 1;
    }
  }
  return read;
}

/** What Latin letters are called at school where Russian is spoken. */
const names: Record<string, string> = {
  a: 'а', b: 'бэ', c: 'цэ', d: 'дэ', e: 'е', f: 'эф', g: 'гэ', h: 'аш', i: 'и', j: 'йот', k: 'ка', l: 'эль', m: 'эм',
  n: 'эн', o: 'о', p: 'пэ', q: 'ку', r: 'эр', s: 'эс', t: 'тэ', u: 'у', v: 'вэ', w: 'дубль-вэ', x: 'икс', y: 'игрек', z: 'зет',
};

/** The letters of a word with their names. */
export function lettersOf(word: string): { letter: string; name: string }[] {
  return [...word].map((letter) => ({ letter, name: names[letter] ?? letter }));
}
