/** When an untouched vault locks by itself. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { IdleClock, moveOn, watchIdle } from './idle';

const minute = 60_000;

describe('the idle clock', () => {
  it('counts from the last touch', () => {
    const clock = new IdleClock(0);
    expect(clock.look(4 * minute, false)).toBe(4 * minute);
    clock.touch(5 * minute);
    expect(clock.look(6 * minute, false)).toBe(minute);
  });

  it('stands still while files are added, and only for ten minutes', () => {
    const clock = new IdleClock(0);
    for (let at = 1; at <= 10; at += 1) expect(clock.look(at * minute, true)).toBe(0);
    expect(clock.look(13 * minute, true)).toBe(3 * minute);
    expect(clock.look(60 * minute, true)).toBe(50 * minute);
  });

  it('goes on counting when the files are in', () => {
    const clock = new IdleClock(0);
    clock.look(2 * minute, true);
    expect(clock.look(5 * minute, false)).toBe(3 * minute);
  });

  it('gives new grace after a touch', () => {
    const clock = new IdleClock(0);
    clock.look(30 * minute, true);
    clock.touch(30 * minute);
    expect(clock.look(35 * minute, true)).toBe(0);
  });

  it('has locked when a device wakes after hours, whatever was under way', () => {
    const clock = new IdleClock(0);
    expect(clock.look(8 * 60 * minute, true)).toBeGreaterThan(7 * 60 * minute);
  });

  it('does not count backwards with the device’s clock', () => {
    const clock = new IdleClock(10 * minute);
    expect(clock.look(5 * minute, true)).toBeLessThanOrEqual(0);
    clock.touch(5 * minute);
    expect(clock.look(6 * minute, false)).toBe(minute);
  });
});

describe('the watch', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('waits as long as what somebody waits for moves on, and no longer', () => {
    vi.useFakeTimers();
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('document', new EventTarget());
    let locks = 0;
    const stop = watchIdle({ minutes: () => 5, busy: () => true, lock: () => (locks += 1) });
    for (let passed = 0; passed < 8 * 60; passed += 5) {
      vi.advanceTimersByTime(5 * minute);
      moveOn();
    }
    expect(locks).toBe(0);
    vi.advanceTimersByTime(16 * minute);
    expect(locks).toBe(1);
    stop();
  });
});
