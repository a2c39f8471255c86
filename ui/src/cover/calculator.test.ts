/** The sums of the calculator that covers the page. */
import { describe, expect, it } from 'vitest';
import { current, decimalMark, keyOf, press, shown, start, take, type Key, type Sum } from './calculator';

const plain = (text: string) => text.replace(/[\u00a0\u202f\u2009]/g, ' ');

/** Types what is on the paper: `12+7×3=`; `<` is one back, `C` clears, `L` takes the last result. */
function type(keys: string, from: Sum = start): Sum {
  const named: Record<string, Key> = { '<': 'back', C: 'clear', L: 'last', '-': '−', '*': '×', '/': '÷' };
  return [...keys].reduce((sum, key) => press(sum, named[key] ?? (key as Key)), from);
}
const of = (keys: string) => current(type(keys));

describe('sums', () => {
  it.each([
    ['2+3=', 5],
    ['12+7*3=', 33],
    ['2*3+4*5=', 26],
    ['10-4-3=', 3],
    ['100/4/5=', 5],
    ['2+3*4-6/2=', 11],
    ['.1+.2=', 0.3],
    ['1.005*1000=', 1005],
    ['7-10=', -3],
    ['5±+8=', 3],
    ['3+±=', 0],
  ])('%s is %d', (keys, value) => expect(of(keys)).toBe(value));

  it('makes one of three thirds', () => expect(shown(type('1/3*3='), 'en')).toBe('1'));
  it('takes the later of two operators', () => expect(of('6+*2=')).toBe(12));
  it('begins anew with a digit after a result', () => expect(of('2+2=7')).toBe(7));
  it('goes on from a result with an operator', () => expect(of('2+2=*5=')).toBe(20));
  it('does the last operation again', () => expect(of('2+3===')).toBe(11));
  it('uses the shown number twice', () => expect(of('8*=')).toBe(64));
  it('shows what is already certain', () => {
    expect(of('2*3+')).toBe(6);
    expect(of('1+2*')).toBe(2);
  });
});

describe('percent', () => {
  it.each([
    ['200+10%=', 220],
    ['200-15%=', 170],
    ['200*10%=', 20],
    ['50%', 0.5],
    ['2*100+10%=', 220],
  ])('%s is %d', (keys, value) => expect(of(keys)).toBe(value));
});

describe('typing', () => {
  it('takes one back, and never less than nothing', () => {
    expect(of('123<')).toBe(12);
    expect(of('5<<<')).toBe(0);
  });
  it('knows one decimal mark only', () => expect(shown(type('1.5.2'), 'en')).toBe('1.52'));
  it('stops at twelve figures', () => expect(of('1234567890123456')).toBe(123456789012));
  it('does not lead with noughts', () => expect(shown(type('0007'), 'en')).toBe('7'));
  it('clears, and keeps the last result', () => {
    const sum = type('6*7=C');
    expect(current(sum)).toBe(0);
    expect(sum.last?.result).toBe(42);
    expect(current(type('1+L=', sum))).toBe(43);
  });
});

describe('what cannot be', () => {
  it('is said, and the next key begins anew', () => {
    expect(type('5/0=').broken).toBe(true);
    expect(type('0/0=').broken).toBe(true);
    expect(type('999999999999*999999999999=').broken).toBe(true);
    expect(of('5/0=3+4=')).toBe(7);
    expect(type('6*7=5/0=').last?.result).toBe(42);
  });
});

describe('the display', () => {
  it('follows the language', () => {
    expect(plain(shown(type('1234567.5'), 'ru'))).toBe('1 234 567,5');
    expect(shown(type('1234567.5'), 'en')).toBe('1,234,567.5');
    expect(shown(type('3.'), 'ru')).toBe('3,');
    expect(shown(type('3.00'), 'en')).toBe('3.00');
    expect(shown(type('4±'), 'en')).toBe('−4');
    expect(shown(type('1/3='), 'en')).toBe('0.333333333333');
    expect(decimalMark('ru')).toBe(',');
  });
});

it('knows the keyboard, of either language', () => {
  expect(['7', ',', '.', '*', 'х', '/', ':', 'Enter', 'Escape', 'Backspace', 'q'].map(keyOf)).toEqual([
    '7', '.', '.', '×', '×', '÷', '÷', '=', 'clear', 'back', null,
  ]);
});

it('goes on with a result from before, also after a sum that cannot be done', () => {
  expect(current(press(take(type('2+'), 6), '='))).toBe(8);
  expect(take(type('1/0='), 6)).toMatchObject({ broken: false, value: 6 });
});
