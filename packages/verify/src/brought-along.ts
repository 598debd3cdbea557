/** What the reader got by another way than the package: a key or its fingerprint, and older checkpoints. */
import { equalHashes, openCheckpoint, parseVerifierKey, type Checkpoint } from "@countersign/ledger";
import { matchesFingerprint } from "@countersign/package-format";
import type { Faults } from "./faults.ts";
import type { LogCheck, LogHead } from "./log-check.ts";

export type SinceCheckpoint = { readonly name: string; readonly note: string };

export type OpenedSince = { readonly name: string; readonly checkpoint: Checkpoint };

export type SinceResult = {
  readonly name: string;
  readonly size: number;
  readonly outcome: "extends" | "fork" | "rollback";
};

/** Older checkpoints must be of this log's key: one of another log says nothing about this one. */
export function openSince(since: readonly SinceCheckpoint[], head: LogHead, faults: Faults): OpenedSince[] {
  const { logKey } = head;
  const opened: OpenedSince[] = [];
  for (const { name, note } of since) {
    if (logKey === undefined) {
      faults.add("since-unreadable", name, "the package has no readable log key to open it with");
      continue;
    }
    const checkpoint = openCheckpoint(note, logKey);
    if (checkpoint.ok) opened.push({ name, checkpoint: checkpoint.value });
    else faults.add("since-unreadable", name, `not a checkpoint of this package's log: ${checkpoint.error}`);
  }
  return opened;
}

export function compareSince(opened: readonly OpenedSince[], log: LogCheck, faults: Faults): SinceResult[] {
  const results: SinceResult[] = [];
  for (const { name, checkpoint } of opened) {
    const { size, root } = checkpoint;
    const here = log.rootsAt.get(size);
    if (here === undefined) {
      faults.add(
        "rollback",
        name,
        `this checkpoint has ${size} records and the package only ${log.records}: records that were published are missing`,
      );
      results.push({ name, size, outcome: "rollback" });
    } else if (!equalHashes(here, root)) {
      faults.add(
        "fork",
        name,
        `the log was rewritten: its first ${size} records have the root ${base64(here)} here, and had ${base64(root)} when this checkpoint was signed`,
      );
      results.push({ name, size, outcome: "fork" });
    } else if (log.complete) {
      results.push({ name, size, outcome: "extends" });
    }
  }
  return results;
}

function base64(hash: Uint8Array): string {
  return Buffer.from(hash).toString("base64");
}

/**
 * @param given a verifier key or a fingerprint of the log's key; undefined: the reader compared none.
 * @returns whether the keys were compared and are the same.
 */
export function compareLogKey(given: string | undefined, head: LogHead, faults: Faults): boolean {
  if (given === undefined) return false;
  const { logKey } = head;
  if (logKey === undefined) return differs("the log's key", "the package has no readable log key", faults);
  if (given.includes("+")) {
    const read = parseVerifierKey(given);
    if (!read.ok) return differs("the log's key", `the key that was given: ${read.error}`, faults);
    const same =
      read.value.name === logKey.name && Buffer.compare(read.value.publicKey, logKey.publicKey) === 0;
    return (
      same ||
      differs("the log's key", "the package's log has another key than the one that was given", faults)
    );
  }
  return compareFingerprint("the log's key", given, logKey.publicKey, faults);
}

export function compareAttestationKey(
  given: string | undefined,
  spki: Uint8Array | undefined,
  faults: Faults,
): boolean {
  if (given === undefined) return false;
  if (spki === undefined)
    return differs("the attestation key", "the package has no readable attestation key", faults);
  return compareFingerprint("the attestation key", given, spki, faults);
}

function compareFingerprint(what: string, given: string, key: Uint8Array, faults: Faults): boolean {
  const matches = matchesFingerprint(given, key);
  if (!matches.ok) return differs(what, `what was given cannot be compared: ${matches.error}`, faults);
  return (
    matches.value || differs(what, "the package has another key than the fingerprint that was given", faults)
  );
}

function differs(what: string, message: string, faults: Faults): false {
  faults.add("key-differs", what, message);
  return false;
}
