/** What a standing value says, and how choosing it changes the report. */
import type { ReportFields } from '$src/lib/bindings';
import { t } from '$src/words/words.svelte';
import { answer, type Wording } from './facts';

type Change = (fields: ReportFields, chosen: ReportFields) => void;

const changes: Record<string, Change> = {
  narrative: (fields, chosen) => {
    fields.narrative = chosen.narrative;
    fields.language = chosen.language;
  },
  kinds: (fields, chosen) => {
    fields.kinds = chosen.kinds;
  },
  when: (fields, chosen) => {
    fields.when = chosen.when;
  },
  place: (fields, chosen) => {
    fields.place = chosen.place;
  },
  affected: (fields, chosen) => {
    fields.affected = chosen.affected;
  },
  sources: (fields, chosen) => {
    fields.sources = chosen.sources;
  },
  urgent: (fields, chosen) => {
    fields.urgent = chosen.urgent;
  },
};

/** How to settle a field, or `null` for one from a newer version. */
export function settle(field: string): Change | null {
  return changes[field] ?? null;
}

export function conflictText(field: string, value: ReportFields, wording: Wording): string | null {
  const codes = (list: string[]) => (list.length > 0 ? list.map(wording.label).join(' · ') : null);
  switch (field) {
    case 'narrative':
      return value.narrative.trim() || null;
    case 'kinds':
      return answer('kinds', value, wording);
    case 'when':
      return answer('when', value, wording);
    case 'place':
      return answer('where', value, wording);
    case 'affected':
      return codes(value.affected);
    case 'sources':
      return codes(value.sources);
    case 'urgent':
      return value.urgent ? t('yes') : t('no');
    default:
      return null;
  }
}
