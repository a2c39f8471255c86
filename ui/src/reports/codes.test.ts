/** Codes of the vocabularies on the screen. */
import { expect, it } from 'vitest';
import { findKinds, toggled } from './codes';

const families = [
  { code: 'threats', label: 'Threats', kinds: [{ code: 'life', label: 'Threat to life' }, { code: 'family', label: 'Threat against family' }] },
  { code: 'surveillance', label: 'Surveillance', kinds: [{ code: 'wiretap', label: 'Wire-tapping' }] },
];

it('finds kinds by their own words and by their family', () => {
  expect(findKinds(families, 'LIFE').map((kind) => kind.code)).toEqual(['life']);
  expect(findKinds(families, 'surv').map((kind) => kind.code)).toEqual(['wiretap']);
  expect(findKinds(families, 'threat fam').map((kind) => kind.code)).toEqual(['family']);
});

it('switches a code and leaves unknown ones alone', () => {
  expect(toggled(['from_the_future', 'life'], 'life')).toEqual(['from_the_future']);
  expect(toggled(['from_the_future'], 'life')).toEqual(['from_the_future', 'life']);
});
