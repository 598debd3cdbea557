/** What must hold after every kill: of what was acknowledged, of the log, and of everything stored. */
import { fsck, type Context } from "@countersign/application";
import { ProblemError } from "@countersign/kernel";
import {
  consistencyProof,
  equalHashes,
  inclusionProof,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  rootAt,
  verifyConsistency,
  verifyInclusion,
  type Checkpoint,
  type Hash,
  type HashReader,
} from "@countersign/ledger";
import type { LedgerRecord } from "@countersign/records";
import type { Receipt } from "./receipts.ts";

export type Fault = { readonly code: string; readonly words: string };

export type Checked = {
  readonly faults: readonly Fault[];
  readonly entries: number;
  /** Evidence and populations in the log without a receipt: kept, and their writer was killed before it could say so. */
  readonly unacknowledged: number;
  /** The newest checkpoint, to be held against a later state. */
  readonly note: string;
};

/** @param held checkpoints that someone outside holds, oldest first */
export async function checkLog(
  ctx: Context,
  receipts: readonly Receipt[],
  held: readonly string[],
): Promise<Checked> {
  const faults: Fault[] = [];
  const report = (code: string, words: string): void => void faults.push({ code, words });
  const newest = await ctx.store.newestCheckpoint(ctx.organization);
  if (newest === undefined) {
    report("no-checkpoint", `nothing is published, and there are ${receipts.length} receipts`);
    return { faults, entries: 0, unacknowledged: 0, note: "" };
  }
  const checkpoint = opened(ctx, newest.note);
  const log = await readLog(ctx, checkpoint.size, report);
  try {
    const read = await treeOf(ctx, checkpoint.size);
    if (!equalHashes(rootAt(checkpoint.size, read), checkpoint.root))
      report("root", `the tree of ${checkpoint.size} entries has another root than the newest checkpoint`);
    for (const receipt of receipts) checkReceipt(receipt, log, checkpoint, read, report);
    for (const note of held) checkHeld(opened(ctx, note), checkpoint, read, report);
  } catch (error) {
    report("tree", error instanceof Error ? error.message : String(error));
  }
  checkWhole(log, report);
  for (const fault of (await fsck(ctx)).faults)
    report(`fsck ${fault.code}`, `${fault.where}: ${fault.message}`);
  const known = new Set(receipts.map((receipt) => receipt.record));
  const unacknowledged = log.entries.filter(
    ({ record }) =>
      (record.type === "evidence.added" || record.type === "population.collected") && !known.has(record.id),
  ).length;
  return { faults, entries: checkpoint.size, unacknowledged, note: newest.note };
}

/** The problem that kept a workspace from being opened, as a fault; what is no problem of ours is thrown on. */
export function faultOfOpening(error: unknown): Fault {
  if (!(error instanceof ProblemError) || error.problems[0] === undefined) throw error;
  return { code: `open ${error.problems[0].code}`, words: error.problems[0].what };
}

type Report = (code: string, words: string) => void;
type Entry = { readonly index: number; readonly leaf: Hash; readonly record: LedgerRecord };
type Log = { readonly entries: readonly Entry[]; readonly byId: ReadonlyMap<string, readonly Entry[]> };

function opened(ctx: Context, note: string): Checkpoint {
  const verifier = parseVerifierKey(ctx.keys.logKey);
  if (!verifier.ok) throw new Error(verifier.error);
  const checkpoint = openCheckpoint(note, verifier.value);
  if (!checkpoint.ok) throw new Error(`a checkpoint is not signed by this log's key: ${checkpoint.error}`);
  return checkpoint.value;
}

/** The leaf hashes are computed from the entries' bytes here, not taken from where the log keeps them. */
async function readLog(ctx: Context, size: number, report: Report): Promise<Log> {
  const entries: Entry[] = [];
  const byId = new Map<string, Entry[]>();
  for await (const page of ctx.store.entries(ctx.organization, 0, size))
    for (const { index, entry } of page) {
      if (index !== entries.length) report("gap", `index ${index} stands where ${entries.length} should`);
      const record = JSON.parse(entry) as LedgerRecord;
      const placed = { index, leaf: leafHash(Buffer.from(entry)), record };
      entries.push(placed);
      byId.set(record.id, [...(byId.get(record.id) ?? []), placed]);
    }
  if (entries.length !== size)
    report("gap", `the newest checkpoint has ${size} entries, the log ${entries.length}`);
  return { entries, byId };
}

