/** Which place and which page is shown. Lives in memory only: no address ever names a report. */
import type { EvidenceView } from '$src/lib/bindings';

export type Place = 'reports' | 'delivery' | 'me';
export type Page = { kind: 'report'; report: string; unread: boolean } | { kind: 'write'; report: string };

export const safetyParts = ['passphrase', 'duress', 'tries', 'checkin', 'hiding', 'name', 'device', 'panic'] as const;
/** A matter of safety that has a page of its own. */
export type SafetyPart = (typeof safetyParts)[number];

export class Nav {
  place = $state<Place>('reports');
  page = $state.raw<Page | null>(null);
  viewer = $state.raw<{ report: string; evidence: EvidenceView[]; index: number } | null>(null);
  palette = $state(false);
  /** Opens the joining sheet on arriving at *Me*. */
  joining = $state(false);
  /** The page about one matter of safety, within *Me*. */
  safety = $state<SafetyPart | null>(null);
  /** The page about keeping less, within *Me*. */
  less = $state(false);
  /** Where *Me* was left for one of its pages: how far down, and by which row. Coming back begins there. */
  left: { top: number; row: SafetyPart | 'less' | null } = { top: 0, row: null };

  go(place: Place): void {
    this.place = place;
    this.page = null;
    this.joining = false;
    this.safety = null;
    this.less = false;
    this.left = { top: 0, row: null };
  }

  read(report: string, unread = false): void {
    this.place = 'reports';
    this.page = { kind: 'report', report, unread };
  }

  write(report: string): void {
    this.place = 'reports';
    this.page = { kind: 'write', report };
  }

  join(): void {
    this.go('me');
    this.joining = true;
  }

  keepLess(): void {
    if (this.place !== 'me') this.go('me');
    this.less = true;
  }

  back(): void {
    this.left.row = this.safety ?? (this.less ? 'less' : null);
    this.page = null;
    this.safety = null;
    this.less = false;
  }

  view(report: string, evidence: EvidenceView[], index: number): void {
    this.viewer = { report, evidence, index };
  }
}
