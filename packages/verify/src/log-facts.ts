/** What the records say that the rest of the package must agree with. */
import { sha256, type Digest, type Instant, type Json, type JsonObject } from "@countersign/kernel";
import type { KeyEvent } from "@countersign/ledger";
import { keyEventOf, speaksOfKeys } from "@countersign/package-format";
import type { Faults } from "./faults.ts";
import { asObject, isKnownType, refsIn, type FoundRef, type ReadRecord } from "./record.ts";

/** Types whose bodies are compared with files of the package. */
const keptTypes = new Set([
  "program.recorded",
  "population.collected",
  "population.reconciled",
  "population.frozen",
  "directory.extended",
  "evidence.added",
  "assessment.run",
  "sample.drawn",
  "checkpoint.anchored",
]);

export type KeptRecord = {
  readonly id: string;
  readonly type: string;
  readonly index: number;
  readonly body: JsonObject;
};

export type Claim = FoundRef & { readonly index: number; readonly type: string };

/** What records say was erased: files, and lines of lists by their leaf. */
export class Erasures {
  readonly #files = new Map<string, string>();
  readonly #lines = new Set<string>();

  add(record: ReadRecord): void {
    const { files, lines } = record.body;
    if (Array.isArray(files))
      for (const digest of files as readonly Json[])
        if (typeof digest === "string") this.#files.set(digest, record.id);
    if (!Array.isArray(lines)) return;
    for (const line of lines as readonly Json[]) {
      const said = asObject(line);
      if (typeof said?.["list"] === "string" && typeof said["leaf"] === "string")
        this.#lines.add(`${said["list"]} ${said["leaf"]}`);
    }
  }

  recordOf(digest: Digest): string | undefined {
    return this.#files.get(digest);
  }

  hasLine(list: Digest, leaf: string): boolean {
    return this.#lines.has(`${list} ${leaf}`);
  }
}

export class LogFacts {
  organization: string | undefined;
  createdAt: Instant | undefined;
  origin: string | undefined;
  /** What the records say of the log's keys, in their order. */
  readonly keyEvents: KeyEvent[] = [];
  unknownTypes = 0;
  readonly kept = new Map<string, KeptRecord>();
  /** Every blob that a record names, and the index of the first that does. */
  readonly named = new Map<Digest, number>();
  readonly claims = new Map<Digest, Claim[]>();
  readonly erasures = new Erasures();
  readonly #ids = new Set<number>();

  add(index: number, record: ReadRecord, faults: Faults): void {
    const where = `record ${index}`;
    const key = idKey(record.id);
    if (this.#ids.has(key)) faults.add("record-twice", where, `the id ${record.id} was used before`);
    this.#ids.add(key);
    this.organization ??= record.organization;
    if (record.organization !== this.organization)
      faults.add(
        "record-organization",
        where,
        `of ${record.organization}; the log is ${this.organization}'s`,
      );
    if (index === 0) this.#begin(record, faults);
    else if (record.type === "log.created")
      faults.add("record", where, "a log is created once, by its first record");
    if (index > 0 && isKnownType(record) && speaksOfKeys(record.type))
      this.#addKeyEvent(index, record, faults);
    if (!isKnownType(record)) this.unknownTypes++;
    else if (keptTypes.has(record.type)) this.#keep(index, record);
    if (record.type === "data.erased") this.erasures.add(record);
    for (const digest of record.digests) this.#name(digest, index);
    for (const ref of refsIn(record.body)) {
      this.#name(ref.digest, index);
      const claims = this.claims.get(ref.digest);
      const claim = { ...ref, index, type: record.type };
      if (claims === undefined) this.claims.set(ref.digest, [claim]);
      else if (!claims.some((known) => sameClaim(known, claim))) claims.push(claim);
    }
  }

  hasRecord(id: string): boolean {
    return this.#ids.has(idKey(id));
  }

  #begin(record: ReadRecord, faults: Faults): void {
    const { origin, logKey, attestationKey } = record.body;
    if (
      record.type !== "log.created" ||
      typeof origin !== "string" ||
      typeof logKey !== "string" ||
      typeof attestationKey !== "string"
    ) {
      faults.add(
        "record",
        "record 0",
        "the first record of a log says that it was created, and names its keys",
      );
      return;
    }
    this.createdAt = record.recordedAt;
    this.origin = origin;
    this.#addKeyEvent(0, record, faults);
  }

  #addKeyEvent(index: number, record: ReadRecord, faults: Faults): void {
    // Named as a record that is created twice.
    if (index > 0 && record.type === "log.created") return;
    const event = keyEventOf(record.type, record.body, index);
    if (event.ok) this.keyEvents.push(event.value);
    else faults.add("key-record", `record ${index}`, event.error);
  }

  #keep(index: number, record: ReadRecord): void {
    this.kept.set(record.id, { id: record.id, type: record.type, index, body: record.body });
  }

  #name(digest: Digest, index: number): void {
    if (!this.named.has(digest)) this.named.set(digest, index);
  }
}

function sameClaim(a: Claim, b: Claim): boolean {
  const same = a.size === b.size && a.salted === b.salted && a.member === b.member && a.type === b.type;
  return same && a.list?.count === b.list?.count && a.list?.root === b.list?.root;
}

/**
 * 48 bits of the id's hash in place of the id, so that a log of a million records is remembered in tens of megabytes.
 * Two ids that share them by chance (one in 500 such logs) would be reported as one, never the other way round.
 */
function idKey(id: string): number {
  return Buffer.from(sha256(id)).readUIntBE(0, 6);
}

export function digestIn(body: JsonObject, member: string): Digest | undefined {
  const value = body[member];
  if (typeof value === "string") return value as Digest;
  const digest = asObject(value)?.["digest"];
  return typeof digest === "string" ? (digest as Digest) : undefined;
}
