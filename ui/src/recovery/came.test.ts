/** What is said when everything came back, and when some of it did not. */
import { expect, it } from 'vitest';
import type { Recovered } from '$src/lib/bindings';
import { isShort, reportsBack } from './came';

const came = (change: Partial<Recovered>): Recovered => ({ reports: 0, evidence: 0, missing: 0, fault: null, ...change });

it('counts reports whose words came where only pictures are missing', () => {
  expect(reportsBack(came({ reports: 0, missing: 2 }), 3)).toEqual({ key: 'back-words', count: 3 });
  expect(reportsBack(came({ reports: 1, missing: 2 }), 3)).toEqual({ key: 'back-words', count: 3 });
});

it('does not say that no report came where it cannot know', () => {
  expect(reportsBack(came({ reports: 0, missing: 1 }), null)).toBeNull();
  expect(reportsBack(came({ reports: 2, missing: 1 }), null)).toEqual({ key: 'back-reports', count: 2 });
});

it('says that all history was checked only of what is whole', () => {
  expect(reportsBack(came({ reports: 3 }), 3)).toEqual({ key: 'back-reports', count: 3 });
  expect(isShort(came({ fault: { code: 'endpoint_unreachable' } }))).toBe(true);
});
