/**
 * Group commit: records that are submitted while a transaction is under way go into the next one together. Waiting for the
 * disk is most of what a small transaction costs, and one wait serves all of them.
 */
import type { LedgerRecord } from "@countersign/records";
import { idTaken, insertRecords, recordRow, type RecordRow } from "./insert-records.ts";
import type { RunTransaction } from "./pool.ts";

/** Of one transaction; its rows are in memory. */
const GROUP = 512;
/** At once, so that one group is written while another one's commit waits for the disk. */
const TRANSACTIONS = 2;

type Submission = { readonly row: RecordRow; readonly done: PromiseWithResolvers<void> };
type Queue = { waiting: Submission[]; running: number };

export class Submissions {
  readonly #run: RunTransaction;
  readonly #queues = new Map<string, Queue>();

  constructor(run: RunTransaction) {
    this.#run = run;
  }

  async submit(record: LedgerRecord): Promise<void> {
    const submission = { row: recordRow(record), done: Promise.withResolvers<void>() };
    let queue = this.#queues.get(record.organization);
    if (queue === undefined) this.#queues.set(record.organization, (queue = { waiting: [], running: 0 }));
    queue.waiting.push(submission);
    if (queue.running < TRANSACTIONS) void this.#drain(record.organization, queue);
    await submission.done.promise;
  }

  async #drain(organization: string, queue: Queue): Promise<void> {
    queue.running++;
    // What comes in the same turn of the event loop belongs to the same group.
    await Promise.resolve();
    for (let group = take(queue); group.length > 0; group = take(queue))
      await this.#write(organization, group);
    queue.running--;
  }

  /** A record whose id is taken fails by itself; any other failure is that of the whole group. */
  async #write(organization: string, group: readonly Submission[]): Promise<void> {
    try {
      const rows = group.map((submission) => submission.row);
      const refused = new Set(
        await this.#run(organization, (client) => insertRecords(client, organization, rows)),
      );
      for (const { row, done } of group) {
        if (refused.has(row)) done.reject(idTaken(row.id));
        else done.resolve();
      }
    } catch (error) {
      for (const { done } of group) done.reject(error);
    }
  }
}

const take = (queue: Queue): Submission[] => queue.waiting.splice(0, GROUP);
