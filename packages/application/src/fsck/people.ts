/** The table of persons against the directory's lists, from which it is rebuilt. */
import { canonicalJson } from "@countersign/kernel";
import type { Context } from "../context.ts";
import type { ListRef } from "@countersign/records";
import type { Blobs, DirectoryEntry, StoreFault } from "../ports/index.ts";
import { itemLinesOf } from "../read-list.ts";

export type PeopleCheck = {
  readonly persons: number;
  readonly faults: readonly StoreFault[];
  readonly repaired: number;
};

const STILL =
  "every record: names are kept apart from them, and fsck --repair reads them again from the directory's lists";

/** What the table holds: of each person the newest entry of the directory's lists, in the order of the log. */
export function personsIn(blobs: Blobs, lists: readonly ListRef[]): ReadonlyMap<string, DirectoryEntry> {
  const persons = new Map<string, DirectoryEntry>();
  for (const list of lists)
    for (const line of itemLinesOf(blobs, list))
      // Read as it was written: the list is whole, and its lines are entries.
      if ("item" in line) persons.set(line.item.id, line.item as unknown as DirectoryEntry);
  return persons;
}

/** @param readable false where a directory list is damaged: then nobody can say what the table should hold. */
export async function checkPeople(ctx: Context, readable: boolean, repair: boolean): Promise<PeopleCheck> {
  return ctx.store.transaction(ctx.organization, async (tx) => {
    // Whoever adds names holds this until the list and the rows are both committed.
    await tx.lock("directory");
    const stored = new Map((await tx.people()).map((entry) => [entry.id as string, entry]));
    if (!readable) return { persons: stored.size, faults: [], repaired: 0 };
    const rows = await tx.state("directory.extended");
    const expected = personsIn(
      ctx.blobs,
      rows.map((row) => row.body.entries),
    );
    const faults: StoreFault[] = [];
    const wrong: DirectoryEntry[] = [];
    for (const [id, entry] of expected) {
      const held = stored.get(id);
      if (held !== undefined && canonicalJson(held) === canonicalJson(entry)) continue;
      wrong.push(entry);
      faults.push({
        code: held === undefined ? "person-missing" : "person-differs",
        where: `person ${id}`,
        message: held === undefined ? "is in the directory and not stored" : "is not what the directory says",
        still: STILL,
      });
    }
    const extra = [...stored.values()].map((entry) => entry.id).filter((id) => !expected.has(id));
    for (const id of extra)
      faults.push({
        code: "person-extra",
        where: `person ${id}`,
        message: "no list of the directory names it",
        still: STILL,
      });
    if (repair) {
      await tx.removePeople(extra);
      await tx.putPeople(wrong);
    }
    return { persons: stored.size, faults, repaired: repair ? faults.length : 0 };
  });
}
