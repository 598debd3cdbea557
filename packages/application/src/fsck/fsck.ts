/**
 * Everything that is stored against everything it should be: records, tree, tiles, checkpoints, state, persons, files,
 * lists, and checkpoints kept outside. Says of each damage what can still be proven; goes on where it was interrupted.
 */
import { formatInstant, toHex } from "@countersign/kernel";
import type { Hash } from "@countersign/ledger";
import type { Context } from "../context.ts";
import { Erasures } from "../erasures.ts";
import { whyForeignStamp } from "../organization.ts";
import { clockSteps } from "../clock-steps.ts";
import type {
  ClockStep,
  ProvenRecords,
  PublishedCheckpoint,
  Repaired,
  StoreCheck,
  StoreFault,
} from "../ports/index.ts";
import { continuesLog, recordsRead, type CursorPlace, type FsckCursor } from "./cursor.ts";
import { DigestSet } from "./digest-set.ts";
import { checkNamed, checkStored, PREFIXES, type FilesFound, type Walked } from "./files.ts";
import { checkPeople } from "./people.ts";
import { restingOn, type FileDamage } from "./rests.ts";

export type Fsck = {
  readonly entries: number;
  readonly proven: ProvenRecords;
  readonly checkpoints: StoreCheck["checkpoints"];
  /** Stored files that records name. */
  readonly blobs: number;
  readonly lists: number;
  readonly persons: number;
  readonly outsideCheckpoints: number;
  /** Where the clock of a checkpoint was earlier than that of the one before: to know, and no fault. */
  readonly clockSteps: readonly ClockStep[];
  readonly faults: readonly StoreFault[];
  /** By code, how many more faults there were than are named. */
  readonly more: { readonly [code: string]: number };
  readonly damage: readonly FileDamage[];
  /** Stored files that no record names: left by a failed collection, or about to be recorded. Not faults. */
  readonly unnamed: { readonly count: number; readonly files: readonly string[] };
  readonly resumed?: { readonly at: string; readonly records: number };
  /** It was asked to stop: what it came to. */
  readonly stopped?: {
    readonly at: "records" | "lists" | "files";
    readonly done: number;
    readonly of: number;
  };
  readonly repaired?: Repaired & { readonly persons: number };
};

export type FsckOptions = {
  readonly cursor?: CursorPlace;
  readonly resume?: boolean;
  readonly repair?: boolean;
  readonly stopped?: () => boolean;
};

/** A cursor is saved after so many records, or folders of files. */
const SAVE_EVERY = 16;

export async function fsck(ctx: Context, options: FsckOptions = {}): Promise<Fsck> {
  const cursor = options.resume === true ? options.cursor?.read() : undefined;
  if (cursor !== undefined) await continuesLog(ctx, cursor);
  const outside = openOutside(ctx);
  const run = new Run(ctx, options, cursor, await ctx.store.newestCheckpoint(ctx.organization));
  const store = cursor?.store ?? (await run.store(outside.kept));
  if (store.stoppedAt !== undefined)
    return run.result(store, outside, { at: "records", done: store.stoppedAt, of: store.entries });
  const erasures = await run.erasures();
  const named = await run.named(store, erasures);
  if (named < store.entries)
    return run.result(store, outside, { at: "lists", done: named, of: store.entries });
  const folder = await run.stored(store, erasures);
  if (folder < PREFIXES.length)
    return run.result(store, outside, { at: "files", done: folder, of: PREFIXES.length });
  const damage = await restingOn(ctx, store.entries, run.found.damaged);
  const readable = !damage.some((file) => file.namedBy.some(({ type }) => type === "directory.extended"));
  const people = await checkPeople(ctx, readable, options.repair === true);
  options.cursor?.clear();
  return {
    ...run.result(store, outside),
    clockSteps: await clockSteps(ctx),
    persons: people.persons,
    damage,
    faults: [
      ...store.faults,
      ...outside.faults,
      ...run.found.faults,
      ...damage.map(damageFault),
      ...people.faults,
    ],
    ...(store.repaired === undefined ? {} : { repaired: { ...store.repaired, persons: people.repaired } }),
  };
}

function damageFault({ digest, state, namedBy, restingOn, still }: FileDamage): StoreFault {
  const named = namedBy.map(({ words, record, index }) => `${words} (record ${record}, index ${index})`);
  const resting = restingOn.map(({ words }) => words);
  return {
    code: `blob-${state}`,
    where: digest,
    message: `${state}; it is ${named.join(", ")}${resting.length === 0 ? "" : `; on it rest ${resting.join(", ")}`}`,
    still: still.join("; "),
  };
}

type Outside = {
  readonly kept: readonly { readonly name: string; readonly size: number; readonly root: Hash }[];
  readonly faults: readonly StoreFault[];
};

/** Read ahead of the database: what another process publishes in between must not look like records that are missing. */
function openOutside(ctx: Context): Outside {
  const kept: { name: string; size: number; root: Hash }[] = [];
  const faults: StoreFault[] = [];
  for (const { name, note, stamp } of ctx.outside.read()) {
    const why = stamp === undefined ? undefined : whyForeignStamp(note, stamp);
    if (why !== undefined)
      faults.push({
        code: "outside-stamp",
        where: name,
        message: `the time stamp beside it is not one of this checkpoint: ${why}`,
        still: "every record; this stamp gives them no time",
      });
    const opened = ctx.keys.openAsSigned(note);
    if (opened.ok) kept.push({ name, size: opened.value.size, root: opened.value.root });
    else
      faults.push({
        code: "outside-checkpoint",
        where: name,
        message: `is not a checkpoint of this log: ${opened.error}`,
        still: "every record, by the log's own checkpoints; this file proves nothing",
      });
  }
  return { kept, faults };
}

