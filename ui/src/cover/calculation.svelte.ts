/** The sum on the calculator. It stays when the cover comes and goes, as in any calculator left open. */
import { press, start, type Key, type Sum } from './calculator';

class Calculation {
  sum = $state.raw<Sum>(start);

  press(key: Key): void {
    this.sum = press(this.sum, key);
  }
}

export const calculation = new Calculation();
