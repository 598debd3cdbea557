/** Checkpoints in the hands of others, as the records say and as the reader can check: when, toward whom, up to which record. */
import { formatInstant, type Digest, type Instant, type JsonObject } from "@countersign/kernel";
import {
  addSignatures,
  checkSignatures,
  equalHashes,
  judgeCheckpoint,
  openTimeStamp,
  openUnderChain,
  parseNote,
  parseVerifierKey,
  type Certificate,
  type Checkpoint,
  type Policy,
} from "@countersign/ledger";
import { ANCHORS_FOLDER } from "@countersign/package-format";
import type { BlobCheck } from "./blob-check.ts";
import type { Faults } from "./faults.ts";
import type { LogCheck } from "./log-check.ts";
import type { KeptRecord } from "./log-facts.ts";
import type { PackageFiles } from "./package-files.ts";
import { asObject } from "./record.ts";
import { instantOf } from "./seconds.ts";

export type AnchorKind = "time-stamp" | "cosignature" | "letter";

export type AnchorResult = {
  readonly kind: AnchorKind;
  /** "record 12", or what the reader brought along. */
  readonly where: string;
  /** As the certificate, the cosignature or the record names it. */
  readonly toward: string;
  /** The first so many records are under it. */
  readonly size: number;
  /** By the authority's or the witness's clock; of a letter, by the company's. */
  readonly at: Instant;
  /** "trusted": the reader gave the root or the policy under which it holds. */
  readonly outcome: "trusted" | "not-checked" | "recorded-only";
  /** Why it is not checked. */
  readonly why?: string;
  /** A record under it claims this later time: the company's clock was ahead of the anchor's. */
  readonly clockAhead?: Instant;
};

/** What the reader trusts; nothing in a package can say that. */
export type AnchorTrust = {
  readonly roots: readonly Certificate[] | undefined;
  readonly policy: Policy | undefined;
};

/** Clocks may differ so far without a word. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** The sizes of anchored checkpoints, told by the names of their folders, before any record is read. */
export function anchoredSizes(files: PackageFiles): number[] {
  const sizes = new Set<number>();
  for (const path of files.paths()) {
    const size = new RegExp(`^${ANCHORS_FOLDER}/(0|[1-9][0-9]{0,15})/`).exec(path)?.[1];
    if (size !== undefined) sizes.add(Number(size));
  }
  return [...sizes];
}

type Anchor = {
  readonly where: string;
  readonly kind: AnchorKind;
  readonly toward: string;
  readonly size: number;
  readonly root: string;
  readonly at: Instant;
  readonly key: string | undefined;
  readonly note: Digest;
  readonly files: readonly { readonly digest: Digest; readonly mediaType: string }[];
};

export function checkAnchors(
  files: PackageFiles,
  log: LogCheck,
  blobs: BlobCheck,
  trust: AnchorTrust,
  faults: Faults,
): AnchorResult[] {
  const anchors: { readonly anchor: Anchor; readonly note: string }[] = [];
  for (const record of log.facts.kept.values()) {
    if (record.type !== "checkpoint.anchored") continue;
    const anchor = anchorOf(record);
    if (anchor === undefined) {
      faults.add("anchor", `record ${record.index}`, "an anchor that cannot be read");
      continue;
    }
    const note = readBlob(files, blobs, anchor.note);
    // Withheld or erased: said where all such blobs are counted.
    if (note === undefined) continue;
    const wrong = compareWithLog(anchor, note.toString(), log, faults);
    if (wrong !== undefined) faults.add("anchor", anchor.where, wrong);
    else if (log.complete) anchors.push({ anchor, note: note.toString() });
  }
  const results: AnchorResult[] = [];
  for (const { anchor, note } of anchors) {
    const result =
      anchor.kind === "time-stamp"
        ? checkStamp(files, blobs, anchor, note, trust)
        : anchor.kind === "cosignature"
          ? checkCosignature(anchor, note, log, trust, notesOfSize(anchors, anchor.size))
          : resultOf(anchor, "recorded-only");
    if (typeof result === "string") faults.add("anchor", anchor.where, result);
    else results.push(withClock(result, log));
  }
  return results;
}

