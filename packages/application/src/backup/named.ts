/** What the records of a backup name: the same in the workspace that it is made from and in the one that it makes. */
import type { Digest, JsonObject } from "@countersign/kernel";
import { foldKeys, type KeyChain, type KeyEvent } from "@countersign/ledger";
import { keyEventOf, speaksOfKeys } from "@countersign/package-format";
import type { ErasureBody, LedgerRecord, ListRef } from "@countersign/records";
import { Erasures } from "../erasures.ts";
import { DigestSet } from "../fsck/digest-set.ts";
import { digestsOf, listsIn } from "../fsck/mentions.ts";

/** Takes records in the order of the log. What it keeps grows with files and erasures, not with records. */
export class NamedByRecords {
  /** Stored files and lists. */
  readonly digests = new DigestSet();
  /** Sealed lists: of one with erased lines only count and root hold. */
  readonly lists = new Map<Digest, Pick<ListRef, "count" | "root">>();
  /** In the order of the log: the lists that hold the persons. */
  readonly directory: ListRef[] = [];
  readonly #events: KeyEvent[] = [];
  readonly #erasures: { readonly record: string; readonly body: ErasureBody }[] = [];
  #size = 0;

  /** @returns what this record names first. */
  add(record: LedgerRecord): readonly Digest[] {
    const index = this.#size++;
    const lists = [...listsIn(record.body)];
    for (const { digest, count, root } of lists) this.lists.set(digest, { count, root });
    const named = [...digestsOf(record), ...lists.map((list) => list.digest)];
    if (record.type === "directory.extended") this.directory.push(record.body.entries);
    if (record.type === "data.erased") this.#erasures.push({ record: record.id, body: record.body });
    if (speaksOfKeys(record.type)) {
      // A body is an object, as every record of ours has one; what is none is no event.
      const event = keyEventOf(record.type, record.body as unknown as JsonObject, index);
      if (event.ok) this.#events.push(event.value);
    }
    return named.filter((digest) => this.digests.add(digest));
  }

  get size(): number {
    return this.#size;
  }

  chain(): KeyChain {
    return foldKeys(this.#events).chain;
  }

  erasures(): Erasures {
    return new Erasures(this.#erasures);
  }

  /** How many of the files that are named are not erased. */
  filesLeft(erasures: Erasures): number {
    const gone = new Set(erasures.rows.flatMap(({ body }) => body.files));
    return this.digests.count - [...gone].filter((digest) => this.digests.has(digest)).length;
  }
}
