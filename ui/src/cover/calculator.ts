/**
 * A pocket calculator that can be trusted with sums: multiplication before addition, percent as on a
 * shop counter, twelve figures, and the last result kept to go on with. Pure: no clock, no language.
 */

export type Operator = '+' | '−' | '×' | '÷';
export type Key = Operator | '.' | '%' | '±' | '=' | 'back' | 'clear' | 'last' | `${number}`;

/** A whole calculation and its result. */
export interface Past {
  readonly parts: readonly (number | Operator)[];
  readonly result: number;
}

/** A number as typed (`entry`) or as found (`value`), and what waits to be done with it. */
export interface Sum {
  /** What is being typed; none while a result or an operator stands there. */
  readonly entry: string | null;
  /** Shown while nothing is being typed. */
  readonly value: number;
  /** Numbers and operators that wait, in turn: `12 + 7 ×`. */
  readonly waiting: readonly (number | Operator)[];
  /** The operation that `=` does again. */
  readonly again: { readonly operator: Operator; readonly by: number } | null;
  /** The last whole calculation and its result. */
  readonly last: Past | null;
  /** A division by nothing, or a number too large to be shown. */
  readonly broken: boolean;
  /** A number was just typed or found: an operator goes on with it. */
  readonly fresh: boolean;
}

const mostDigits = 12;
/** More are kept than are shown, so that a third taken three times is one. */
const keptDigits = 15;

export const start: Sum = { entry: null, value: 0, waiting: [], again: null, last: null, broken: false, fresh: true };

/** What a tenth and two tenths make is three tenths. */
function round(value: number): number {
  return Number(value.toPrecision(keptDigits));
}

function isOperator(part: number | Operator | undefined): part is Operator {
  return typeof part === 'string';
}

function apply(left: number, operator: Operator, right: number): number {
  switch (operator) {
    case '+':
      return round(left + right);
    case '−':
      return round(left - right);
    case '×':
      return round(left * right);
    case '÷':
      return round(left / right);
  }
}

/** Numbers and operators in turn, multiplication first. */
export function evaluate(parts: readonly (number | Operator)[]): number {
  const numbers: number[] = [];
  const operators: Operator[] = [];
  const tight = (operator: Operator | undefined) => operator === '×' || operator === '÷';
  const settle = () => {
    const right = numbers.pop() ?? 0;
    const left = numbers.pop() ?? 0;
    const operator = operators.pop();
    numbers.push(operator ? apply(left, operator, right) : right);
  };
  for (const part of parts) {
    if (isOperator(part)) {
      while (operators.length > 0 && (tight(operators.at(-1)) || !tight(part))) settle();
      operators.push(part);
    } else {
      numbers.push(part);
    }
  }
  while (operators.length > 0) settle();
  return numbers[0] ?? 0;
}

/** The number that stands there. */
export function current(sum: Sum): number {
  return sum.entry === null ? sum.value : Number(sum.entry);
}

function typed(sum: Sum, entry: string): Sum {
  return { ...sum, entry, fresh: true };
}

function digit(sum: Sum, key: string): Sum {
  const entry = sum.entry ?? '0';
  if (entry.replace(/[-.]/g, '').length >= mostDigits) return sum;
  if (entry === '0' || entry === '-0') return typed(sum, entry.replace('0', key));
  return typed(sum, entry + key);
}

function operate(sum: Sum, operator: Operator): Sum {
  if (!sum.fresh && isOperator(sum.waiting.at(-1))) {
    return { ...sum, waiting: [...sum.waiting.slice(0, -1), operator] };
  }
  const waiting = [...sum.waiting, current(sum), operator];
  // What is already certain is shown: after `2 × 3 +` the six.
  const tight = operator === '×' || operator === '÷';
  const certain = tight ? current(sum) : evaluate(waiting.slice(0, -1));
  return whole({ ...sum, entry: null, value: certain, waiting, again: null, fresh: false });
}

function equals(sum: Sum): Sum {
  const right = current(sum);
  if (sum.waiting.length === 0) {
    if (!sum.again) return { ...sum, entry: null, value: right, fresh: true };
    return result(sum, [right, sum.again.operator, sum.again.by], sum.again);
  }
  const operator = sum.waiting.at(-1);
  return result(sum, [...sum.waiting, right], isOperator(operator) ? { operator, by: right } : null);
}