function anchorOf({ index, body }: KeptRecord): Anchor | undefined {
  const checkpoint = asObject(body["checkpoint"]);
  const at = asObject(body["at"])?.["at"];
  const { kind, toward, key } = body;
  const [size, root] = [checkpoint?.["size"], checkpoint?.["root"]];
  if (kind !== "time-stamp" && kind !== "cosignature" && kind !== "letter") return undefined;
  if (typeof toward !== "string" || typeof size !== "number" || typeof root !== "string") return undefined;
  const note = refOf(asObject(body["note"]));
  const files = Array.isArray(body["files"]) ? (body["files"] as readonly JsonObject[]) : [];
  if (note === undefined || typeof at !== "string" || size > index) return undefined;
  return {
    where: `record ${index}`,
    kind,
    toward,
    size,
    root,
    // The envelope's times were checked; this one is compared with what was signed, or said to be the company's word.
    at: at as Instant,
    key: typeof key === "string" ? key : undefined,
    note: note.digest,
    files: files.flatMap((file) => refOf(asObject(file)) ?? []),
  };
}

function refOf(ref: JsonObject | undefined): Anchor["files"][number] | undefined {
  const { digest, mediaType } = ref ?? {};
  return typeof digest === "string" && typeof mediaType === "string"
    ? { digest: digest as Digest, mediaType }
    : undefined;
}

function readBlob(files: PackageFiles, blobs: BlobCheck, digest: Digest): Buffer | undefined {
  const entry = blobs.entries.get(digest);
  if (entry === undefined || !("parts" in entry)) return undefined;
  const parts = entry.parts.map((part) => files.readWhole(part));
  return parts.includes(undefined) ? undefined : Buffer.concat(parts as Uint8Array[]);
}

/** @returns what is wrong; a fork is named as one */
function compareWithLog(anchor: Anchor, note: string, log: LogCheck, faults: Faults): string | undefined {
  const opened = openUnderChain(note, log.keys.chain);
  if (!opened.ok) return `not a checkpoint of this log: ${opened.error}`;
  const checkpoint: Checkpoint = opened.value;
  const root = Buffer.from(checkpoint.root).toString("base64");
  if (checkpoint.size !== anchor.size || root !== anchor.root)
    return "its checkpoint is not the one that the record names";
  if (!log.complete) return undefined;
  const here = log.rootsAt.get(anchor.size);
  if (here === undefined) return `its checkpoint does not stand under ${ANCHORS_FOLDER}/${anchor.size}/`;
  if (equalHashes(here, checkpoint.root)) return undefined;
  faults.add(
    "fork",
    anchor.where,
    `the log was rewritten: its first ${anchor.size} records have the root ${Buffer.from(here).toString("base64")} here, and had ${root} when ${anchor.toward} was given the checkpoint`,
  );
  return "the anchored checkpoint is one of another history";
}

function resultOf(anchor: Anchor, outcome: AnchorResult["outcome"], why?: string): AnchorResult {
  const { kind, where, toward, size, at } = anchor;
  return { kind, where, toward, size, at, outcome, ...(why === undefined ? {} : { why }) };
}

function checkStamp(
  files: PackageFiles,
  blobs: BlobCheck,
  anchor: Anchor,
  note: string,
  { roots }: AnchorTrust,
): AnchorResult | string {
  const ref = anchor.files.find(({ mediaType }) => mediaType === "application/timestamp-reply");
  const response = ref && readBlob(files, blobs, ref.digest);
  if (response === undefined)
    return resultOf(anchor, "not-checked", "the stamp itself is not in the package");
  const judged = judgeStamp(response, note, roots);
  if ("fault" in judged) return `the time stamp of ${anchor.toward}: ${judged.fault}`;
  if (judged.at !== undefined && judged.at !== anchor.at)
    return `the record says ${anchor.at}, the time stamp ${judged.at}`;
  if (judged.authority !== undefined && judged.authority !== anchor.toward)
    return `the record says that ${anchor.toward} stamped, the certificate ${judged.authority}`;
  return resultOf(anchor, judged.why === undefined ? "trusted" : "not-checked", judged.why);
}

