/** The words for codes, in the language in use. An unknown code is shown, never dropped. */
import { call } from '$shell';
import type { Term, VocabularyView } from '$src/lib/bindings';

const nothing: VocabularyView = { families: [], affected: [], sources: [] };

export class Vocabulary {
  view = $state.raw<VocabularyView>(nothing);

  #labels = $derived(
    new Map(
      [...this.view.families.flatMap((family) => family.kinds), ...this.view.affected, ...this.view.sources].map(
        ({ code, label }: Term) => [code, label],
      ),
    ),
  );

  async load(language: string): Promise<void> {
    const view = await call('vocabulary', { language }).catch(() => null);
    if (view) this.view = view;
  }

  label(code: string): string {
    return this.#labels.get(code) ?? code;
  }
}
