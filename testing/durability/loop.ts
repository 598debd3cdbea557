/**
 * A process that does one act after another through the application's use cases, and keeps each receipt outside the
 * workspace the moment it has it. Run with a JSON of LoopOptions; ends with 0 after its last act or after the one in which
 * it is told to stop (SIGTERM), with 1 at the first failure.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { addEvidence, collect, publish, type NewEvidence } from "@countersign/application";
import { digestOf, ProblemError, type Instant } from "@countersign/kernel";
import { homeAt } from "../../apps/cli/src/home.ts";
import type { Session } from "../../apps/cli/src/session.ts";
import { CONTROL, openPlace, PERFORMED_AT, SOURCE } from "./place.ts";
import { choicesFrom, type Choices } from "./random.ts";
import { openReceipts, type ReceiptFile } from "./receipts.ts";

export type LoopOptions = {
  readonly root: string;
  readonly receipts: string;
  /** Makes the notes of this run its own. */
  readonly name: string;
  readonly seed: number;
  readonly acts: number;
  /**
   * `idle` does nothing; `acknowledge-first` is broken on purpose: it hands out the receipt while the transaction is open;
   * `file-last` is too: its record is acknowledged before the file that it names is written.
   */
  readonly act: "evidence" | "collect" | "idle" | "acknowledge-first" | "file-last";
};

export function someEvidence(note: string, bytes: Uint8Array): NewEvidence {
  return {
    control: CONTROL,
    // Written above as a constant instant.
    performed: { at: PERFORMED_AT as Instant, provenance: "asserted" },
    facts: {},
    files: [{ name: "list.csv", mediaType: "text/csv", bytes }],
    note,
  };
}

/** Adds a piece of evidence and keeps its receipt. */
export async function addAndKeep(
  { ctx, loaded }: Session,
  receipts: ReceiptFile,
  note: string,
  bytes: Uint8Array,
): Promise<void> {
  const { record, state } = await addEvidence(ctx, loaded.program, someEvidence(note, bytes));
  receipts.keep({ kind: "evidence", record, note, index: "index" in state ? state.index : undefined });
}

async function run(options: LoopOptions): Promise<void> {
  const stop = new AbortController();
  process.once("SIGTERM", () => stop.abort());
  const choices = choicesFrom(options.seed);
  const receipts = openReceipts(options.receipts);
  const session = await openPlace(homeAt(options.root));
  try {
    for (let n = 0; n < options.acts && !stop.signal.aborted; n++)
      await act(session, receipts, { ...options, note: `${options.name}-${n}`, choices });
  } finally {
    await session.close();
    receipts.close();
  }
}

type Act = LoopOptions & { readonly note: string; readonly choices: Choices };

async function act(session: Session, receipts: ReceiptFile, options: Act): Promise<void> {
  const { ctx, loaded } = session;
  if (options.act === "idle") {
    await sleep(50);
  } else if (options.act === "collect") {
    const collected = await collect(ctx, loaded.program, loaded.people, SOURCE);
    if (collected.outcome !== "collected") throw new Error(`the read ended ${collected.outcome}`);
    const { population, version } = collected.body;
    receipts.keep({ kind: "population", record: collected.record, population, version });
  } else if (options.act === "evidence") {
    await addAndKeep(session, receipts, options.note, someBytes(options.choices));
  } else {
    await brokenAct(session, receipts, options);
  }
}

/** Mostly small, sometimes some megabytes, which take a while to write. */
function someBytes(choices: Choices): Uint8Array {
  const size = choices.below(10) === 0 ? 1_000_000 + choices.below(4_000_000) : 100 + choices.below(60_000);
  return randomBytes(size);
}

async function brokenAct(session: Session, receipts: ReceiptFile, options: Act): Promise<void> {
  const { ctx, loaded } = session;
  const keep = (record: string): void =>
    receipts.keep({ kind: "evidence", record, note: options.note, index: undefined });
  if (options.act === "acknowledge-first") {
    const { store } = ctx;
    const hasty = {
      ...store,
      transaction: <T>(organization: string, work: Parameters<typeof store.transaction<T>>[1]) =>
        store.transaction<T>(organization, async (tx) => {
          const append = async (record: Parameters<typeof tx.append>[0]): Promise<void> => {
            await tx.append(record);
            keep(record.id);
            await sleep(20);
          };
          return work({
            append,
            appendAll: (records) => tx.appendAll(records),
            state: (kind) => tx.state(kind),
            stateOf: (kind, key) => tx.stateOf(kind, key),
            lock: (name) => tx.lock(name),
            directoryKey: (fresh) => tx.directoryKey(fresh),
            people: () => tx.people(),
            putPeople: (entries) => tx.putPeople(entries),
            removePeople: (ids) => tx.removePeople(ids),
          });
        }),
    };
    await addEvidence({ ...ctx, store: hasty }, loaded.program, someEvidence(options.note, randomBytes(100)));
  } else {
    const bytes = randomBytes(100);
    const hollow = { ...ctx.blobs, put: () => ({ digest: digestOf(bytes), size: bytes.length }) };
    const { record } = await addEvidence(
      { ...ctx, blobs: hollow },
      loaded.program,
      someEvidence(options.note, bytes),
    );
    keep(record);
    const writer = ctx.blobs.create();
    writer.write(bytes);
    await sleep(50);
    writer.finish();
    await publish(ctx);
  }
}

if (import.meta.main)
  await run(JSON.parse(process.argv[2] ?? "{}") as LoopOptions).catch((error: unknown) => {
    // As the command line does: a problem in words.
    if (!(error instanceof ProblemError)) throw error;
    process.stderr.write(`${error.problems.map((problem) => problem.what).join("\n")}\n`);
    process.exitCode = 1;
  });
