/** When a touch counts as a check-in. */
import { afterEach, expect, it, vi } from 'vitest';
import { sayEveryMs, watchPresence } from './presence';

afterEach(() => void vi.useRealTimers());

it('says that somebody is there at a touch, now and then, and not when nobody is', () => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  const heard = new Map<string, () => void>();
  const place = {
    addEventListener: (type: string, run: unknown) => void heard.set(type, run as () => void),
    removeEventListener: (type: string) => void heard.delete(type),
  } as never;
  const say = vi.fn();
  const stop = watchPresence(say, place);
  heard.get('keydown')?.();
  expect(say, 'opening has said it').not.toHaveBeenCalled();
  vi.advanceTimersByTime(3 * sayEveryMs);
  expect(say, 'nobody was there').not.toHaveBeenCalled();
  heard.get('keydown')?.();
  heard.get('pointerdown')?.();
  expect(say).toHaveBeenCalledTimes(1);
  vi.setSystemTime(1_000_000_000_000);
  heard.get('pointerdown')?.();
  expect(say, 'a clock set back').toHaveBeenCalledTimes(2);
  stop();
  expect(heard.size).toBe(0);
});
