/**
 * Sizes, times and moments as a person reads them. Pure: language and clock are parameters.
 */
import type { WhenView } from '$src/lib/bindings';

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `1.4 MB`, `820 kB`; one decimal below ten, none above. */
export function formatSize(bytes: number, language: string): string {
  let value = Math.max(0, bytes);
  let step = 0;
  while (value >= 999.5 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    // English has no short plural for bytes: `595 byte`.
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step > 0 && value < 9.95 ? 1 : 0,
  }).format(value);
}

/** `21:40`, in the device's own zone. */
export function formatClock(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** For a list: the time today, the day this year, else the whole date. */
export function formatShort(at: number, language: string, now: number): string {
  const then = new Date(at);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString()) return formatClock(at, language);
  const sameYear = then.getFullYear() === today.getFullYear();
  return new Intl.DateTimeFormat(
    locale(language),
    sameYear ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'numeric', year: '2-digit' },
  ).format(at);
}

/** `12 March 2026, 21:40`, in the device's own zone. */
export function formatMoment(at: number, language: string): string {
  const day = new Intl.DateTimeFormat(locale(language), { day: 'numeric', month: 'long', year: 'numeric' });
  return `${day.format(at)}, ${formatClock(at, language)}`;
}

/** Day before month in every language here: the readers' own order. */
function locale(language: string): string {
  return language === 'en' ? 'en-GB' : language;
}

type Parts = { date: Date; options: Intl.DateTimeFormatOptions; time: string | null };

function read(iso: string): Parts | null {
  const found = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}:\d{2}))?)?)?/.exec(iso);
  if (!found) return null;
  const [, year, month, day, time] = found;
  return {
    date: new Date(Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1))),
    options: {
      timeZone: 'UTC',
      year: 'numeric',
      ...(month ? { month: 'long' } : {}),
      ...(day ? { day: 'numeric' } : {}),
    },
    time: time ?? null,
  };
}

/** When it happened, as exactly as it is known; `null` when nothing is said or it is not known. */
export function formatWhen(when: WhenView | null, language: string): string | null {
  if (!when?.from || when.precision === 'unknown') return null;
  const from = read(when.from);
  if (!from) return when.from;
  const format = new Intl.DateTimeFormat(locale(language), from.options);
  const to = when.precision === 'range' && when.to ? read(when.to) : null;
  if (to) {
    const bothDays = 'day' in from.options && 'day' in to.options;
    if (bothDays) return format.formatRange(from.date, to.date);
    return `${format.format(from.date)} – ${new Intl.DateTimeFormat(locale(language), to.options).format(to.date)}`;
  }
  const day = format.format(from.date);
  return from.time ? `${day}, ${from.time}` : day;
}

/** `12 March`, and the year when it is another. */
export function formatDay(at: number, language: string, now: number): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale(language), {
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}

/** `one, two and three`. */
export function formatList(parts: readonly string[], language: string): string {
  return new Intl.ListFormat(locale(language), { type: 'conjunction' }).format(parts);
}

/** Groups of four, for a hash or a key. */
export function inFours(text: string): string {
  return text.replace(/(.{4})(?=.)/g, '$1 ');
}

/** What is left, in whole seconds below a minute and whole minutes above; `null` while it cannot be told. */
export function timeLeft(done: number, total: number, elapsedMs: number): { minutes: number; seconds: number } | null {
  if (done <= 0 || elapsedMs < 1500) return null;
  const left = ((total - done) / done) * (elapsedMs / 1000);
  return left < 60 ? { minutes: 0, seconds: Math.ceil(left) } : { minutes: Math.ceil(left / 60), seconds: 0 };
}
