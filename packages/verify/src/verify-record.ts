/** One record by its proof (C2SP tlog-proof), without the log: that a checkpoint covers it, and whose checkpoint that is. */
import type { Instant } from "@countersign/kernel";
import {
  equalHashes,
  formatVerifierKey,
  judgeCheckpoint,
  leafHash,
  openSignedCheckpoint,
  parseTlogProof,
  parseVerifierKey,
  verifyInclusion,
  type Checkpoint,
  type NoteVerifier,
  type TlogProof,
} from "@countersign/ledger";
import { fingerprintOf, matchesFingerprint } from "@countersign/package-format";
import { broughtAnchors, readTrust } from "./anchor-trust.ts";
import { findSplitViews, type SinceCheckpoint, type SinceResult } from "./brought-along.ts";
import { Faults } from "./faults.ts";
import type { LogFault, LogTrust } from "./log-faults.ts";
import { comparedDoNotShow, comparedShow, type Compared } from "./log-words.ts";
import { readRecord } from "./record.ts";

export type RecordFacts = Compared & {
  readonly index: number | undefined;
  /** Undefined when the bytes are no record of the format: proven or not, they say nothing to this verifier. */
  readonly record: { readonly id: string; readonly type: string; readonly recordedAt: Instant } | undefined;
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly root: string } | undefined;
  readonly sinceChecked: readonly SinceResult[];
};

export type RecordVerdict = {
  /** The record's bytes lead to a checkpoint that the log signed. */
  readonly proven: boolean;
  readonly faults: readonly LogFault[];
  readonly facts: RecordFacts;
  readonly shows: readonly string[];
  readonly doesNotShow: readonly string[];
};

/** @param text the proof file @param record the record's bytes, exactly */
export function verifyRecord(text: string, record: Uint8Array, options: LogTrust = {}): RecordVerdict {
  const faults = new Faults();
  const listed: LogFault[] = [];
  const fault = (code: LogFault["code"], where: string, message: string): void =>
    void listed.push({ code, where, message });
  const trust = readTrust(options, faults);
  const parsed = parseTlogProof(text);
  if (!parsed.ok) fault("proof", "the proof", parsed.error);
  const proof = parsed.ok ? parsed.value : undefined;
  const keys = proof === undefined ? [] : keysFor(proof, options, trust.policy !== undefined, fault);
  const policy = trust.policy && proof && judgeCheckpoint(trust.policy, proof.checkpoint);
  if (policy?.ok === false) fault("policy", "the proof's checkpoint", policy.error);
  const signers =
    keys.length > 0 || policy?.ok !== true ? keys : policy.value.logSignatures.map((s) => s.verifier);
  const opened = proof && signers.length > 0 ? openSignedCheckpoint(proof.checkpoint, signers) : undefined;
  if (opened?.ok === false) fault("checkpoint", "the proof's checkpoint", opened.error);
  const checkpoint = opened?.ok === true ? opened.value.checkpoint : undefined;
  if (proof !== undefined && checkpoint !== undefined) {
    const { size, root } = checkpoint;
    if (!verifyInclusion(leafHash(record), proof.index, size, proof.path, root))
      fault("proof", `record ${proof.index}`, notThere(proof.index, size, record));
  }
  const signer = opened?.ok === true ? opened.value.logSignatures[0]?.verifier : signers[0];
  const since = options.since ?? [];
  const own = proof === undefined ? [] : [{ name: "the proof's checkpoint", note: proof.checkpoint }];
  const sinceChecked = checkpoint === undefined ? [] : compareSame(since, checkpoint, signers, fault);
  if (signer !== undefined) findSplitViews([...own, ...since], undefined, chainOf(signers), faults);
  const read = readRecord(record);
  const facts: RecordFacts = {
    index: proof?.index,
    record: read.ok
      ? { id: read.value.id, type: read.value.type, recordedAt: read.value.recordedAt }
      : undefined,
    checkpoint: checkpoint && { ...checkpoint, root: Buffer.from(checkpoint.root).toString("base64") },
    logKey: signer && { key: formatVerifierKey(signer), fingerprint: fingerprintOf(signer.publicKey) },
    keyComparedByAnotherWay: options.logKey !== undefined && checkpoint !== undefined,
    policyMet: options.policy === undefined ? undefined : policy?.ok === true,
    sinceChecked,
    anchors: [
      ...broughtAnchors(own, resultsOf(own, checkpoint), trust, faults),
      ...broughtAnchors(since, sinceChecked, trust, faults),
    ],
  };
  return verdictOf([...listed, ...faults.list()], facts);
}