function checkReceipt(
  receipt: Receipt,
  log: Log,
  checkpoint: Checkpoint,
  read: HashReader,
  report: Report,
): void {
  const found = log.byId.get(receipt.record) ?? [];
  const [entry] = found;
  if (entry === undefined || found.length > 1) {
    const words = `the acknowledged record ${receipt.record} has ${found.length} leaves`;
    report(entry === undefined ? "lost" : "twice", words);
    return;
  }
  const proof = inclusionProof(entry.index, checkpoint.size, read);
  if (!verifyInclusion(entry.leaf, entry.index, checkpoint.size, proof, checkpoint.root))
    report(
      "not-included",
      `record ${receipt.record} at index ${entry.index} is not in the newest checkpoint's tree`,
    );
  if (receipt.kind === "evidence" && receipt.index !== undefined && receipt.index !== entry.index)
    report(
      "moved",
      `record ${receipt.record} was acknowledged at index ${receipt.index} and is at ${entry.index}`,
    );
  if (nameOf(entry.record) !== nameOfReceipt(receipt))
    report("other-content", `record ${receipt.record} is not what was acknowledged`);
}

function checkHeld(held: Checkpoint, newest: Checkpoint, read: HashReader, report: Report): void {
  if (held.size > newest.size) {
    report("rolled-back", `a checkpoint of ${held.size} entries is held, and the log has ${newest.size}`);
    return;
  }
  const proof = consistencyProof(held.size, newest.size, read);
  if (!verifyConsistency(held.size, newest.size, held.root, newest.root, proof))
    report("fork", `the held checkpoint of ${held.size} entries is not a beginning of this log`);
}

function nameOfReceipt(receipt: Receipt): string {
  return receipt.kind === "evidence" ? `note ${receipt.note}` : `${receipt.population}@${receipt.version}`;
}

/** What an act is known by, whatever id its record was given. */
function nameOf(record: LedgerRecord): string | undefined {
  if (record.type === "evidence.added") return `note ${record.body.note ?? ""}`;
  if (record.type === "population.collected") return `${record.body.population}@${record.body.version}`;
  return record.type === "log.created" ? "the log's beginning" : undefined;
}

/** Every act once, versions without a gap, one beginning. */
function checkWhole(log: Log, report: Report): void {
  const times = new Map<string, number>();
  const versions = new Map<string, number>();
  for (const { record } of log.entries) {
    const name = nameOf(record);
    if (name !== undefined) times.set(name, (times.get(name) ?? 0) + 1);
    if (record.type !== "population.collected") continue;
    const { population, version } = record.body;
    const next = (versions.get(population) ?? 0) + 1;
    if (version !== next) report("version", `${population}@${version} follows ${population}@${next - 1}`);
    versions.set(population, version);
  }
  for (const [name, count] of times)
    if (count > 1) report("twice", `${name} is in the log ${count} times, under different ids`);
  if (times.get("the log's beginning") !== 1)
    report("beginning", `the log has ${times.get("the log's beginning") ?? 0} records of its creation`);
}

async function treeOf(ctx: Context, size: number): Promise<HashReader> {
  const known = await ctx.store.readTree(ctx.organization, (read) => {
    const hashes = new Map<string, Hash>();
    for (let level = 0; 2 ** level <= size; level++)
      for (let index = 0; (index + 1) * 2 ** level <= size; index++)
        hashes.set(`${level}/${index}`, read(level, index));
    return hashes;
  });
  return (level, index) => {
    const hash = known.get(`${level}/${index}`);
    if (hash === undefined) throw new RangeError(`no complete subtree ${level}/${index}`);
    return hash;
  };
}
