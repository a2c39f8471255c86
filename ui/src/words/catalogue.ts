/**
 * The words of the screens, from the Fluent catalogues that Rust reads too.
 *
 * Keeps: a message missing in one language is shown in English, never as an empty place.
 */
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';

export const languages = ['en', 'ru'] as const;
export type LanguageCode = (typeof languages)[number];

const sources = import.meta.glob<string>('$locales/*/*.ftl', { query: '?raw', import: 'default', eager: true });

export function bundleFor(language: LanguageCode): FluentBundle {
  const bundle = new FluentBundle(language, { useIsolating: false });
  for (const [path, text] of Object.entries(sources)) {
    if (path.includes(`/${language}/`)) bundle.addResource(new FluentResource(text));
  }
  return bundle;
}

const bundles = new Map<LanguageCode, FluentBundle>();

function bundle(language: LanguageCode): FluentBundle {
  let known = bundles.get(language);
  if (!known) {
    known = bundleFor(language);
    bundles.set(language, known);
  }
  return known;
}

/** `key` or `key.attribute` in a language, or `null` where it has none. */
export function lookUp(language: LanguageCode, key: string, values?: Record<string, FluentVariable>): string | null {
  const [id = key, attribute] = key.split('.');
  for (const code of [language, 'en'] as const) {
    const message = bundle(code).getMessage(id);
    const pattern = attribute === undefined ? message?.value : message?.attributes[attribute];
    if (pattern) return bundle(code).formatPattern(pattern, values ?? null, []);
  }
  return null;
}

/** The nearest language that has a catalogue. */
export function nearestLanguage(wanted: readonly string[]): LanguageCode {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0];
    const found = languages.find((code) => code === primary);
    if (found) return found;
  }
  return 'en';
}
