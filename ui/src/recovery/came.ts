/** What is said of a recovery that has ended, whole or short. */
import type { Recovered } from '$src/lib/bindings';

export const isShort = ({ missing, fault }: Recovered): boolean => missing > 0 || fault !== null;

/**
 * The words about the reports. A report without one of its pictures is not whole, but it is here:
 * after a short recovery those are counted that can be read, where it is known how many are `here`.
 */
export function reportsBack(result: Recovered, here: number | null): { key: 'back-reports' | 'back-words'; count: number } | null {
  if (isShort(result) && here !== null) return { key: 'back-words', count: here };
  // That no report came is not known.
  if (isShort(result) && result.reports === 0) return null;
  return { key: 'back-reports', count: result.reports };
}
