/**
 * How long a passphrase stands, in words. The app counts against ten thousand guesses a second, the
 * least hashing any vault has, so below a year the power of ten tells the time.
 */
import type { StrengthView } from '$src/lib/bindings';

export type Guessing =
  | { key: 'guess-now' | 'guess-minutes' | 'guess-hours' | 'guess-day' | 'guess-days' | 'guess-months' | 'guess-never' }
  | { key: 'guess-years'; years: number };

const steps = [
  { below: 4, key: 'guess-now' },
  { below: 7, key: 'guess-minutes' },
  { below: 8, key: 'guess-hours' },
  { below: 9, key: 'guess-day' },
  { below: 10, key: 'guess-days' },
] as const;

/** How long somebody with a room of machines guesses, rounded down to what one can picture. */
export function guessing({ guesses_log10, years }: StrengthView): Guessing {
  if (years >= 1_000_000) return { key: 'guess-never' };
  if (years >= 1) return { key: 'guess-years', years: roundDown(years) };
  return { key: steps.find(({ below }) => guesses_log10 < below)?.key ?? 'guess-months' };
}

/** To its first figure: 347 is 300. */
function roundDown(number: number): number {
  const unit = 10 ** Math.floor(Math.log10(number));
  return Math.floor(number / unit) * unit;
}

/** What to do about it. */
export function advice({ score }: StrengthView): 'strength-weak' | 'strength-fair' | 'strength-good' {
  if (score < 2) return 'strength-weak';
  return score < 4 ? 'strength-fair' : 'strength-good';
}
