/**
 * A whole log as static files, checked offline: every file against the tree, the tree against the checkpoint, the
 * checkpoint against the keys that the log's own records name and against what the reader brings along. Memory does not
 * grow with the records.
 */
import { err, ok, type Instant, type Result } from "@countersign/kernel";
import {
  CHECKPOINT_FILE,
  decodeEntries,
  foldKeys,
  formatVerifierKey,
  handoverFile,
  judgeCheckpoint,
  newestKey,
  openHandover,
  openUnderChain,
  parseCheckpointUnsafe,
  parseHandoverFile,
  parseVerifierKey,
  rootAt,
  equalHashes,
  TILE_WIDTH,
  tilePath,
  tileReader,
  verifyTiledLog,
  widthAt,
  type EntryRange,
  type Hash,
  type KeyChain,
  type KeyEvent,
  type TiledLogReport,
  type TiledLogSource,
} from "@countersign/ledger";
import { fingerprintOf, keyEventOf, speaksOfKeys } from "@countersign/package-format";
import { broughtAnchors, readTrust } from "./anchor-trust.ts";
import {
  compareLogKey,
  compareSince,
  findSplitViews,
  openSince,
  sizesOf,
  type SinceCheckpoint,
  type SinceResult,
} from "./brought-along.ts";
import { Faults } from "./faults.ts";
import { IdsAgain, IdsSeen, type RepeatedId } from "./ids-seen.ts";
import type { KeyCheck } from "./key-check.ts";
import type { LogFault, LogTrust } from "./log-faults.ts";
import { comparedDoNotShow, comparedShow, type Compared } from "./log-words.ts";
import { readRecord } from "./record.ts";

export type ExportedLogFacts = Compared & {
  readonly organization: string | undefined;
  /** When the first record says that the log was created. */
  readonly createdAt: Instant | undefined;
  /** The root in base64. Undefined when nobody signed one. */
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly root: string } | undefined;
  /** Records whose bytes are here and lead to the checkpoint. */
  readonly provenRecords: number;
  /** The others of the checkpoint's: indexes from `start` to before `end`. */
  readonly unproven: readonly EntryRange[];
  readonly keyHandovers: number;
  readonly sinceChecked: readonly SinceResult[];
};

export type LogVerdict = {
  /** What is here is what was recorded: all of it, and nothing else. */
  readonly intact: boolean;
  readonly faults: readonly LogFault[];
  /** How many faults are not listed. */
  readonly moreFaults: number;
  readonly facts: ExportedLogFacts;
  readonly shows: readonly string[];
  readonly doesNotShow: readonly string[];
};

export type LogOptions = LogTrust & {
  readonly progress?: (records: number, of: number) => void;
};

/** Damage to these says nothing of the tree. */
const BESIDE_THE_TREE = new Set(["checkpoint", "file-unknown", "partial"]);

