/**
 * Every fault the app can answer with, and the message that explains it.
 * A code without a line here does not compile.
 */
import type { Fault } from '$src/lib/bindings';

export const faultMessage = {
  no_vault: 'fault-no-vault',
  vault_exists: 'fault-vault-exists',
  locked: 'fault-locked',
  wrong_passphrase: 'fault-wrong-passphrase',
  passphrase_too_short: 'fault-passphrase-too-short',
  passphrase_taken: 'fault-passphrase-taken',
  word_unknown: 'fault-word-unknown',
  words_wrong: 'fault-words-wrong',
  word_differs: 'fault-word-differs',
  words_not_confirmed: 'fault-words-not-confirmed',
  words_of_another: 'fault-words-of-another',
  nothing_to_recover: 'fault-nothing-to-recover',
  not_delivered: 'fault-not-delivered',
  has_draft: 'fault-has-draft',
  thinned: 'fault-thinned',
  no_such_note: 'fault-no-such-note',
  keys_damaged: 'fault-keys-damaged',
  keys_missing: 'fault-keys-missing',
  store_damaged: 'fault-store-damaged',
  vault_in_use: 'fault-vault-in-use',
  wiped: 'fault-wiped',
  newer_version: 'fault-newer-version',
  no_such_report: 'fault-no-such-report',
  no_such_evidence: 'fault-no-such-evidence',
  evidence_damaged: 'fault-evidence-damaged',
  evidence_not_here: 'fault-evidence-not-here',
  key_other_kind: 'fault-key-other-kind',
  key_mistyped: 'fault-key-mistyped',
  key_secret: 'fault-key-secret',
  keys_mixed: 'fault-keys-mixed',
  nothing_written: 'fault-nothing-written',
  consent_missing: 'fault-consent-missing',
  not_joined: 'fault-not-joined',
  already_joined: 'fault-already-joined',
  not_a_desk: 'fault-not-a-desk',
  invite_damaged: 'fault-invite-damaged',
  courier_damaged: 'fault-courier-damaged',
  courier_not_for_us: 'fault-courier-not-for-us',
  nothing_to_carry: 'fault-nothing-to-carry',
  disk_full: 'fault-disk-full',
  file_problem: 'fault-file-problem',
  too_large: 'fault-too-large',
  endpoint_unreachable: 'fault-endpoint-unreachable',
  endpoint_odd: 'fault-endpoint-odd',
  endpoint_refused: 'fault-endpoint-refused',
  endpoint_full: 'fault-endpoint-full',
  receipt_damaged: 'fault-receipt-damaged',
  address_not_safe: 'fault-address-not-safe',
  no_such_import: 'fault-no-such-import',
  bad_request: 'fault-bad-request',
  internal: 'fault-internal',
} satisfies Record<Fault['code'], string>;

/** A rejected command as a fault; anything that is not one is `internal`. */
export function toFault(reason: unknown): Fault {
  if (typeof reason === 'object' && reason !== null && 'code' in reason) {
    const { code } = reason as { code: unknown };
    if (typeof code === 'string' && code in faultMessage) return reason as Fault;
  }
  return { code: 'internal' };
}
