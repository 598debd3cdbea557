/** The order of the checks. Each goes on after a fault, so that one look names everything that is wrong. */
import { formatVerifierKey, parseVerifierKey, type ChainKey } from "@countersign/ledger";
import {
  fingerprintOf,
  type PackageIndex,
  type PackagePredicate,
  type RandomAccess,
} from "@countersign/package-format";
import { checkBlobs, type BlobCheck } from "./blob-check.ts";
import {
  compareAttestationKey,
  compareLogKey,
  compareSince,
  findSplitViews,
  openSince,
  sizesOf,
  type SinceCheckpoint,
} from "./brought-along.ts";
import { anchoredSizes, checkAnchors } from "./anchor-check.ts";
import { broughtAnchors, readTrust } from "./anchor-trust.ts";
import { Faults } from "./faults.ts";
import { IndexCheck, readIndex } from "./index-check.ts";
import { checkLog, readLogHead, type LogCheck } from "./log-check.ts";
import { PackageFiles, type Progress } from "./package-files.ts";
import { asObject } from "./record.ts";
import { checkSignature, compareStatement, type SignatureCheck } from "./signature-check.ts";
import { whatItDoesNotShow, whatItShows, type PackageFacts, type PackageVerdict } from "./verdict.ts";

export type VerifyOptions = {
  /** Older checkpoints of the log that the reader kept, each with a name to call it by. */
  readonly since?: readonly SinceCheckpoint[];
  /** A verifier key of the log or its fingerprint, got by another way than the package; an earlier key will do. */
  readonly logKey?: string;
  /** The attestation key's fingerprint, got by another way. */
  readonly attestationKey?: string;
  /** Bytes unpacked so far, of all. */
  readonly progress?: Progress;
  /** Root certificates of time stamping authorities that the reader trusts, each file in PEM. */
  readonly timeStampRoots?: readonly { readonly name: string; readonly pem: string }[];
  /** A tlog-policy file: the log, and the witnesses that the reader trusts. */
  readonly policy?: { readonly name: string; readonly text: Uint8Array | string };
};

/**
 * Verifies a package offline: what is here is what was recorded. Memory stays within a few parts of 8 MiB beside the
 * records that the package's own lists are compared with.
 */
export function verifyPackage(source: RandomAccess, options: VerifyOptions = {}): PackageVerdict {
  const faults = new Faults();
  const files = PackageFiles.open(source, faults, options.progress);
  if (files === undefined) return verdictOf(faults, noFacts);
  const signature = checkSignature(files, faults);
  const brought = options.since ?? [];
  const head = readLogHead(files);
  const log = checkLog(files, head, new Set([...sizesOf(brought), ...anchoredSizes(files)]), faults);
  const { keys } = log;
  const sinceChecked = compareSince(openSince(brought, keys, faults), log, faults);
  findSplitViews(brought, head.note, keys, faults);
  compareStatement(signature, log, faults);
  const { attestationKey } = signature;
  const logKey = compareLogKey(options.logKey, keys, faults);
  const compared =
    compareAttestationKey(options.attestationKey, attestationKey, keys, logKey, faults) ?? logKey;
  const blobs = checkBlobs(files, log.facts, log.complete, faults);
  const trust = readTrust(options, faults);
  const anchors = [
    ...checkAnchors(files, log, blobs, trust, faults),
    ...broughtAnchors(brought, sinceChecked, trust, faults),
  ];
  const index = readIndex(files, faults);
  if (index !== undefined && log.complete)
    new IndexCheck(files, log.facts, blobs, faults).check(index, signature.predicate);
  // Pages, workbooks and whatever else only the manifest speaks of.
  for (const path of files.paths()) if (!files.wasRead(path)) files.read(path);
  const facts = factsOf(files, signature, log, blobs, index, {
    keyComparedByAnotherWay: compared !== undefined,
    keyHandovers: logKey?.handovers ?? 0,
    sinceChecked,
    anchors,
  });
  return verdictOf(faults, facts);
}

function verdictOf(faults: Faults, facts: PackageFacts): PackageVerdict {
  const intact = !faults.any;
  return {
    intact,
    faults: faults.list(),
    facts,
    shows: intact ? whatItShows(facts) : [],
    doesNotShow: whatItDoesNotShow(facts),
  };
}

const noFacts: PackageFacts = {
  name: undefined,
  organization: undefined,
  sampleData: undefined,
  window: undefined,
  createdAt: undefined,
  generator: undefined,
  run: undefined,
  files: 0,
  bytes: 0,
  records: 0,
  recordsOfUnknownType: 0,
  populations: 0,
  items: 0,
  results: 0,
  withheld: 0,
  erased: 0,
  erasedLines: 0,
  withheldLines: 0,
  checkpoint: undefined,
  logKey: undefined,
  logKeys: [],
  attestationKey: undefined,
  logCreatedAt: undefined,
  keyComparedByAnotherWay: false,
  keyHandovers: 0,
  sinceChecked: [],
  anchors: [],
};

function factsOf(
  files: PackageFiles,
  signature: SignatureCheck,
  log: LogCheck,
  blobs: BlobCheck,
  index: PackageIndex | undefined,
  compared: Pick<PackageFacts, "keyComparedByAnotherWay" | "keyHandovers" | "sinceChecked" | "anchors">,
): PackageFacts {
  const predicate: Partial<PackagePredicate> = signature.predicate ?? {};
  const { attestationKey } = signature;
  const { checkpoint, logKey } = log;
  return {
    name: index?.name,
    organization: predicate.organization ?? index?.organization,
    sampleData: predicate.sampleData ?? index?.sampleData,
    window: predicate.window ?? index?.window,
    createdAt: predicate.createdAt,
    generator: predicate.generator,
    run: predicate.run ?? index?.run,
    files: files.count,
    bytes: files.total,
    records: log.records,
    recordsOfUnknownType: log.facts.unknownTypes,
    populations: index?.populations.length ?? 0,
    ...countsOf(log, index),
    withheld: blobs.withheld,
    erased: blobs.erased,
    erasedLines: blobs.erasedLines,
    withheldLines: blobs.withheldLines,
    checkpoint: checkpoint && { ...checkpoint, root: Buffer.from(checkpoint.root).toString("base64") },
    logKey: logKey && { key: formatVerifierKey(logKey), fingerprint: fingerprintOf(logKey.publicKey) },
    logKeys: log.keys.chain.log.map(factsOfKey),
    attestationKey: attestationKey && { fingerprint: fingerprintOf(attestationKey) },
    logCreatedAt: log.facts.createdAt,
    ...compared,
  };
}

function factsOfKey({ key, index, endedAt, revokedFrom }: ChainKey): PackageFacts["logKeys"][number] {
  const verifier = parseVerifierKey(key);
  return {
    fingerprint: verifier.ok ? fingerprintOf(verifier.value.publicKey) : undefined,
    record: index,
    endedAt,
    revokedFrom,
  };
}

/** As the records say; the lists themselves were counted against them. */
function countsOf(log: LogCheck, index: PackageIndex | undefined): { items: number; results: number } {
  const countIn = (record: string, member: string): number => {
    const count = asObject(log.facts.kept.get(record)?.body[member])?.["count"];
    return typeof count === "number" ? count : 0;
  };
  let items = 0;
  for (const population of index?.populations ?? []) items += countIn(population.record, "items");
  return { items, results: index === undefined ? 0 : countIn(index.run, "results") };
}