export function verifyLog(source: TiledLogSource, options: LogOptions = {}): LogVerdict {
  const faults = new Faults();
  const bytes = source.read(CHECKPOINT_FILE);
  const note = bytes === undefined ? undefined : Buffer.from(bytes).toString();
  const claimed = note === undefined ? undefined : parseCheckpointUnsafe(note);
  const size = claimed?.ok === true ? claimed.value.size : 0;
  const reader = new RecordReader();
  readRecords(source, size, reader, options.progress);
  const folded = foldKeys(reader.keyEvents);
  const chain = usableChain(folded.chain, options.logKey);
  const report = verifyTiledLog(
    source,
    (text) => openUnderChain(Buffer.from(text).toString(), chain),
    (path) => (parseHandoverFile(path) ?? chain.log.length) < chain.log.length,
  );
  const sound = !report.faults.some(({ code }) => !BESIDE_THE_TREE.has(code));
  if (sound && size > 0) {
    // Of a damaged record the damage is named; what it says then is nobody's.
    for (const { where, message } of reader.faults) faults.add("record", where, message);
    for (const { index, message } of folded.faults) faults.add("key-record", `record ${index}`, message);
    for (const { id, indexes, more } of repeatedIds(source, size, reader.ids))
      faults.add(
        "record-twice",
        `record ${indexes[0] ?? 0}`,
        `its id ${id} is used again: index ${indexes.slice(1).join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
      );
  }
  const since = options.since ?? [];
  const rootOf = (at: number): Hash | undefined =>
    sound && at <= size ? rootAt(at, readerOf(source, size)) : undefined;
  const keys = keysOf(
    chain,
    report,
    handoversHere(source, chain),
    [...(note === undefined ? [] : [note]), ...since.map((s) => s.note)],
    rootOf,
    sound ? faults : new Faults(),
  );
  const compared = compareLogKey(options.logKey, keys, faults);
  const rootsAt = new Map<number, Hash>();
  for (const at of sizesOf(since)) {
    const root = rootOf(at);
    if (root !== undefined) rootsAt.set(at, root);
  }
  const opened = openSince(since, keys, faults);
  const sinceChecked = sound ? compareSince(opened, { rootsAt, records: size, complete: true }, faults) : [];
  const own = note === undefined ? [] : [{ name: CHECKPOINT_FILE, note }];
  findSplitViews([...own, ...since], undefined, keys, faults);
  const trust = readTrust(options, faults);
  const policy =
    trust.policy === undefined || note === undefined ? undefined : judgeCheckpoint(trust.policy, note);
  const facts: ExportedLogFacts = {
    organization: reader.organization,
    createdAt: reader.createdAt,
    checkpoint: report.checkpoint && {
      ...report.checkpoint,
      root: Buffer.from(report.checkpoint.root).toString("base64"),
    },
    logKey: keys.logKey && {
      key: formatVerifierKey(keys.logKey),
      fingerprint: fingerprintOf(keys.logKey.publicKey),
    },
    provenRecords: report.provenEntries,
    unproven: report.unproven,
    keyComparedByAnotherWay: compared !== undefined,
    keyHandovers: compared?.handovers ?? 0,
    policyMet: options.policy === undefined ? undefined : policy?.ok === true,
    sinceChecked,
    anchors: anchorsOf(own, since, sinceChecked, report, trust, faults),
  };
  const listed: LogFault[] = report.faults.map(({ code, path, message }) => ({ code, where: path, message }));
  if (policy?.ok === false) listed.push({ code: "policy", where: CHECKPOINT_FILE, message: policy.error });
  return verdictOf([...listed, ...faults.list()], report.moreFaults, facts, size);
}

function verdictOf(
  faults: readonly LogFault[],
  moreFaults: number,
  facts: ExportedLogFacts,
  size: number,
): LogVerdict {
  const intact = faults.length === 0;
  const covered = Math.max(
    0,
    ...facts.sinceChecked.filter((since) => since.outcome === "extends").map((since) => since.size),
  );
  const shows = [
    `Each of the ${size} records that the checkpoint was signed over is here, complete and in order, and no other.`,
    "Every tile is that of the tree over them, so that any record can be proven from these files.",
  ];
  if (facts.keyHandovers > 0)
    shows.push(
      `The log key that you got by another way was replaced since, and the old key signed the handover. It is ${facts.logKey?.fingerprint.short} now.`,
    );
  if (covered > 0)
    shows.push(`The first ${covered} records have not been rewritten since a checkpoint that you kept.`);
  const doesNotShow = [
    ...comparedDoNotShow(facts, size, covered),
    "What the files hold that records name by their digest: lists, raw bytes and evidence are in a package, not in the log.",
  ];
  return {
    intact,
    faults,
    moreFaults,
    facts,
    shows: intact ? [...shows, ...comparedShow(facts)] : [],
    doesNotShow,
  };
}

/** A checkpoint that claims far more than is here is not followed file by file. */
const MISSING_MAX = 10_000;

function readRecords(
  source: TiledLogSource,
  size: number,
  reader: { take(index: number, entry: Uint8Array): void },
  progress: LogOptions["progress"],
): void {
  let missing = 0;
  for (let index = 0; index * TILE_WIDTH < size && missing < MISSING_MAX; index++) {
    const width = widthAt({ kind: "entries", index }, size);
    const bundle = source.read(tilePath({ kind: "entries", index, width }));
    if (bundle === undefined) missing++;
    else
      for (const [i, entry] of decodeEntries(bundle).entries.entries())
        if (i < width) reader.take(index * TILE_WIDTH + i, entry);
    progress?.(Math.min(size, (index + 1) * TILE_WIDTH), size);
  }
}

/** What is kept of the records: keys, whose they are, and a fixed amount about their ids. */
class RecordReader {
  readonly ids = new IdsSeen();
  readonly keyEvents: KeyEvent[] = [];
  readonly faults = [] as { where: string; message: string }[];
  organization: string | undefined;
  createdAt: Instant | undefined;

  take(index: number, entry: Uint8Array): void {
    const read = readRecord(entry);
    if (!read.ok) return this.#fault(index, read.error);
    const { type, organization, recordedAt, body } = read.value;
    this.ids.add(read.value.id);
    this.organization ??= organization;
    if (organization !== this.organization)
      this.#fault(index, `of ${organization}; the log is ${this.organization}'s`);
    if ((index === 0) !== (type === "log.created"))
      return this.#fault(index, "a log is created once, by its first record");
    if (index === 0) this.createdAt = recordedAt;
    if (!speaksOfKeys(type)) return undefined;
    const event = keyEventOf(type, body, index);
    if (event.ok) this.keyEvents.push(event.value);
    else this.#fault(index, event.error);
    return undefined;
  }

  #fault(index: number, message: string): undefined {
    // As many as a list of faults shows.
    if (this.faults.length < 1000) this.faults.push({ where: `record ${index}`, message });
  }
}

