/**
 * What is known of covers and goes over to the next page: the shell loads another whenever a vault closes.
 * It is kept in memory only, and ends with the program.
 */
import { leaveWord, leftWord } from '$shell';

export interface Carried {
  /** Somebody came back from behind a cover, and this page is gone before it could show it. */
  readonly cameBack: boolean;
  /** The way back from a cover: to be said, or said already. */
  readonly wayBack: 'due' | 'said' | null;
}

let carried: Carried = { cameBack: false, wayBack: null };

/** Learns what the page before this one knew. */
export async function recall(): Promise<Carried> {
  const word = await leftWord().catch(() => '');
  if (word) carried = JSON.parse(word) as Carried;
  return carried;
}

/** Tells the next page. If it cannot be told, the next one does as at a first start. */
export async function carry(change: Partial<Carried>): Promise<void> {
  carried = { ...carried, ...change };
  await leaveWord(JSON.stringify(carried)).catch(() => undefined);
}
