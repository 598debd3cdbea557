/** Rotation, retirement and revocation of the workspace's keys (docs/lifecycles/key.md). */
import { epochOf, formatInstant, ProblemError, type Instant } from "@countersign/kernel";
import {
  afterEvent,
  parseVerifierKey,
  type ChainKey,
  type KeyChain,
  type KeyEvent,
} from "@countersign/ledger";
import { fingerprintOf, matchesFingerprint, type Fingerprint } from "@countersign/package-format";
import type { KeyPurpose, LedgerRecord, PersonId } from "@countersign/records";
import { makeRecord, publish } from "./append.ts";
import type { Context } from "./context.ts";
import { loadKeyChain } from "./key-chain.ts";
import type { Transaction } from "./ports/index.ts";

export type KeyChange = {
  readonly purpose: KeyPurpose;
  /** The key that was replaced or ended. */
  readonly old: Fingerprint;
  /** The key that took its place, when this change made one. */
  readonly fresh: Fingerprint | undefined;
  readonly record: string;
  /** Of the checkpoint that covers the change. */
  readonly size: number;
};

/** @param overlapMs for how long the old key is to sign beside the new one. */
export async function rotateKey(ctx: Context, purpose: KeyPurpose, overlapMs: number): Promise<KeyChange> {
  const { keys } = ctx;
  await refresh(ctx);
  const newest = keys.newest(purpose);
  if (keys.privateKey(purpose, newest.key) === undefined)
    throw new ProblemError({
      code: "key-not-here",
      what: `this workspace does not hold the newest ${purpose} key, and cannot hand over from it`,
      next: "restore keys/ of the workspace that made it",
    });
  const overlapUntil = formatInstant(ctx.clock.now() + overlapMs);
  const done = await changing(ctx, async (tx, chain) => {
    const running = chain[purpose].find((key) => key.endedAt === undefined && key.key !== newest.key);
    if (running !== undefined || chain[purpose].at(-1)?.key !== newest.key)
      throw new ProblemError({
        code: "overlap-running",
        what: `an earlier ${purpose} key still signs beside the newest`,
        next: `countersign key retire ${bare(fingerprintOfKey(running ?? newest))}, then rotate again`,
      });
    // On disk before the record speaks of it, and from then on it signs, too: a reader ignores it until then.
    const pem = keys.ring.make(purpose);
    const key = keys.publicText(purpose, pem);
    const record = makeRecord(ctx, "key.rotated", purpose, {
      purpose,
      key,
      replaces: newest.key,
      overlapUntil,
    });
    await tx.append(record);
    return { record: record.id, key };
  });
  const size = await refresh(ctx);
  const fresh = fingerprintOfText(purpose, done.key);
  return { purpose, old: fingerprintOfKey(newest), fresh, record: done.record, size };
}

/** @param typed a fingerprint, or nothing for the key of the only overlap that is running. */
export async function retireKey(
  ctx: Context,
  typed: string | undefined,
  privateKey: "deleted" | "kept",
): Promise<KeyChange> {
  // The handover has to be published before the old key may go.
  await refresh(ctx);
  const key = typed === undefined ? overlapping(ctx.keys.chain) : findKey(ctx.keys.chain, typed);
  return endKey(ctx, key, (index) => ({
    event: { kind: "retired", index, purpose: key.purpose, key: key.key },
    record: makeRecord(ctx, "key.retired", key.purpose, { purpose: key.purpose, key: key.key, privateKey }),
    privateKey,
  }));
}

export type Revocation = {
  readonly typed: string;
  readonly reason: string;
  readonly person: PersonId;
  /** Absent: what the key has signed so far still counts. */
  readonly fromSize?: number;
};