function notThere(index: number, size: number, record: Uint8Array): string {
  const end = record.at(-1) === 0x0a ? "; the file ends in a line feed, and a record has none" : "";
  return `the bytes are not the record at index ${index} of the checkpoint's ${size}${end}`;
}

type Report = (code: LogFault["code"], where: string, message: string) => void;

/** Those that may have signed: what the reader gave, or else what came along. */
function keysFor(proof: TlogProof, { logKey }: LogTrust, policy: boolean, fault: Report): NoteVerifier[] {
  const differs = (message: string): NoteVerifier[] => {
    fault("key-differs", "the log's key", message);
    return [];
  };
  const along = keysIn(proof.extra);
  if (logKey === undefined) {
    if (along.length === 0 && !policy)
      fault(
        "log-key",
        "the proof",
        "no key came along: give the log's verifier key (--key) or a policy (--policy)",
      );
    return policy ? [] : along;
  }
  if (logKey.includes("+")) {
    const given = parseVerifierKey(logKey);
    return given.ok ? [given.value] : differs(`the key that was given: ${given.error}`);
  }
  const matching: NoteVerifier[] = [];
  for (const verifier of along) {
    const matches = matchesFingerprint(logKey, verifier.publicKey);
    if (!matches.ok) return differs(`what was given cannot be compared: ${matches.error}`);
    if (matches.value) matching.push(verifier);
  }
  return matching.length > 0
    ? matching
    : differs(
        along.length === 0
          ? "no key came along that could be compared: give the verifier key itself, which countersign key show prints"
          : "another key came along than the fingerprint that was given; one that was replaced is compared with a package or an exported log",
      );
}

/** Verifier keys, one a line, as `countersign log proof` writes them: whoever made the file says so, and nobody signed it. */
function keysIn(extra: Uint8Array | undefined): NoteVerifier[] {
  const lines = Buffer.from(extra ?? [])
    .toString()
    .split("\n");
  const keys = lines.filter((line) => line !== "").map((line) => parseVerifierKey(line));
  return keys.flatMap((key) => (key.ok ? [key.value] : []));
}

/** One record's proof says nothing of how checkpoints of two sizes continue each other. */
function compareSame(
  since: readonly SinceCheckpoint[],
  checkpoint: Checkpoint,
  signers: readonly NoteVerifier[],
  fault: Report,
): SinceResult[] {
  return since.flatMap(({ name, note }): SinceResult[] => {
    const opened = openSignedCheckpoint(note, signers);
    if (!opened.ok) {
      fault("since-unreadable", name, `not a checkpoint of this log: ${opened.error}`);
      return [];
    }
    const { size, root } = opened.value.checkpoint;
    if (size !== checkpoint.size) {
      fault(
        "since-unreadable",
        name,
        `it has ${size} records, and the proof's checkpoint ${checkpoint.size}: one record's proof does not show that one continues the other; an exported log or a package does`,
      );
      return [];
    }
    if (equalHashes(root, checkpoint.root)) return [{ name, size, outcome: "extends" }];
    fault("fork", name, `the log has another root for its first ${size} records here: it was rewritten`);
    return [{ name, size, outcome: "fork" }];
  });
}

function resultsOf(own: readonly SinceCheckpoint[], checkpoint: Checkpoint | undefined): SinceResult[] {
  if (checkpoint === undefined) return [];
  return own.map(({ name }) => ({ name, size: checkpoint.size, outcome: "extends" }));
}

/** As far as split views are looked for: any of these keys may have signed both. */
function chainOf(signers: readonly NoteVerifier[]) {
  const log = signers.map((verifier) => ({
    purpose: "log" as const,
    key: formatVerifierKey(verifier),
    index: 0,
    endedAt: undefined,
    revokedFrom: undefined,
  }));
  return { chain: { log, attestation: [] }, logKey: signers[0], checkpoint: undefined, handovers: [] };
}

function verdictOf(faults: readonly LogFault[], facts: RecordFacts): RecordVerdict {
  const proven = faults.length === 0;
  const size = facts.checkpoint?.size ?? 0;
  const covered = facts.sinceChecked.some(({ outcome }) => outcome === "extends") ? size : 0;
  const shows = [
    `The record is the one at index ${facts.index} of the log ${facts.checkpoint?.origin}, byte for byte, and a checkpoint of ${size} records covers it.`,
    ...(covered > 0 ? ["The checkpoint is one that you kept."] : []),
    ...comparedShow(facts),
  ];
  const doesNotShow = [
    ...comparedDoNotShow(facts, size, covered),
    "What the log's other records say, and what this one names by its digest.",
  ];
  if (facts.record === undefined)
    doesNotShow.push("What the bytes mean: they are no record that this version reads.");
  return { proven, faults, facts, shows: proven ? shows : [], doesNotShow };
}
