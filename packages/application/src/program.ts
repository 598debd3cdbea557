/** The program in the ledger: recorded when it is new or has changed, and read back from there by every other use case. */
import { canonicalJson, digestOf, ProblemError, type Digest, type Instant } from "@countersign/kernel";
import type { Person, Program } from "@countersign/program";
import type { PersonId, StateRow } from "@countersign/records";
import { makeRecord, publish } from "./append.ts";
import type { Context } from "./context.ts";
import { extendDirectory } from "./directory.ts";
import type { LogState } from "./log-state.ts";
import type { Transaction } from "./ports/index.ts";

export type DeclaredGap = {
  readonly source: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly reason: string;
};

/** What `program.lock` says of a folder: which program its files were changed from. */
export type ProgramBase = {
  /** Null: none was recorded then; undefined: the folder has no lock, and nothing is known. */
  readonly basedOn: Digest | null | undefined;
  /** Called once the folder's program is the newest one. */
  keep(digest: Digest): void;
};

/** What was read from the program folder, parsed and checked. */
export type LoadedProgram = {
  readonly program: Program;
  readonly people: readonly Person[];
  readonly warnings: readonly string[];
  readonly gaps: readonly DeclaredGap[];
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Absent where no folder stands behind it. */
  readonly base?: ProgramBase;
};

export type Recording = {
  /** In the words of whoever decided it. */
  readonly reason?: string;
  readonly person?: PersonId;
  /** The newest program, whose changes were brought into this one by hand: a digest, or at least 12 digits of it. */
  readonly onto?: string;
  /** Appends what stands or falls with the recording, in its transaction. */
  readonly alongside?: (tx: Transaction) => Promise<void>;
  /** Records files that say the same in other words or comments, too. */
  readonly texts?: boolean;
};

export type RecordedProgram = {
  /** Whether it was recorded now. */
  readonly changed: boolean;
  readonly digest: Digest;
  /** The record that says so. */
  readonly record: string;
};

/**
 * Records the program when it differs from the recorded one; names and declared gaps go with it.
 * @throws ProblemError `stale-base` when another program was recorded since the folder was changed, and of two that are
 * recorded at once one is refused.
 */
export async function recordProgram(
  ctx: Context,
  loaded: LoadedProgram,
  recording: Recording = {},
): Promise<RecordedProgram> {
  const bytes = Buffer.from(canonicalJson(loaded.program));
  const blob = ctx.blobs.put(bytes);
  const files = loaded.files.map((file) => ({ path: file.path, ...ctx.blobs.put(Buffer.from(file.text)) }));
  const result = await ctx.store.transaction(ctx.organization, async (tx): Promise<RecordedProgram> => {
    await tx.lock("program");
    const current = await tx.stateOf("program.recorded", "program");
    const isNewest = current?.body.program.digest === blob.digest;
    if (!isNewest) refuseStale(loaded.base?.basedOn, current, blob.digest, recording.onto);
    await extendDirectory(
      ctx,
      tx,
      loaded.people.map((person) => ({
        id: person.id,
        name: person.name ?? "",
        identities: person.identities.map((identity) => identity.toLowerCase()).sort(),
        bot: person.bot,
      })),
    );
    const known = new Set((await tx.state("source.gap")).map((row) => row.key));
    for (const gap of loaded.gaps)
      if (!known.has(`${gap.source}/${gap.start}`))
        await tx.append(makeRecord(ctx, "source.gap", gap.source, gap));
    if (current !== undefined && isNewest && !(recording.texts === true && haveOtherTexts(current, files)))
      return { changed: false, digest: blob.digest, record: current.record };
    if (current?.body.sampleData === true && !loaded.program.sampleData)
      throw new ProblemError({
        code: "sample-data-log",
        what: "this log was begun with invented records, and the program no longer says so",
        where: "countersign/program.yaml, sampleData",
        why: "its records carry the times of an invented clock; nothing real can rest on them",
        next: "begin the real program in a folder of its own: countersign init --workspace FOLDER",
      });
    const { reason, person } = recording;
    const record = makeRecord(
      ctx,
      "program.recorded",
      "program",
      {
        program: { ...blob, name: "program.json", mediaType: "application/json" },
        basedOn: current?.body.program.digest ?? null,
        ...(reason !== undefined && { reason }),
        ...(person !== undefined && { person }),
        catalog: loaded.program.catalog,
        window: loaded.program.window,
        files: files.map(({ path, digest }) => ({ path, digest })),
        warnings: loaded.warnings,
        sampleData: loaded.program.sampleData,
      },
      { digests: [blob.digest, ...files.map((file) => file.digest)] },
    );
    await tx.append(record);
    await recording.alongside?.(tx);
    return { changed: true, digest: blob.digest, record: record.id };
  });
  loaded.base?.keep(result.digest);
  await publish(ctx);
  return result;
}