export type JudgedStamp =
  | { readonly fault: string }
  | {
      readonly at: Instant | undefined;
      readonly authority: string | undefined;
      readonly why: string | undefined;
    };

/** A stamp that holds by itself is trusted under a root that the reader gave, and under nothing else. */
export function judgeStamp(
  response: Uint8Array,
  note: string,
  roots: readonly Certificate[] | undefined,
): JudgedStamp {
  const message = Buffer.from(note);
  const opened = openTimeStamp(response, { message });
  if (!opened.ok)
    return opened.error.code === "algorithm"
      ? { at: undefined, authority: undefined, why: opened.error.message }
      : { fault: opened.error.message };
  const facts = { at: formatInstant(opened.value.at), authority: opened.value.authority };
  if (roots === undefined) return { ...facts, why: "whose root you trust is yours to say (--tsa-root FILE)" };
  const chained = openTimeStamp(response, { message, roots });
  return { ...facts, why: chained.ok ? undefined : chained.error.message };
}

function notesOfSize(
  anchors: readonly { readonly anchor: Anchor; readonly note: string }[],
  size: number,
): readonly string[] {
  return anchors
    .filter(({ anchor }) => anchor.kind === "cosignature" && anchor.size === size)
    .map(({ note }) => note);
}

function checkCosignature(
  anchor: Anchor,
  note: string,
  log: LogCheck,
  { policy }: AnchorTrust,
  sameSize: readonly string[],
): AnchorResult | string {
  const key = anchor.key === undefined ? undefined : parseVerifierKey(anchor.key, ["cosignature/v1"]);
  const parsed = parseNote(note);
  if (key?.ok !== true || !parsed.ok) return "the record names no witness's key";
  // A log that cosigns itself has seen nothing but itself.
  if (log.keys.chain.log.some((each) => isSameKey(each.key, key.value.publicKey)))
    return "the witness's key is a key of the log";
  const good = checkSignatures(parsed.value.text, parsed.value.signatures, [key.value]);
  if (!good.ok) return good.error;
  const [signature] = good.value;
  if (signature?.timestamp === undefined) return `${anchor.toward} has not cosigned the checkpoint`;
  const at = instantOf(signature.timestamp);
  if (at !== anchor.at) return `the record says ${anchor.at}, the cosignature ${at}`;
  if (key.value.name !== anchor.toward) return `the record says ${anchor.toward}, the key ${key.value.name}`;
  if (policy === undefined)
    return resultOf(anchor, "not-checked", "which witness you trust is yours to say (--policy FILE)");
  const why = whyNotJudged(policy, note, sameSize, key.value.publicKey);
  return resultOf(anchor, why === undefined ? "trusted" : "not-checked", why);
}

function isSameKey(text: string, publicKey: Uint8Array): boolean {
  const key = parseVerifierKey(text);
  return key.ok && Buffer.compare(key.value.publicKey, publicKey) === 0;
}

/** All cosignatures of one size together must be the quorum that the reader's policy asks for. */
function whyNotJudged(
  policy: Policy,
  note: string,
  sameSize: readonly string[],
  publicKey: Uint8Array,
): string | undefined {
  if (!policy.witnesses.some(({ key }) => Buffer.compare(key.publicKey, publicKey) === 0))
    return "it is no witness of the policy that you gave";
  const lines = sameSize
    .flatMap((each) => each.slice(each.lastIndexOf("\n\n") + 2).split("\n"))
    .filter((line) => line !== "");
  const judged = judgeCheckpoint(policy, addSignatures(note, lines));
  return judged.ok ? undefined : judged.error;
}

/** Where a record claims a later time than the anchor over it, the company's clock was ahead, or the time was made up. */
function withClock(result: AnchorResult, log: LogCheck): AnchorResult {
  const latest = log.latestAt.get(result.size);
  if (result.kind === "letter" || latest === undefined) return result;
  return Date.parse(latest) > Date.parse(result.at) + CLOCK_TOLERANCE_MS
    ? { ...result, clockAhead: latest }
    : result;
}
