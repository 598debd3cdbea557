/** Everything that is stored against everything it should be: log, tree, checkpoints, state, blobs, lists, outside checkpoints. */
import { epochOf, type Digest } from "@countersign/kernel";
import type { Hash } from "@countersign/ledger";
import type { ErasureBody, ListRef, LedgerRecord } from "@countersign/records";
import type { Context } from "./context.ts";
import { Erasures } from "./erasures.ts";
import { compareWithOutside } from "./organization.ts";
import type { StoreFault } from "./ports/index.ts";
import { checkList } from "./read-list.ts";

export type Fsck = {
  readonly entries: number;
  readonly blobs: number;
  readonly lists: number;
  readonly outsideCheckpoints: number;
  readonly faults: readonly StoreFault[];
};

export async function fsck(ctx: Context): Promise<Fsck> {
  const openNote = (note: string): { size: number; root: Hash } | string => {
    const opened = ctx.keys.openAsSigned(note);
    return opened.ok ? opened.value : opened.error;
  };
  const store = await ctx.store.check(ctx.organization, openNote, (done, of) =>
    ctx.say(`records ${done} of ${of}`),
  );
  const faults: StoreFault[] = [...store.faults];
  const digests = new Map<Digest, string>();
  const lists = new Map<string, { list: ListRef; where: string }>();
  const erasureRows: { record: string; body: ErasureBody }[] = [];
  let previous = 0;
  for await (const page of ctx.store.entries(ctx.organization, 0, store.entries))
    for (const { entry, index } of page) {
      const record = readRecord(entry);
      if (record === undefined) continue; // named by the store's own check
      if (record.type === "data.erased") erasureRows.push({ record: record.id, body: record.body });
      for (const digest of record.digests) digests.set(digest, `record ${record.id} (index ${index})`);
      for (const list of listsIn(record.body)) lists.set(list.digest, { list, where: `record ${record.id}` });
      const at = epochOf(record.recordedAt);
      if (at < previous - 5 * 60_000)
        faults.push({
          code: "clock-back",
          where: `index ${index}`,
          message:
            "was recorded more than five minutes before the record ahead of it: this machine's clock was set back",
        });
      previous = Math.max(previous, at);
    }
  const erasures = new Erasures(erasureRows);
  let done = 0;
  for (const [digest, where] of digests) {
    const erased = erasures.recordOf(digest);
    if (erased !== undefined) {
      if (ctx.blobs.has(digest))
        faults.push({
          code: "erasure-undone",
          where: digest,
          message: `record ${erased} says that it was erased`,
        });
      continue;
    }
    // Lines that were erased changed the bytes; the list's root is checked below, and holds.
    const found = erasures.leavesOf(digest) === undefined ? ctx.blobs.check(digest) : "intact";
    if (found !== "intact")
      faults.push({ code: `blob-${found}`, where: digest, message: `${found}; ${where} speaks of it` });
    if (++done % 100 === 0) ctx.say(`stored files ${done} of ${digests.size}`);
  }
  for (const { list, where } of lists.values()) {
    const leaves = erasures.leavesOf(list.digest);
    if (!ctx.blobs.has(list.digest)) {
      if (leaves !== undefined)
        faults.push({ code: "blob-missing", where: list.digest, message: `missing; ${where} speaks of it` });
      continue; // else named above
    }
    try {
      const found = checkList(ctx.blobs, list, where, leaves);
      if (leaves !== undefined && found.erased < leaves.size)
        faults.push({
          code: "erasure-undone",
          where: list.digest,
          message: `records say that ${leaves.size} of its lines were erased, and ${found.erased} are`,
        });
    } catch (error) {
      faults.push({
        code: "list-damaged",
        where,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
  let outsideCheckpoints = 0;
  try {
    outsideCheckpoints = await compareWithOutside(ctx);
  } catch (error) {
    faults.push({
      code: "outside-checkpoint",
      where: "countersign/",
      message: error instanceof Error ? error.message : String(error),
    });
  }
  return { entries: store.entries, blobs: digests.size, lists: lists.size, outsideCheckpoints, faults };
}

function readRecord(entry: string): LedgerRecord | undefined {
  try {
    return JSON.parse(entry) as LedgerRecord;
  } catch {
    return undefined;
  }
}

/** Lists are recognised by their shape: count, root, digest, size. */
export function* listsIn(value: unknown): Generator<ListRef> {
  if (typeof value !== "object" || value === null) return;
  const { count, root, digest, size } = value as Partial<ListRef>;
  if (
    typeof count === "number" &&
    typeof root === "string" &&
    typeof digest === "string" &&
    typeof size === "number"
  )
    yield value as ListRef;
  else for (const member of Object.values(value)) yield* listsIn(member);
}