type Recorded = StateRow<"program.recorded">;

function haveOtherTexts(
  { body }: Recorded,
  files: readonly { readonly path: string; readonly digest: Digest }[],
): boolean {
  const words = (list: typeof files) => list.map(({ path, digest }) => `${path} ${digest}`).sort();
  return canonicalJson(words(body.files)) !== canonicalJson(words(files));
}

/** Whether a folder of that base, which is not the newest program itself, may take the newest one's place. */
export function isStale(basedOn: Digest | null | undefined, newest: Digest | undefined): boolean {
  return basedOn !== undefined && basedOn !== (newest ?? null);
}

const ONTO_DIGITS_MIN = 12;

function refuseStale(
  basedOn: Digest | null | undefined,
  current: Recorded | undefined,
  folder: Digest,
  onto: string | undefined,
): void {
  const newest = current?.body.program.digest;
  const where = `countersign/program.lock: ${basedOn ?? (basedOn === null ? "no program" : "absent")}; the newest is ${newest ?? "none"}`;
  if (onto !== undefined) {
    const wanted = onto.replace(/^sha256:/, "");
    if (wanted.length >= ONTO_DIGITS_MIN && newest?.startsWith(`sha256:${wanted}`)) return;
    throw new ProblemError({
      code: "stale-base",
      what: `--onto ${onto} is not the newest program`,
      where,
      why: `it takes ${ONTO_DIGITS_MIN} digits at least, and only the program that is the newest now can have been brought in whole`,
      next: "countersign plan names the newest program, and what was recorded since",
    });
  }
  if (!isStale(basedOn, newest)) return;
  if (current === undefined)
    throw new ProblemError({
      code: "stale-base",
      what: "this folder was changed from a recorded program, and this ledger holds none",
      where,
      why: "the program lies in another workspace's ledger, and beginning anew here would part from it",
      next: "open or restore that workspace (countersign backup restore FILE); to begin a new ledger all the same, delete countersign/program.lock",
    });
  if (folder === basedOn)
    throw new ProblemError({
      code: "stale-base",
      what: "this folder holds an earlier program, and another was recorded since",
      where,
      why: `recording it again would take back what was recorded at ${current.recordedAt}`,
      next: "bring the folder up to date (git pull), or write the newest program out: countersign program export FOLDER",
    });
  throw new ProblemError({
    code: "stale-base",
    what: "another program was recorded since this folder was changed",
    where,
    why: `recording the folder would take back what was recorded at ${current.recordedAt}`,
    next: `see both sides: countersign plan; write the newest out: countersign program export FOLDER; bring its changes in here, then countersign apply --onto ${newest?.slice(0, 7 + ONTO_DIGITS_MIN)}`,
  });
}

export function recordedProgram(
  ctx: Pick<Context, "blobs">,
  log: LogState,
): { readonly program: Program; readonly row: StateRow<"program.recorded"> } {
  const row = log.row("program.recorded", "program");
  if (row === undefined)
    throw new ProblemError({
      code: "no-program",
      what: "the ledger holds no program yet",
      next: "countersign init, then countersign collect SOURCE",
    });
  return { program: readProgram(ctx, row.body.program.digest), row };
}

/** A program by the digest that a record names: the one in force, or the one that an earlier run was made under. */
export function readProgram(ctx: Pick<Context, "blobs">, digest: Digest): Program {
  const bytes = ctx.blobs.read(digest);
  if (digestOf(bytes) !== digest)
    throw new ProblemError({
      code: "blob-damaged",
      what: "the stored program is not the one that was recorded",
      next: "countersign fsck",
    });
  // Written by recordProgram from a checked program; its digest holds.
  return JSON.parse(Buffer.from(bytes).toString("utf8")) as Program;
}
