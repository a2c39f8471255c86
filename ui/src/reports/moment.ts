/**
 * A moment as a person fills it in: as much as is known. How exact it is follows from what is filled in.
 */
import type { WhenView } from '$src/lib/bindings';

export interface Parts {
  day: string;
  month: string;
  year: string;
  time: string;
}

export const noParts: Parts = { day: '', month: '', year: '', time: '' };

export type Problem = 'odd' | 'order';

const two = (text: string) => text.padStart(2, '0');

/** `2140`, `21.40`, `9:05` as `21:40`, `09:05`; `null` when it is no time of day. */
export function readTime(text: string): string | null {
  const found = /^(\d{1,2})(?:[:.\s-]?(\d{2}))?$/.exec(text.trim());
  if (!found) return null;
  const hour = Number(found[1]);
  const minute = Number(found[2] ?? 0);
  return hour < 24 && minute < 60 ? `${two(String(hour))}:${two(String(minute))}` : null;
}

/** ISO text cut to what is known; `null` while there is not even a year; `odd` when there is no such date. */
export function toIso({ day, month, year, time }: Parts): string | null | 'odd' {
  if (!year.trim()) return null;
  if (!/^\d{4}$/.test(year.trim())) return 'odd';
  let iso = year.trim();
  if (!month) return iso;
  iso += `-${two(month)}`;
  if (!day.trim()) return iso;
  const number = Number(day);
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, number));
  if (!Number.isInteger(number) || date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== number) return 'odd';
  iso += `-${two(String(number))}`;
  if (!time.trim()) return iso;
  const clock = readTime(time);
  return clock ? `${iso}T${clock}` : 'odd';
}

export function fromIso(iso: string | null): Parts {
  const found = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T(\d{2}:\d{2}))?/.exec(iso ?? '');
  if (!found) return { ...noParts };
  return {
    year: found[1] ?? '',
    month: found[2] ? String(Number(found[2])) : '',
    day: found[3] ? String(Number(found[3])) : '',
    time: found[4] ?? '',
  };
}

/** `+05:00` for minutes east of UTC. */
export function offsetText(minutesEast: number): string {
  const sign = minutesEast < 0 ? '-' : '+';
  const whole = Math.abs(minutesEast);
  return `${sign}${two(String(Math.floor(whole / 60)))}:${two(String(whole % 60))}`;
}

/** What is filled in, as the record keeps it. `minutesEast` is the zone of an exact time. */
export function toWhen(from: Parts, to: Parts | null, minutesEast: (iso: string) => number): WhenView | null | Problem {
  const start = toIso(from);
  const end = to ? toIso(to) : null;
  if (start === 'odd' || end === 'odd') return 'odd';
  if (!start) return null;
  if (end) {
    const length = Math.min(start.length, end.length);
    if (end.slice(0, length) < start.slice(0, length)) return 'order';
    return { precision: 'range', from: start, to: end, zone: null };
  }
  if (start.includes('T')) {
    return { precision: 'exact', from: start, to: null, zone: offsetText(minutesEast(start)) };
  }
  const precision = start.length === 4 ? 'year' : start.length === 7 ? 'month' : 'day';
  return { precision, from: start, to: null, zone: null };
}