function result(sum: Sum, parts: readonly (number | Operator)[], again: Sum['again']): Sum {
  const value = evaluate(parts);
  const found = whole({ ...sum, entry: null, value, waiting: [], again, fresh: true });
  return found.broken ? found : { ...found, last: { parts, result: value } };
}

function whole(sum: Sum): Sum {
  if (Number.isFinite(sum.value) && Math.abs(sum.value) < 1e15) return sum;
  return { ...sum, entry: null, value: 0, waiting: [], again: null, broken: true };
}

/** `200 + 10 %` is 220: a part of what it is added to. In a product it is simply hundredths. */
function percent(sum: Sum): Sum {
  const operator = sum.waiting.at(-1);
  const part = current(sum) / 100;
  const of = operator === '+' || operator === '−' ? evaluate(sum.waiting.slice(0, -1)) : 1;
  return { ...sum, entry: null, value: round(of * part), fresh: true };
}

function turn(sum: Sum): Sum {
  if (sum.entry === null) return { ...sum, value: sum.value === 0 ? 0 : -sum.value, fresh: true };
  return typed(sum, sum.entry.startsWith('-') ? sum.entry.slice(1) : `-${sum.entry}`);
}

function back(sum: Sum): Sum {
  if (sum.entry === null) return sum;
  const entry = sum.entry.slice(0, -1);
  return typed(sum, entry === '' || entry === '-' ? '0' : entry);
}

/** A result from before stands there again. */
export function take(sum: Sum, result: number): Sum {
  return { ...(sum.broken ? { ...start, last: sum.last } : sum), entry: null, value: result, fresh: true };
}

/** One key. */
export function press(sum: Sum, key: Key): Sum {
  if (sum.broken && key !== 'clear') return press({ ...start, last: sum.last }, key);
  switch (key) {
    case 'clear':
      return { ...start, last: sum.last };
    case 'last':
      return sum.last ? take(sum, sum.last.result) : sum;
    case '+':
    case '−':
    case '×':
    case '÷':
      return operate(sum, key);
    case '=':
      return equals(sum);
    case '%':
      return percent(sum);
    case '±':
      return turn(sum);
    case 'back':
      return back(sum);
    case '.':
      return sum.entry?.includes('.') ? sum : typed(sum, `${sum.entry ?? '0'}.`);
    default:
      return digit(sum, key);
  }
}

/** Which key of the calculator a key of the keyboard means. */
export function keyOf(key: string): Key | null {
  if (/^[0-9]$/.test(key)) return key as Key;
  const named: Record<string, Key> = {
    '+': '+', '-': '−', '−': '−', '*': '×', 'x': '×', '×': '×', 'х': '×', '/': '÷', '÷': '÷', ':': '÷',
    '.': '.', ',': '.', '%': '%', '=': '=', 'Enter': '=', 'Backspace': 'back', 'Delete': 'clear', 'Escape': 'clear',
  };
  return named[key] ?? null;
}

/** As it stands on the display, in the figures of a language; a decimal mark just typed is shown too. */
export function shown(sum: Sum, language: string): string {
  if (sum.entry === null) return figures(sum.value, language);
  const [units = '0', decimals] = sum.entry.split('.');
  const sign = units.startsWith('-') ? '−' : '';
  const grouped = new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(BigInt(units.replace('-', '') || '0'));
  return sign + grouped + (decimals === undefined ? '' : decimalMark(language) + decimals);
}

/** A number in the figures of a language. */
export function figures(value: number, language: string): string {
  const small = value !== 0 && Math.abs(value) < 1e-9;
  const format = new Intl.NumberFormat(
    language,
    small ? { notation: 'scientific', maximumFractionDigits: 6 } : { maximumSignificantDigits: mostDigits },
  );
  return format.format(Object.is(value, -0) ? 0 : value).replace('-', '−');
}

export function decimalMark(language: string): string {
  return new Intl.NumberFormat(language).formatToParts(0.5).find((part) => part.type === 'decimal')?.value ?? '.';
}
