/**
 * Which keys speak for a log at which size, as its own records say (docs/formats/keys.md). Keys begin, overlap and end
 * at indexes of the log, never at times: a clock cannot change who may sign.
 */
import { err, ok, type Result } from "@countersign/kernel";
import { parseCheckpointUnsafe, signCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { openNote } from "./note.ts";
import { parseVerifierKey, type NoteVerifier } from "./note-key.ts";

export type KeyPurpose = "log" | "attestation";

/** What a record of the log says about keys. A key is a text: a log key's verifier key, an attestation key's SPKI in base64. */
export type KeyEvent =
  | { readonly kind: "created"; readonly index: number; readonly log: string; readonly attestation: string }
  | {
      readonly kind: "rotated";
      readonly index: number;
      readonly purpose: KeyPurpose;
      readonly key: string;
      readonly replaces: string;
    }
  | { readonly kind: "retired"; readonly index: number; readonly purpose: KeyPurpose; readonly key: string }
  | {
      readonly kind: "revoked";
      readonly index: number;
      readonly purpose: KeyPurpose;
      readonly key: string;
      readonly fromSize: number;
    };

export type ChainKey = {
  readonly purpose: KeyPurpose;
  readonly key: string;
  /** Of the record that named it. */
  readonly index: number;
  /** Of the record that ended it: checkpoints that cover that record need its signature no more. */
  readonly endedAt: number | undefined;
  /** Above this size a signature of the key counts for nothing. */
  readonly revokedFrom: number | undefined;
};

export type KeyChain = {
  /** In the order in which they were named: each log key but the first replaced the one before it; so did each attestation key. */
  readonly log: readonly ChainKey[];
  readonly attestation: readonly ChainKey[];
};

export type KeyFault = { readonly index: number; readonly message: string };

const EMPTY: KeyChain = { log: [], attestation: [] };

/** @param events in the order of the log. An event that the rule does not allow is a fault, and changes nothing. */
export function foldKeys(events: readonly KeyEvent[]): {
  readonly chain: KeyChain;
  readonly faults: readonly KeyFault[];
} {
  let chain = EMPTY;
  const faults: KeyFault[] = [];
  for (const event of events) {
    const next = afterEvent(chain, event);
    if (next.ok) chain = next.value;
    else faults.push({ index: event.index, message: next.error });
  }
  return { chain, faults };
}

/** The chain with one more event, or why the rule does not allow it. Writers ask this before they record. */
export function afterEvent(chain: KeyChain, event: KeyEvent): Result<KeyChain, string> {
  if (event.kind === "created") {
    const created = (purpose: KeyPurpose, key: string): ChainKey => begun(purpose, key, event.index);
    if (chain.log.length > 0) return err("the log's first keys are named once, by its first record");
    return ok({
      log: [created("log", event.log)],
      attestation: [created("attestation", event.attestation)],
    });
  }
  const keys = chain[event.purpose];
  const newest = keys.at(-1);
  if (newest === undefined) return err("no record before this one names the log's first keys");
  if (event.kind === "rotated") {
    if (event.replaces !== newest.key) return err("a rotation replaces the newest key of its purpose");
    const reused = reuseOf(chain, event.purpose, event.key, newest.key);
    if (reused !== undefined) return err(reused);
    return ok({ ...chain, [event.purpose]: [...keys, begun(event.purpose, event.key, event.index)] });
  }
  const named = keys.find((each) => each.key === event.key);
  if (named === undefined) return err("not a key of this log");
  if (named === newest) return err("the newest key ends only after another has replaced it");
  if (event.kind === "retired" && named.endedAt !== undefined) return err("the key has ended already");
  if (event.kind === "revoked" && named.revokedFrom !== undefined)
    return err("the key has been revoked already");
  if (event.kind === "revoked" && (!(event.fromSize >= 0) || event.fromSize > event.index))
    return err("a key is revoked from a size that the log had by then");
  const ended: ChainKey = {
    ...named,
    endedAt: named.endedAt ?? event.index,
    revokedFrom: event.kind === "revoked" ? event.fromSize : named.revokedFrom,
  };
  return ok({ ...chain, [event.purpose]: keys.map((each) => (each === named ? ended : each)) });
}

function begun(purpose: KeyPurpose, key: string, index: number): ChainKey {
  return { purpose, key, index, endedAt: undefined, revokedFrom: undefined };
}

/** A key serves one purpose, once: what has ended does not come back. */
function reuseOf(chain: KeyChain, purpose: KeyPurpose, key: string, newest: string): string | undefined {
  const other: KeyPurpose = purpose === "log" ? "attestation" : "log";
  if (chain[other].some((each) => sameKey(each.key, key)))
    return "a key serves one purpose: this one serves another already";
  if (chain[purpose].some((each) => sameKey(each.key, key)))
    return "a key is used once: this one was named before";
  if (purpose !== "log") return undefined;
  const [verifier, before] = [parseVerifierKey(key), parseVerifierKey(newest)];
  if (!verifier.ok) return verifier.error;
  if (before.ok && before.value.name !== verifier.value.name)
    return "a log's keys all have its origin as their name";
  return undefined;
}

/** By the key itself: a name in front of it does not make it another. */
function sameKey(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [parseVerifierKey(a), parseVerifierKey(b)];
  return left.ok && right.ok && Buffer.compare(left.value.publicKey, right.value.publicKey) === 0;
}

/** Whether somebody else's key (a witness's) is one of the log's own: it would vouch for itself. */
export function isKeyOfLog(chain: KeyChain, publicKey: Uint8Array): boolean {
  return logVerifiers(chain).some((verifier) => Buffer.compare(verifier.publicKey, publicKey) === 0);
}

/** Keys whose signature a checkpoint of this size needs: begun, not ended, and not revoked from a smaller size. */
export function keysCounting(chain: KeyChain, purpose: KeyPurpose, size: number): ChainKey[] {
  return chain[purpose].filter((key, position) => inForce(key, position, size) && !isRevokedAt(key, size));
}

/** Begun, and not ended: revoked or not. The first keys speak for the empty log too. */
export function inForce(key: ChainKey, position: number, size: number): boolean {
  return (position === 0 || key.index < size) && (key.endedAt === undefined || size <= key.endedAt);
}

export function isRevokedAt(key: ChainKey, size: number): boolean {
  return key.revokedFrom !== undefined && size > key.revokedFrom;
}

export function newestKey(chain: KeyChain, purpose: KeyPurpose): ChainKey | undefined {
  return chain[purpose].at(-1);
}

export function logVerifiers(chain: KeyChain): NoteVerifier[] {
  return chain.log.flatMap(({ key }) => {
    const verifier = parseVerifierKey(key);
    return verifier.ok ? [verifier.value] : [];
  });
}

/**
 * One note with a signature of each key. Signing with more keys than count is harmless: a reader ignores keys that the
 * log's records do not name yet, and those that have ended.
 */
export function signCheckpointWithAll(checkpoint: Checkpoint, privateKeyPems: readonly string[]): string {
  const [first, ...more] = privateKeyPems.map((pem) => signCheckpoint(checkpoint, pem));
  if (first === undefined) throw new TypeError("a checkpoint needs a key");
  return first + more.map((note) => note.slice(note.lastIndexOf("\n\n") + 2)).join("");
}

/**
 * Opens a checkpoint of the log under the rule: signed by every key that counts at its size, and by at least one.
 * Signatures of other keys are ignored; a signature of any key of the log that does not hold sinks it.
 */
export function openUnderChain(note: string, chain: KeyChain): Result<Checkpoint, string> {
  const claimed = parseCheckpointUnsafe(note);
  if (!claimed.ok) return claimed;
  const { origin, size } = claimed.value;
  const signers = openSigners(note, chain);
  if (!signers.ok) return signers;
  const counting = keysCounting(chain, "log", size);
  if (counting.length === 0)
    return err(
      `no key of the log counts at size ${size}: those that signed then were revoked from a smaller size`,
    );
  for (const { key } of counting) {
    const verifier = parseVerifierKey(key);
    if (!verifier.ok) return err(`a key of the log cannot be read: ${verifier.error}`);
    if (verifier.value.name !== origin)
      return err(`the origin ${origin} is not the name of the key, ${verifier.value.name}`);
    if (!signers.value.has(key))
      return err(`not signed by the log's key ${shortKey(verifier.value)}, which counts at size ${size}`);
  }
  return claimed;
}

/**
 * Opens the checkpoint that hands the log over: it covers the rotation's record and carries both keys' signatures,
 * so whoever trusts the old key can trust the new one.
 */
export function openHandover(
  note: string,
  chain: KeyChain,
  from: ChainKey,
  to: ChainKey,
): Result<Checkpoint, string> {
  const claimed = parseCheckpointUnsafe(note);
  if (!claimed.ok) return claimed;
  const { size } = claimed.value;
  if (size <= to.index)
    return err(`it has ${size} records, and does not cover the rotation's, record ${to.index}`);
  if (from.endedAt !== undefined && size > from.endedAt)
    return err("the key that hands over had ended before it");
  const signers = openSigners(note, chain);
  if (!signers.ok) return signers;
  for (const [what, { key }] of [
    ["key that hands over", from],
    ["new key", to],
  ] as const)
    if (!signers.value.has(key)) return err(`not signed by the ${what}`);
  return claimed;
}

/**
 * From a log key that a reader trusts to the newest, over the handovers that were opened.
 * @param handoverSizes of the checkpoint that handed over from the key at each position to the next.
 */
export function followTrust(
  chain: KeyChain,
  from: ChainKey,
  handoverSizes: readonly (number | undefined)[],
): Result<{ readonly handovers: number }, string> {
  const start = chain.log.indexOf(from);
  for (let position = start; position < chain.log.length - 1; position++) {
    const [key, size] = [chain.log[position], handoverSizes[position]];
    if (key === undefined || size === undefined)
      return err("the handover to the key that replaced it is not proven");
    if (isRevokedAt(key, size))
      return err(
        `it was revoked from size ${key.revokedFrom} on, and handed over at size ${size}: ask for the new key's fingerprint by another way`,
      );
  }
  return ok({ handovers: chain.log.length - 1 - start });
}

/** The keys of the log whose signatures are under the note; a bad one of any of them is an error. */
function openSigners(note: string, chain: KeyChain): Result<ReadonlySet<string>, string> {
  const verifiers = logVerifiers(chain);
  const opened = openNote(note, verifiers);
  if (!opened.ok) return opened;
  const ids = new Set(opened.value.signedBy.map((verifier) => verifier.keyId));
  return ok(
    new Set(
      chain.log.flatMap(({ key }) => {
        const verifier = parseVerifierKey(key);
        return verifier.ok && ids.has(verifier.value.keyId) ? [key] : [];
      }),
    ),
  );
}

function shortKey(verifier: NoteVerifier): string {
  return `${verifier.name}+${verifier.keyId.toString(16).padStart(8, "0")}`;
}