/** One check under way: what it found, and the cursor that it leaves. */
class Run {
  readonly found: FilesFound;
  readonly #ctx: Context;
  readonly #options: FsckOptions;
  readonly #walked: Walked;
  readonly #from: FsckCursor | undefined;
  readonly #newest: PublishedCheckpoint | undefined;
  #namedTo: number;
  #storedTo: number;
  #steps = 0;

  constructor(
    ctx: Context,
    options: FsckOptions,
    from: FsckCursor | undefined,
    newest: PublishedCheckpoint | undefined,
  ) {
    this.#ctx = ctx;
    this.#newest = newest;
    this.#options = options;
    this.#from = from;
    this.#namedTo = from?.named ?? 0;
    this.#storedTo = from?.stored ?? 0;
    this.#walked = {
      files: from?.files ?? 0,
      unnamed: [...(from?.unnamed ?? [])],
      unnamedCount: from?.unnamedCount ?? 0,
    };
    this.found = {
      named: new DigestSet(),
      whole: new DigestSet(),
      lists: 0,
      damaged: new Map(from?.damaged),
      faults: [...(from?.faults ?? [])],
    };
  }

  readonly #stopped = (): boolean => this.#options.stopped?.() === true;

  async store(outside: Outside["kept"]): Promise<StoreCheck> {
    const ctx = this.#ctx;
    return ctx.store.check(ctx.organization, {
      origin: ctx.keys.origin,
      openNote: (note) => {
        const opened = ctx.keys.openAsSigned(note);
        return opened.ok ? opened.value : opened.error;
      },
      outside,
      progress: (done, of, rows) =>
        ctx.say(rows === undefined ? `records ${done} of ${of}` : `records ${of}, rows of state ${rows}`),
      ...(this.#from?.log === undefined ? {} : { from: this.#from.log }),
      save: (log) => this.#save({ log }),
      stopped: this.#stopped,
      repair: this.#options.repair === true,
    });
  }

  /** From state, which was held against the records: an erasure comes after what it erased. */
  async erasures(): Promise<Erasures> {
    const { store, organization } = this.#ctx;
    return new Erasures(await store.transaction(organization, (tx) => tx.state("data.erased")));
  }

  /** @returns the index that it came to. */
  async named(store: StoreCheck, erasures: Erasures): Promise<number> {
    const unsound = new Set(store.proven.except);
    const steps = {
      stopped: this.#stopped,
      reached: (index: number) => this.#reached(store, { named: index }),
    };
    const to = await checkNamed(
      this.#ctx,
      erasures,
      store.entries,
      unsound,
      this.#namedTo,
      this.found,
      steps,
    );
    if (to < store.entries) this.#save({ store });
    return to;
  }

  /** @returns the folder that it came to. */
  async stored(store: StoreCheck, erasures: Erasures): Promise<number> {
    const steps = {
      stopped: this.#stopped,
      reached: (folder: number) => this.#reached(store, { stored: folder }),
    };
    const to = await checkStored(this.#ctx, erasures, this.#storedTo, this.found, this.#walked, steps);
    if (to < PREFIXES.length) this.#save({ store });
    return to;
  }

  #reached(store: StoreCheck, to: { readonly named?: number; readonly stored?: number }): void {
    this.#namedTo = to.named ?? this.#namedTo;
    this.#storedTo = to.stored ?? this.#storedTo;
    if (++this.#steps % SAVE_EVERY === 0) this.#save({ store });
  }

  #save(reached: Pick<FsckCursor, "log" | "store">): void {
    const { cursor } = this.#options;
    // A log without a checkpoint is too short to be interrupted in.
    if (cursor === undefined || this.#newest === undefined) return;
    cursor.write({
      version: 1,
      organization: this.#ctx.organization,
      origin: this.#ctx.keys.origin,
      savedAt: this.#ctx.clock.now(),
      checkpoint: { size: this.#newest.size, root: toHex(this.#newest.root) },
      ...reached,
      named: this.#namedTo,
      stored: this.#storedTo,
      files: this.#walked.files,
      unnamed: this.#walked.unnamed,
      unnamedCount: this.#walked.unnamedCount,
      damaged: [...this.found.damaged],
      faults: this.found.faults,
    });
  }

  result(store: StoreCheck, outside: Outside, stopped?: Fsck["stopped"]): Fsck {
    return {
      entries: store.entries,
      proven: store.proven,
      checkpoints: store.checkpoints,
      blobs: this.found.named.count,
      lists: this.found.lists,
      persons: 0,
      outsideCheckpoints: outside.kept.length,
      clockSteps: [],
      faults: [...store.faults, ...outside.faults, ...this.found.faults],
      more: store.more,
      damage: [],
      unnamed: { count: this.#walked.unnamedCount, files: this.#walked.unnamed },
      ...(this.#from === undefined
        ? {}
        : { resumed: { at: formatInstant(this.#from.savedAt), records: recordsRead(this.#from) } }),
      ...(stopped === undefined ? {} : { stopped }),
    };
  }
}
