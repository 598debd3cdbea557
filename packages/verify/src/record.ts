/** A record as verification reads it: the envelope strictly, the body by its structure only. */
import {
  hasOnlySafeIntegers,
  isDigest,
  parseCanonicalJson,
  parseInstant,
  err,
  ok,
} from "@countersign/kernel";
import type { Digest, Instant, Json, JsonObject, Result } from "@countersign/kernel";
import { isRecordType, RECORD_BYTES_MAX } from "@countersign/records";

export type ReadRecord = {
  readonly type: string;
  readonly version: number;
  readonly organization: string;
  readonly id: string;
  readonly recordedAt: Instant;
  readonly body: JsonObject;
  readonly digests: readonly Digest[];
};

/** What is not known is kept, and hashed like any other record. */
export function isKnownType(record: ReadRecord): boolean {
  return isRecordType(record.type) && record.version === 1;
}

const MEMBERS = [
  "actor",
  "body",
  "digests",
  "id",
  "occurredAt",
  "organization",
  "recordedAt",
  "subject",
  "type",
  "version",
];
const ACTOR = ["authenticated", "id", "kind"];
const OCCURRED = ["at", "provenance"];
const TEXTS = ["id", "organization", "subject", "type"];
const AUTHENTICATION = ["operating-system", "session", "api-key", "signature"];

/** @param bytes a leaf of the log. */
export function readRecord(bytes: Uint8Array): Result<ReadRecord, string> {
  if (bytes.length > RECORD_BYTES_MAX)
    return err(`${bytes.length} bytes: a record has at most ${RECORD_BYTES_MAX}`);
  const parsed = parseCanonicalJson(bytes);
  if (!parsed.ok) return parsed;
  const json = asObject(parsed.value);
  if (json === undefined || !hasExactly(json, MEMBERS))
    return err(`a record has exactly the members ${MEMBERS}`);
  if (!hasOnlySafeIntegers(json)) return err("a number that is not a whole number within 2^53-1");
  const fault = faultOf(json);
  // Each member's type was checked.
  return fault === undefined ? ok(json as unknown as ReadRecord) : err(fault);
}

function faultOf(json: JsonObject): string | undefined {
  for (const name of TEXTS)
    if (typeof json[name] !== "string" || json[name] === "") return `${name}: a text is needed`;
  if (typeof json["version"] !== "number" || json["version"] < 1) return "version: a number from 1 is needed";
  if (!isInstant(json["recordedAt"])) return "recordedAt: a time with its zone is needed";
  const occurred = asObject(json["occurredAt"]);
  if (occurred === undefined || !hasExactly(occurred, OCCURRED) || !isInstant(occurred["at"]))
    return "occurredAt: a time and its provenance are needed";
  if (!isOneOf(occurred["provenance"], ["source", "file", "asserted"]))
    return "occurredAt.provenance: source, file or asserted is needed";
  const actor = asObject(json["actor"]);
  if (actor === undefined || !hasExactly(actor, ACTOR) || typeof actor["id"] !== "string")
    return "actor: kind, id and authentication are needed";
  if (!isOneOf(actor["kind"], ["person", "service"])) return "actor.kind: person or service is needed";
  if (!isOneOf(actor["authenticated"], AUTHENTICATION)) return "actor.authenticated: an unknown way";
  if (asObject(json["body"]) === undefined) return "body: an object is needed";
  const digests = json["digests"];
  const isList =
    Array.isArray(digests) && digests.every((digest) => typeof digest === "string" && isDigest(digest));
  return isList ? undefined : "digests: a list of digests is needed";
}

/** Canonical objects have their members in order. A loop that makes nothing: it runs for every record of a log. */
function hasExactly(object: JsonObject, names: readonly string[]): boolean {
  let count = 0;
  for (const name in object) if (name !== names[count++]) return false;
  return count === names.length;
}

function isOneOf(value: Json | undefined, texts: readonly string[]): boolean {
  return typeof value === "string" && texts.includes(value);
}

function isInstant(value: Json | undefined): boolean {
  return typeof value === "string" && value.endsWith("Z") && parseInstant(value).ok;
}

export function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

export type FoundRef = {
  /** The member that holds it: "items", "results". */
  readonly member: string;
  readonly digest: Digest;
  readonly size: number;
  /** The digest is a commitment, which the salt beside the bytes opens. */
  readonly salted: boolean;
  /** A list's; absent for a file. */
  readonly list?: { readonly count: number; readonly root: string };
};

/** Every reference to a list or a blob in a body, known type or not: both are told by their exact members. */
export function refsIn(body: JsonObject): FoundRef[] {
  const found: FoundRef[] = [];
  const visit = (member: string, value: Json | undefined): void => {
    if (Array.isArray(value)) {
      for (const element of value as readonly Json[]) visit(member, element);
      return;
    }
    const object = asObject(value);
    if (object === undefined) return;
    const ref = refOf(member, object);
    if (ref !== undefined) found.push(ref);
    else for (const [name, inner] of Object.entries(object)) visit(name, inner);
  };
  visit("", body);
  return found;
}

function refOf(member: string, object: JsonObject): FoundRef | undefined {
  const { digest, size, count, root } = object;
  if (typeof digest !== "string" || !isDigest(digest) || typeof size !== "number") return undefined;
  const names = Object.keys(object).join();
  if (names === "digest,mediaType,name,size") return { member, digest, size, salted: false };
  if (names === "digest,mediaType,name,salted,size" && object["salted"] === true)
    return { member, digest, size, salted: true };
  if (names !== "count,digest,root,size" || typeof count !== "number" || typeof root !== "string")
    return undefined;
  return { member, digest, size, salted: false, list: { count, root } };
}
