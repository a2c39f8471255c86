/** The words for codes, in the language in use. An unknown code is shown, never dropped. */
import { call } from '$shell';
import type { Term, VocabularyView } from '$src/lib/bindings';
import { t } from '$src/words/words.svelte';

const nothing: VocabularyView = { families: [], affected: [], sources: [] };

export class Vocabulary {
  view = $state.raw<VocabularyView>(nothing);

  #terms: Term[] = $derived([
    ...this.view.families.flatMap((family) => family.kinds),
    ...this.view.affected,
    ...this.view.sources,
  ]);

  async load(language: string): Promise<void> {
    const view = await call('vocabulary', { language }).catch(() => null);
    if (view) this.view = view;
  }

  label(code: string): string {
    if (this.view === nothing) return '';
    return this.#terms.find((term) => term.code === code)?.label ?? t('code-unknown', { code });
  }
}
