import type { KindFamily, Term } from '$src/lib/bindings';

/** The codes with one switched on or off. Codes of a newer version stay untouched. */
export function toggled(codes: readonly string[], code: string): string[] {
  return codes.includes(code) ? codes.filter((one) => one !== code) : [...codes, code];
}

/** The kinds in which every word of the search is found, in the kind or in its family. */
export function findKinds(families: readonly KindFamily[], search: string): Term[] {
  const wanted = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return families.flatMap((family) =>
    family.kinds.filter(({ label }) => {
      const text = `${label} ${family.label}`.toLocaleLowerCase();
      return wanted.every((word) => text.includes(word));
    }),
  );
}