/** The newest key is replaced first: a log without a key would be at its end. */
export async function revokeKey(ctx: Context, request: Revocation): Promise<KeyChange> {
  const before = await refresh(ctx);
  const { purpose, key } = findKey(ctx.keys.chain, request.typed);
  if (request.fromSize !== undefined && request.fromSize > before)
    throw new ProblemError({
      code: "revoked-too-late",
      what: `the log has ${before} records, and cannot revoke a key from size ${request.fromSize}`,
      next: "--from-size N, a size that the log has reached; leave it out for now",
    });
  const rotated = key === ctx.keys.newest(purpose).key ? await rotateKey(ctx, purpose, 0) : undefined;
  const fromSize = request.fromSize ?? (await refresh(ctx));
  const named = findKey(ctx.keys.chain, request.typed);
  const { reason, person } = request;
  const ended = await endKey(ctx, named, (index) => ({
    event: { kind: "revoked", index, purpose, key, fromSize },
    record: makeRecord(ctx, "key.revoked", purpose, { purpose, key, fromSize, reason, person }),
    privateKey: "deleted",
  }));
  return { ...ended, fresh: rotated?.fresh };
}

/** At every opening: what a stopped process left, and overlaps that are over. @returns what it did, in words. */
export async function mendKeys(ctx: Context): Promise<string[]> {
  const said: string[] = [];
  if (strays(ctx).length > 0)
    await changing(ctx, async (tx, chain) => {
      // Looked at again under the lock: a rotation that was under way has named its key by now.
      ctx.keys.follow(chain);
      const retired = await tx.state("key.retired");
      for (const { purpose, pem, how } of strays(ctx)) {
        const key = ctx.keys.publicText(purpose, pem);
        const end = retired.find(({ body }) => body.key === key)?.body.privateKey ?? "deleted";
        ctx.keys.ring.remove(purpose, pem, how ?? end);
        said.push(
          how === "unused"
            ? `a ${purpose} key that no record names was set aside`
            : `a ${purpose} key that has ended was taken out of use`,
        );
      }
    });
  const now = ctx.clock.now();
  const rotations = await ctx.store.transaction(ctx.organization, (tx) => tx.state("key.rotated"));
  for (const { body } of rotations) {
    const old = ctx.keys.chain[body.purpose].find(({ key }) => key === body.replaces);
    if (old === undefined || old.endedAt !== undefined || epochOf(body.overlapUntil) > now) continue;
    await retireKey(ctx, fingerprintOfKey(old).full, "deleted");
    said.push(`the ${body.purpose} key ${fingerprintOfKey(old).short} was retired: its overlap is over`);
  }
  return said;
}

export type ShownKey = {
  readonly purpose: KeyPurpose;
  readonly key: string;
  readonly fingerprint: Fingerprint;
  readonly state: "newest" | "in overlap" | "retired" | "revoked";
  /** Of the record that named it. */
  readonly since: Instant;
  readonly record: number;
  readonly revokedFrom: number | undefined;
  /** Whether the private key is in this workspace, in use. */
  readonly here: boolean;
};

/** @param since when a record was made, by its index. */
export function shownKeys(ctx: Context, since: (index: number) => Instant): ShownKey[] {
  const { chain } = ctx.keys;
  return [...chain.log, ...chain.attestation].map((key) => ({
    purpose: key.purpose,
    key: key.key,
    fingerprint: fingerprintOfKey(key),
    state: stateOf(chain, key),
    since: since(key.index),
    record: key.index,
    revokedFrom: key.revokedFrom,
    here: ctx.keys.privateKey(key.purpose, key.key) !== undefined,
  }));
}

function stateOf(chain: KeyChain, key: ChainKey): ShownKey["state"] {
  if (key.revokedFrom !== undefined) return "revoked";
  if (key.endedAt !== undefined) return "retired";
  return chain[key.purpose].at(-1) === key ? "newest" : "in overlap";
}

/** Publishes what waits, and reads the chain anew. @returns the size of the log. */
async function refresh(ctx: Context): Promise<number> {
  const published = await publish(ctx);
  ctx.keys.follow(await loadKeyChain(ctx));
  return published?.size ?? 0;
}

