/** Dates and times as far as they are known. */
import { describe, expect, it } from 'vitest';
import { fromIso, noParts, offsetText, readTime, toIso, toWhen } from './moment';

const parts = (day: string, month: string, year: string, time = '') => ({ day, month, year, time });
const zone = () => 300;

describe('a moment', () => {
  it('is as exact as what is filled in', () => {
    expect(toWhen(parts('', '', '2026'), null, zone)).toEqual({ precision: 'year', from: '2026', to: null, zone: null });
    expect(toWhen(parts('', '3', '2026'), null, zone)).toMatchObject({ precision: 'month', from: '2026-03' });
    expect(toWhen(parts('9', '3', '2026'), null, zone)).toMatchObject({ precision: 'day', from: '2026-03-09' });
    expect(toWhen(parts('9', '3', '2026', '21.40'), null, zone)).toEqual({
      precision: 'exact', from: '2026-03-09T21:40', to: null, zone: '+05:00',
    });
    expect(toWhen(parts('9', '3', '2026'), parts('12', '3', '2026'), zone)).toMatchObject({
      precision: 'range', from: '2026-03-09', to: '2026-03-12',
    });
    expect(toWhen(noParts, null, zone)).toBeNull();
  });

  it('says when there is no such date or the end comes first', () => {
    expect(toIso(parts('30', '2', '2026'))).toBe('odd');
    expect(toIso(parts('1', '1', '26'))).toBe('odd');
    expect(toIso(parts('1', '1', '2026', '25:00'))).toBe('odd');
    expect(toWhen(parts('9', '3', '2026'), parts('8', '3', '2026'), zone)).toBe('order');
    expect(toWhen(parts('9', '3', '2026'), parts('', '3', '2026'), zone)).toMatchObject({ precision: 'range' });
  });

  it('reads times as people type them', () => {
    expect(['2140', '21.40', '9:05', '7', '24:00', 'x'].map(readTime)).toEqual(['21:40', '21:40', '09:05', '07:00', null, null]);
  });

  it('comes back as it was', () => {
    for (const iso of ['2026', '2026-03', '2026-03-09', '2026-03-09T21:40']) expect(toIso(fromIso(iso))).toBe(iso);
  });

  it('writes offsets', () => expect([330, -150, 0].map(offsetText)).toEqual(['+05:30', '-02:30', '+00:00']));
});
