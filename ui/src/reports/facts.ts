/** The answers to the small questions of a report, as one line each. */
import type { ReportFields } from '$src/lib/bindings';
import { formatWhen } from '$src/words/format';
import { maybe, t } from '$src/words/words.svelte';

export const factNames = ['kinds', 'when', 'where', 'who', 'urgent'] as const;
export type FactName = (typeof factNames)[number];

export interface Wording {
  language: string;
  label: (code: string) => string;
}

/** The name in a language; where the standard tables name a country as its people do not, the catalogue does. */
export function countryName(code: string, language: string): string {
  const own = maybe(`country-${code.toLowerCase()}`);
  if (own) return own;
  try {
    return new Intl.DisplayNames(language, { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

export function placeLine(fields: Pick<ReportFields, 'place'>, language: string): string | null {
  const { text = '', country = null } = fields.place ?? {};
  const line = [text.trim(), country ? countryName(country, language) : ''].filter(Boolean).join(', ');
  return line || null;
}

function list(codes: string[], label: Wording['label']): string | null {
  return codes.length > 0 ? codes.map(label).join(' · ') : null;
}

/** The answer a closed card shows, or `null` while nothing is said. */
export function answer(fact: FactName, fields: ReportFields, { language, label }: Wording): string | null {
  switch (fact) {
    case 'kinds':
      return list(fields.kinds, label);
    case 'when':
      return (
        formatWhen(fields.when, language) ?? (fields.when?.precision === 'unknown' ? t('when-not-known') : null)
      );
    case 'where':
      return placeLine(fields, language);
    case 'who':
      return list([...fields.affected, ...fields.sources], label);
    case 'urgent':
      return fields.urgent ? t('urgent') : null;
  }
}
