/** A plain hint about a passphrase. It measures length and variety, nothing more, and says so little. */

export type Strength = 'empty' | 'same' | 'weak' | 'fair' | 'good';

export function strength(passphrase: string): Strength {
  const signs = [...passphrase.trim()];
  if (signs.length === 0) return 'empty';
  const variety = new Set(signs.map((sign) => sign.toLowerCase())).size;
  if (signs.length >= 8 && variety <= 4) return 'same';
  const words = passphrase.trim().split(/\s+/).length;
  if (signs.length >= 24 || (words >= 4 && signs.length >= 18)) return 'good';
  if (signs.length >= 14) return 'fair';
  return 'weak';
}
