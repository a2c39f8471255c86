/** What is said of the strength of a passphrase. */
import { expect, it } from 'vitest';
import { advice, guessing } from './guessing';

const view = (guesses_log10: number, years = 0, score = 0) => ({ guesses_log10, years, score });

it.each([
  [view(0), 'guess-now'],
  [view(3), 'guess-now'],
  [view(4), 'guess-minutes'],
  [view(6), 'guess-minutes'],
  [view(7), 'guess-hours'],
  [view(8), 'guess-day'],
  [view(9), 'guess-days'],
  [view(10), 'guess-months'],
  [view(11), 'guess-months'],
  [view(30, 4e18), 'guess-never'],
])('%j is said as %s', (judged, key) => expect(guessing(judged).key).toBe(key));

it('rounds years down to what one can picture', () => {
  expect(guessing(view(11, 1))).toEqual({ key: 'guess-years', years: 1 });
  expect(guessing(view(13, 27))).toEqual({ key: 'guess-years', years: 20 });
  expect(guessing(view(14, 347))).toEqual({ key: 'guess-years', years: 300 });
  expect(guessing(view(17, 999_999))).toEqual({ key: 'guess-years', years: 900_000 });
});

it('never praises what can be guessed', () => {
  expect([0, 1, 2, 3, 4].map((score) => advice(view(0, 0, score)))).toEqual([
    'strength-weak', 'strength-weak', 'strength-fair', 'strength-fair', 'strength-good',
  ]);
});