/** Where the record that names the keys is damaged, the key that the reader has still says whether the checkpoint holds. */
function usableChain(chain: KeyChain, given: string | undefined): KeyChain {
  if (chain.log.length > 0 || given?.includes("+") !== true || !parseVerifierKey(given).ok) return chain;
  return foldKeys([{ kind: "created", index: 0, log: given, attestation: "" }]).chain;
}

/** An id that seemed to be used twice is looked for again, so that chance names none. */
function repeatedIds(source: TiledLogSource, size: number, ids: IdsSeen): RepeatedId[] {
  if (ids.suspected === 0) return [];
  const again = new IdsAgain(ids);
  readRecords(
    source,
    size,
    {
      take(index, entry) {
        const read = readRecord(entry);
        if (read.ok) again.take(index, read.value.id);
      },
    },
    undefined,
  );
  return again.repeated();
}

/** By the position of the key that hands over. An export of an earlier version has none. */
function handoversHere(source: TiledLogSource, chain: KeyChain): (string | undefined)[] {
  return chain.log.slice(1).map((_, position) => {
    const bytes = source.read(handoverFile(position + 1));
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  });
}

/**
 * Handovers stand beside the tiles, or are among the checkpoints at hand, or they are not shown.
 * @param here what does not hand over is a fault; of the other notes, each may be any checkpoint
 */
function keysOf(
  chain: KeyChain,
  { checkpoint }: TiledLogReport,
  here: readonly (string | undefined)[],
  notes: readonly string[],
  rootOf: (size: number) => Hash | undefined,
  faults: Faults,
): KeyCheck {
  const newest = newestKey(chain, "log");
  const logKey = newest === undefined ? undefined : parseVerifierKey(newest.key);
  const handovers = chain.log.slice(1).map((to, position) => {
    // One key before each that replaced it.
    const from = chain.log[position]!;
    const sizeOf = (note: string): Result<number, string> => {
      const opened = openHandover(note, chain, from, to);
      if (!opened.ok) return opened;
      const { size, root } = opened.value;
      const found = rootOf(size);
      return found !== undefined && equalHashes(found, root)
        ? ok(size)
        : err(`the records' root at size ${size} is another`);
    };
    const own = here[position];
    const proven = own === undefined ? undefined : sizeOf(own);
    if (proven?.ok === true) return proven.value;
    if (proven !== undefined) faults.add("handover", handoverFile(position + 1), proven.error);
    for (const note of notes) {
      const other = sizeOf(note);
      if (other.ok) return other.value;
    }
    return undefined;
  });
  return { chain, logKey: logKey?.ok === true ? logKey.value : undefined, checkpoint, handovers };
}

/** From the tiles, which were held against the tree. */
function readerOf(source: TiledLogSource, size: number) {
  return tileReader(({ level, index }) => {
    const width = widthAt({ kind: "hashes", level, index }, size);
    return source.read(tilePath({ kind: "hashes", level, index, width })) ?? new Uint8Array();
  });
}

function anchorsOf(
  own: readonly SinceCheckpoint[],
  since: readonly SinceCheckpoint[],
  compared: readonly SinceResult[],
  { checkpoint }: TiledLogReport,
  trust: ReturnType<typeof readTrust>,
  faults: Faults,
) {
  const itself: SinceResult[] =
    checkpoint === undefined ? [] : [{ name: CHECKPOINT_FILE, size: checkpoint.size, outcome: "extends" }];
  return [...broughtAnchors(own, itself, trust, faults), ...broughtAnchors(since, compared, trust, faults)];
}
