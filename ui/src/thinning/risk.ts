/** What only this device has, as one line of words. */
import type { AtRisk } from '$src/lib/bindings';
import { formatList, formatSize } from '$src/words/format';
import { t } from '$src/words/words.svelte';

export function nothingAtRisk({ drafts, unsent, waiting }: AtRisk): boolean {
  return drafts + unsent + waiting === 0;
}

export function riskList(risk: AtRisk, language: string, desk: boolean): string {
  const parts: string[] = [];
  if (risk.drafts > 0) parts.push(t('risk-drafts', { count: risk.drafts }));
  if (risk.unsent > 0) parts.push(t('risk-unsent', { count: risk.unsent }));
  if (risk.waiting > 0) {
    const size = formatSize(risk.waiting_bytes, language);
    parts.push(desk ? t('risk-answers', { count: risk.waiting }) : t('risk-waiting', { count: risk.waiting, size }));
  }
  return formatList(parts, language);
}
