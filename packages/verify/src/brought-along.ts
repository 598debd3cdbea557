/** What the reader got by another way than the package: a key or its fingerprint, and older checkpoints. */
import {
  describeMisbehaviour,
  equalHashes,
  logVerifiers,
  openUnderChain,
  parseCheckpointUnsafe,
  parseVerifierKey,
  proofOfMisbehaviour,
  type Checkpoint,
} from "@countersign/ledger";
import { CHECKPOINT_PATH, matchesFingerprint } from "@countersign/package-format";
import type { Faults } from "./faults.ts";
import { trustFrom, type KeyCheck } from "./key-check.ts";
import type { LogCheck } from "./log-check.ts";

export type SinceCheckpoint = {
  readonly name: string;
  /** Cosigned or not. */
  readonly note: string;
  /** An authority's answer over it. */
  readonly stamp?: Uint8Array;
};

/** The names by which a checkpoint and the stamp over it stand beside each other, given either. */
export function sinceFiles(path: string): { readonly note: string; readonly stamp: string | undefined } {
  if (path.endsWith(".tsr")) return { note: path.replace(/tsr$/, "checkpoint"), stamp: path };
  return { note: path, stamp: path.endsWith(".checkpoint") ? path.replace(/checkpoint$/, "tsr") : undefined };
}

export type OpenedSince = { readonly name: string; readonly checkpoint: Checkpoint };

export type SinceResult = {
  readonly name: string;
  readonly size: number;
  readonly outcome: "extends" | "fork" | "rollback";
};

/** The sizes that older checkpoints claim: the records' roots are wanted there. */
export function sizesOf(since: readonly SinceCheckpoint[]): number[] {
  return since.flatMap(({ note }) => {
    const claimed = parseCheckpointUnsafe(note);
    return claimed.ok ? [claimed.value.size] : [];
  });
}

/**
 * Older checkpoints must be of this log's keys, those that count at the size of each: one of another log says nothing
 * about this one, and one of a key that was revoked from a smaller size says nothing at all.
 */
export function openSince(since: readonly SinceCheckpoint[], keys: KeyCheck, faults: Faults): OpenedSince[] {
  const opened: OpenedSince[] = [];
  for (const { name, note } of since) {
    if (keys.logKey === undefined) {
      faults.add("since-unreadable", name, "the log has no readable key to open it with");
      continue;
    }
    const checkpoint = openUnderChain(note, keys.chain);
    if (checkpoint.ok) opened.push({ name, checkpoint: checkpoint.value });
    else faults.add("since-unreadable", name, `not a checkpoint of this log: ${checkpoint.error}`);
  }
  return opened;
}

export function compareSince(
  opened: readonly OpenedSince[],
  log: Pick<LogCheck, "rootsAt" | "records" | "complete">,
  faults: Faults,
): SinceResult[] {
  const results: SinceResult[] = [];
  for (const { name, checkpoint } of opened) {
    const { size, root } = checkpoint;
    const here = log.rootsAt.get(size);
    if (here === undefined) {
      faults.add(
        "rollback",
        name,
        `this checkpoint has ${size} records and this log only ${log.records}: records that were published are missing`,
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

/**
 * Of any two checkpoints at hand that the log signed over one size and two roots: what proves to anybody that it showed
 * different people different logs.
 * @param own the package's own signed note.
 */
export function findSplitViews(
  since: readonly SinceCheckpoint[],
  own: string | undefined,
  keys: KeyCheck,
  faults: Faults,
): void {
  const notes = [...(own === undefined ? [] : [{ name: CHECKPOINT_PATH, note: own }]), ...since];
  const verifiers = logVerifiers(keys.chain);
  for (const [position, second] of notes.entries())
    for (const first of notes.slice(0, position)) {
      const proof = proofOfMisbehaviour(first.note, second.note, verifiers);
      if (proof.ok && proof.value !== undefined)
        faults.add("split-view", `${first.name}, ${second.name}`, describeMisbehaviour(proof.value));
    }
}

function base64(hash: Uint8Array): string {
  return Buffer.from(hash).toString("base64");
}

/** What comparing a key came to: undefined when the reader gave none, or when it is another. */
export type ComparedKey = {
  /** How often the log key was handed over since the one that the reader has. */
  readonly handovers: number;
};

/**
 * @param given a verifier key or a fingerprint of one of the log's keys; undefined: the reader compared none. From an
 * older key, trust follows the handovers.
 */
export function compareLogKey(
  given: string | undefined,
  keys: KeyCheck,
  faults: Faults,
): ComparedKey | undefined {
  if (given === undefined) return undefined;
  const fault = (message: string): undefined => void faults.add("key-differs", "the log's key", message);
  if (keys.logKey === undefined) return fault("the log has no readable key");
  const typed = given.includes("+") ? parseVerifierKey(given) : undefined;
  if (typed?.ok === false) return fault(`the key that was given: ${typed.error}`);
  if (typed === undefined) {
    const readable = matchesFingerprint(given, keys.logKey.publicKey);
    if (!readable.ok) return fault(`what was given cannot be compared: ${readable.error}`);
  }
  const trust = trustFrom(keys, (verifier) =>
    typed === undefined
      ? isTrue(matchesFingerprint(given, verifier.publicKey))
      : typed.value.name === verifier.name && Buffer.compare(typed.value.publicKey, verifier.publicKey) === 0,
  );
  if (trust === undefined)
    return fault(
      typed === undefined
        ? "the log has another key than the fingerprint that was given"
        : "the log has another key than the one that was given",
    );
  if ("broken" in trust)
    return fault(`the key that was given is an earlier one of this log; ${trust.broken}`);
  return trust;
}

function isTrue(matches: ReturnType<typeof matchesFingerprint>): boolean {
  return matches.ok && matches.value;
}

/**
 * An earlier attestation key is as good where the reader compared the log key too: the log's records, which that key
 * vouches for, name the one that replaced it.
 */
export function compareAttestationKey(
  given: string | undefined,
  spki: Uint8Array | undefined,
  keys: KeyCheck,
  logKey: ComparedKey | undefined,
  faults: Faults,
): ComparedKey | undefined {
  if (given === undefined) return undefined;
  const what = "the attestation key";
  if (spki === undefined) {
    faults.add("key-differs", what, "the package has no readable attestation key");
    return undefined;
  }
  const earlier = keys.chain.attestation.filter(({ key, revokedFrom }) => {
    const bytes = Buffer.from(key, "base64");
    return (
      revokedFrom === undefined &&
      Buffer.compare(bytes, spki) !== 0 &&
      isTrue(matchesFingerprint(given, bytes))
    );
  });
  if (earlier.length === 0)
    return compareFingerprint(what, given, spki, faults) ? { handovers: 0 } : undefined;
  if (logKey !== undefined) return { handovers: 0 };
  faults.add(
    "key-differs",
    what,
    "what was given is an earlier attestation key of this log, and the package is signed by another: give the log key (--key) too, whose log says that it was replaced",
  );
  return undefined;
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
