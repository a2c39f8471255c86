import { expect, it } from 'vitest';
import { strength } from './strength';

it.each([
  ['', 'empty'],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaa', 'same'],
  ['holdfast', 'weak'],
  ['kettle marble frost', 'fair'],
  ['kettle marble frost ladder', 'good'],
  ['чайник мрамор мороз лестница', 'good'],
])('%j is %s', (passphrase, expected) => expect(strength(passphrase)).toBe(expected));
