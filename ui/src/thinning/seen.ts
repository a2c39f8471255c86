/** What a search would reveal, as a sentence. */
import type { ExposureView } from '$src/lib/bindings';
import { formatList, formatSize } from '$src/words/format';
import { t } from '$src/words/words.svelte';

export function seenSentence(seen: ExposureView, language: string): string {
  const parts: string[] = [];
  if (seen.reports > 0) parts.push(t('seen-reports', { count: seen.reports }));
  if (seen.drafts > 0) parts.push(t('seen-drafts', { count: seen.drafts }));
  if (seen.evidence > 0) {
    parts.push(t('seen-evidence', { count: seen.evidence, size: formatSize(seen.evidence_bytes, language) }));
  }
  if (seen.receipts_only > 0) parts.push(t('seen-receipts', { count: seen.receipts_only }));
  if (seen.answers_kept > 0) parts.push(t('seen-answers', { count: seen.answers_kept }));
  if (seen.coalition !== null) parts.push(t('seen-coalition'));
  if (parts.length === 0) return t('seen-nothing');
  const list = formatList(parts, language);
  return t('seen-list', { list: list.charAt(0).toLocaleUpperCase(language) + list.slice(1) });
}