/** One change of keys at a time, over all processes. */
async function changing<T>(ctx: Context, work: (tx: Transaction, chain: KeyChain) => Promise<T>): Promise<T> {
  return ctx.store.transaction(ctx.organization, async (tx) => {
    await tx.lock("keys");
    return work(tx, await loadKeyChain(ctx));
  });
}

type Ending = {
  readonly event: KeyEvent;
  readonly record: LedgerRecord;
  readonly privateKey: "deleted" | "kept";
};

async function endKey(ctx: Context, key: ChainKey, ending: (index: number) => Ending): Promise<KeyChange> {
  const pem = ctx.keys.privateKey(key.purpose, key.key);
  const done = await changing(ctx, async (tx, chain) => {
    const { event, record, privateKey } = ending(Number.MAX_SAFE_INTEGER);
    const next = afterEvent(chain, event);
    if (!next.ok)
      throw new ProblemError({
        code: "key-change",
        what: `the ${key.purpose} key ${fingerprintOfKey(key).short} cannot end so`,
        why: next.error,
        next: "countersign key show lists the keys and their states",
      });
    await tx.append(record);
    return { record: record.id, privateKey };
  });
  // Published first: a checkpoint up to the record still needs the key's signature.
  const size = await refresh(ctx);
  if (pem !== undefined) ctx.keys.ring.remove(key.purpose, pem, done.privateKey);
  return { purpose: key.purpose, old: fingerprintOfKey(key), fresh: undefined, record: done.record, size };
}

type Stray = {
  readonly purpose: KeyPurpose;
  readonly pem: string;
  /** Undefined: as the record of its end says. */
  readonly how: "unused" | undefined;
};

/** Private keys that no record names, and those whose end is recorded. */
function strays(ctx: Context): Stray[] {
  const { keys } = ctx;
  return (["log", "attestation"] as const).flatMap((purpose) =>
    keys.ring.privateKeys(purpose).flatMap((pem): Stray[] => {
      const named = keys.chain[purpose].find(({ key }) => key === keys.publicText(purpose, pem));
      if (named === undefined) return [{ purpose, pem, how: "unused" }];
      return named.endedAt === undefined ? [] : [{ purpose, pem, how: undefined }];
    }),
  );
}

function overlapping(chain: KeyChain): ChainKey {
  const found = [...chain.log.slice(0, -1), ...chain.attestation.slice(0, -1)].filter(
    (key) => key.endedAt === undefined,
  );
  if (found.length === 1 && found[0] !== undefined) return found[0];
  throw new ProblemError({
    code: found.length === 0 ? "no-overlap" : "several-overlaps",
    what:
      found.length === 0 ? "no key is in an overlap" : "a log key and an attestation key are in an overlap",
    next: "countersign key show, then countersign key retire FINGERPRINT",
  });
}

function findKey(chain: KeyChain, typed: string): ChainKey {
  const found = [...chain.log, ...chain.attestation].filter((key) => {
    const matches = matchesFingerprint(typed, bytesOf(key.purpose, key.key));
    if (!matches.ok)
      throw new ProblemError({
        code: "bad-fingerprint",
        what: `${JSON.stringify(typed)} is no fingerprint: ${matches.error}`,
        next: "countersign key show prints them",
      });
    return matches.value;
  });
  if (found[0] !== undefined) return found[0];
  throw new ProblemError({
    code: "unknown-key",
    what: `no key of this log has the fingerprint ${typed}`,
    next: "countersign key show prints them",
  });
}

function bytesOf(purpose: KeyPurpose, key: string): Uint8Array {
  if (purpose === "attestation") return Buffer.from(key, "base64");
  const verifier = parseVerifierKey(key);
  if (!verifier.ok) throw new Error(verifier.error);
  return verifier.value.publicKey;
}

function fingerprintOfKey(key: ChainKey): Fingerprint {
  return fingerprintOfText(key.purpose, key.key);
}

function fingerprintOfText(purpose: KeyPurpose, key: string): Fingerprint {
  return fingerprintOf(bytesOf(purpose, key));
}

function bare(fingerprint: Fingerprint): string {
  return fingerprint.short.replaceAll(" ", "");
}
