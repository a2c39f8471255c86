/** The sum on the calculator. It stays when the cover comes and goes, as in any calculator left open. */
import { press, start, take, type Key, type Past, type Sum } from './calculator';

const mostKept = 40;

class Calculation {
  sum = $state.raw<Sum>(start);
  /** What was calculated, the latest first. */
  past = $state.raw<readonly Past[]>([]);

  press(key: Key): void {
    const before = this.sum.last;
    this.sum = press(this.sum, key);
    const { last } = this.sum;
    if (last && last !== before) this.past = [last, ...this.past].slice(0, mostKept);
  }

  /** Goes on with a result from before. */
  take(result: number): void {
    this.sum = take(this.sum, result);
  }
}

export const calculation = new Calculation();
