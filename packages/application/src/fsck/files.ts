/** Stored files against the records that name them: is each there, is each whole, is each list the one that was recorded? */
import { setImmediate as turn } from "node:timers/promises";
import { epochOf, ProblemError, type Digest } from "@countersign/kernel";
import type { LedgerRecord, ListRef } from "@countersign/records";
import type { Context } from "../context.ts";
import type { Erasures } from "../erasures.ts";
import type { StoreFault } from "../ports/index.ts";
import { checkList } from "../read-list.ts";
import type { DigestSet } from "./digest-set.ts";
import { digestsOf, listsIn, readRecord } from "./mentions.ts";

/** A record may be dated so much before the one ahead of it: two processes, and clocks that are set to the second. */
const BACK_MS = 5 * 60_000;

export type FilesFound = {
  /** What the records name. */
  readonly named: DigestSet;
  /** Lists that were read through already, and are whole. */
  readonly whole: DigestSet;
  lists: number;
  readonly damaged: Map<Digest, "damaged" | "missing">;
  readonly faults: StoreFault[];
};

export type Steps = {
  readonly stopped: () => boolean;
  /** Called with the index up to which records were done. */
  readonly reached: (index: number) => void;
};

/**
 * Looks at what each record names. @param from records before this index were done in an earlier check: what they name is
 * remembered, and not looked at again. @returns the index that it came to.
 */
export async function checkNamed(
  ctx: Context,
  erasures: Erasures,
  entries: number,
  unsound: ReadonlySet<number>,
  from: number,
  found: FilesFound,
  steps: Steps,
): Promise<number> {
  let previous = 0;
  for await (const page of ctx.store.entries(ctx.organization, 0, entries)) {
    if (steps.stopped()) return page[0]?.index ?? 0;
    for (const { entry, index } of page) {
      const record = unsound.has(index) ? undefined : readRecord(entry);
      if (record === undefined) continue; // named by the store's own check
      const done = index < from;
      lookAtFiles(ctx, erasures, record, done, found);
      const at = epochOf(record.recordedAt);
      if (!done && at < previous - BACK_MS)
        keepFault(found, {
          code: "clock-back",
          where: `index ${index}`,
          message:
            "was recorded more than five minutes before the record ahead of it: this machine's clock was set back",
          still: "the record, and its place in the log",
        });
      previous = at;
    }
    const last = (page.at(-1)?.index ?? 0) + 1;
    ctx.say(`files that records name: records ${last} of ${entries}, ${found.lists} lists`);
    if (last > from) steps.reached(last);
    await turn();
  }
  return entries;
}

function lookAtFiles(
  ctx: Context,
  erasures: Erasures,
  record: LedgerRecord,
  done: boolean,
  found: FilesFound,
): void {
  const lists = new Map([...listsIn(record.body)].map((list) => [list.digest, list]));
  for (const digest of [...digestsOf(record), ...lists.keys()]) {
    if (!found.named.add(digest) || done) continue;
    const erased = erasures.recordOf(digest);
    const here = ctx.blobs.has(digest);
    if (erased === undefined && !here) found.damaged.set(digest, "missing");
    else if (erased !== undefined && here)
      keepFault(found, {
        code: "erasure-undone",
        where: digest,
        message: `record ${erased} says that it was erased`,
        still: "every record; the next command that opens the log erases it again",
      });
  }
  for (const list of lists.values()) {
    if (found.whole.has(list.digest) || !ctx.blobs.has(list.digest)) continue;
    found.lists++;
    if (done) found.whole.add(list.digest);
    else lookAtList(ctx, erasures, record, list, found);
  }
}

/**
 * A list whose bytes are not those of its digest is found again as a damaged file, and named there; where lines of it were
 * erased its bytes are others, and the root is what holds.
 */
function lookAtList(
  ctx: Context,
  erasures: Erasures,
  record: LedgerRecord,
  list: ListRef,
  found: FilesFound,
): void {
  const leaves = erasures.leavesOf(list.digest);
  const where = `record ${record.id}`;
  if (leaves === undefined && ctx.blobs.check(list.digest) !== "intact") return;
  try {
    const { erased } = checkList(ctx.blobs, list, where, leaves);
    if (leaves === undefined || erased >= leaves.size) {
      found.whole.add(list.digest);
      return;
    }
    keepFault(found, {
      code: "erasure-undone",
      where: list.digest,
      message: `records say that ${leaves.size} of its lines were erased, and ${erased} are`,
      still: "every record, and the list's root; the next command that opens the log erases the lines again",
    });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    keepFault(found, {
      code: "list-damaged",
      where,
      message: error.problems.map(({ what, why }) => `${what}: ${why ?? list.digest}`).join("; "),
      still: "that the record names this list; not that its lines are those that were sealed",
    });
  }
  // Read, and named above: its bytes are not looked at once more.
  found.whole.add(list.digest);
}

const FAULTS_MAX = 1_000;

function keepFault(found: FilesFound, fault: StoreFault): void {
  if (found.faults.length < FAULTS_MAX) found.faults.push(fault);
}

/** Two hexadecimal digits: the folders that stored files lie in. */
export const PREFIXES: readonly string[] = Array.from({ length: 256 }, (_, i) =>
  i.toString(16).padStart(2, "0"),
);

export type Walked = {
  files: number;
  /** Stored, and named by no record: left by collections that failed, or not recorded yet. */
  readonly unnamed: string[];
  unnamedCount: number;
};

const UNNAMED_MAX = 1_000;

/** Reads every stored file once. @returns the folder that it came to. */
export async function checkStored(
  ctx: Context,
  erasures: Erasures,
  from: number,
  found: FilesFound,
  walked: Walked,
  steps: Steps,
): Promise<number> {
  for (let i = from; i < PREFIXES.length; i++) {
    if (steps.stopped()) return i;
    const { digests, strange } = ctx.blobs.stored(PREFIXES[i] ?? "");
    for (const digest of digests) {
      walked.files++;
      if (!found.named.has(digest)) keepUnnamed(walked, digest);
      else if (
        !found.whole.has(digest) &&
        erasures.recordOf(digest) === undefined &&
        ctx.blobs.check(digest) !== "intact"
      )
        found.damaged.set(digest, "damaged");
    }
    for (const name of strange) keepUnnamed(walked, name);
    ctx.say(`stored files: ${walked.files}, folder ${i + 1} of ${PREFIXES.length}`);
    steps.reached(i + 1);
    await turn();
  }
  return PREFIXES.length;
}

function keepUnnamed(walked: Walked, name: string): void {
  walked.unnamedCount++;
  if (walked.unnamed.length < UNNAMED_MAX) walked.unnamed.push(name);
}
