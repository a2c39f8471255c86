/** Numbers, sizes and times in each language. */
import { describe, expect, it } from 'vitest';
import { formatDay, formatList, formatShort, formatSize, formatWhen, inFours, timeLeft } from './format';

const plain = (text: string | null) => text?.replace(/[\u00a0\u202f\u2009]/g, ' ');

describe('sizes', () => {
  it('uses few digits', () => {
    expect(plain(formatSize(0, 'en'))).toBe('0 bytes');
    expect(plain(formatSize(820_400, 'en'))).toBe('820 kB');
    expect(plain(formatSize(1_440_000, 'en'))).toBe('1.4 MB');
    expect(plain(formatSize(999_999, 'en'))).toBe('1 MB');
    expect(plain(formatSize(48_900_000, 'ru'))).toBe('49 МБ');
    expect(plain(formatSize(8e12, 'en'))).toBe('8 TB');
  });
});

describe('moments', () => {
  const when = (precision: 'exact' | 'day' | 'month' | 'year' | 'range' | 'unknown', from: string | null, to: string | null = null) =>
    ({ precision, from, to, zone: null });

  it('says as much as is known', () => {
    expect(formatWhen(when('exact', '2026-03-12T21:40'), 'en')).toBe('12 March 2026, 21:40');
    expect(formatWhen(when('day', '2026-03-12'), 'en')).toBe('12 March 2026');
    expect(formatWhen(when('month', '2026-03'), 'en')).toBe('March 2026');
    expect(formatWhen(when('year', '2026'), 'en')).toBe('2026');
    expect(plain(formatWhen(when('range', '2026-03-12', '2026-03-15'), 'en'))?.replace(/\s*–\s*/, '–')).toBe('12–15 March 2026');
    expect(formatWhen(when('range', '2026-03', '2026-05'), 'en')).toBe('March 2026 – May 2026');
    expect(plain(formatWhen(when('day', '2026-03-12'), 'ru'))).toContain('12 марта 2026');
  });

  it('says nothing when nothing is known, and keeps what it cannot read', () => {
    expect(formatWhen(null, 'en')).toBeNull();
    expect(formatWhen(when('unknown', null), 'en')).toBeNull();
    expect(formatWhen(when('day', 'spring'), 'en')).toBe('spring');
  });

  it('shortens the recent', () => {
    const now = new Date(2026, 10, 22, 12).getTime();
    expect(formatShort(new Date(2026, 10, 22, 9, 5).getTime(), 'en', now)).toBe('09:05');
    expect(formatShort(new Date(2026, 10, 21, 9, 5).getTime(), 'en', now)).toBe('21 Nov');
  });
});

describe('other figures', () => {
  it('names a day, and its year when it is another', () => {
    const now = new Date(2026, 10, 22).getTime();
    expect(formatDay(new Date(2026, 4, 3).getTime(), 'en', now)).toBe('3 May');
    expect(formatDay(new Date(2026, 4, 3).getTime(), 'ru', now)).toBe('3 мая');
    expect(formatDay(new Date(2025, 4, 3).getTime(), 'en', now)).toBe('3 May 2025');
  });

  it('joins a list', () => {
    expect(formatList(['a'], 'en')).toBe('a');
    expect(formatList(['a', 'b', 'c'], 'en')).toBe('a, b and c');
    expect(formatList(['а', 'б', 'в'], 'ru')).toBe('а, б и в');
  });

  it('groups hashes', () => expect(inFours('9f86d081884c')).toBe('9f86 d081 884c'));

  it('tells the time left only when it can be told', () => {
    expect(timeLeft(0, 100, 9000)).toBeNull();
    expect(timeLeft(50, 100, 500)).toBeNull();
    expect(timeLeft(50, 100, 10_000)).toEqual({ minutes: 0, seconds: 10 });
    expect(timeLeft(10, 100, 10_000)).toEqual({ minutes: 2, seconds: 0 });
  });
});
