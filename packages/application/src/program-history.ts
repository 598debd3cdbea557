/** What the ledger says of the program over time: every recording of it, the program as of a time, and its files. */
import {
  canonicalJson,
  digestOf,
  epochOf,
  ProblemError,
  type Digest,
  type EpochMs,
} from "@countersign/kernel";
import { diffPrograms, type Program, type ProgramDiff } from "@countersign/program";
import type { LedgerRecord } from "@countersign/records";
import { publish } from "./append.ts";
import type { Context } from "./context.ts";
import { isStale, readProgram, type LoadedProgram } from "./program.ts";

export type ProgramRecording = {
  /** In the log. */
  readonly index: number;
  readonly record: LedgerRecord<"program.recorded">;
};

/** Every recording of the program, the first one first. */
export async function programHistory(ctx: Context): Promise<readonly ProgramRecording[]> {
  const newest = await publish(ctx);
  const found: ProgramRecording[] = [];
  for await (const page of ctx.store.entries(ctx.organization, 0, newest?.size ?? 0))
    for (const { index, entry } of page) {
      // Most records are others: parsing is kept for those that name the type.
      if (!entry.includes('"program.recorded"')) continue;
      const record = JSON.parse(entry) as LedgerRecord;
      if (record.type === "program.recorded") found.push({ index, record });
    }
  return found;
}

/**
 * The recording that was the newest at a time, by the clock that dated the records; without a time, the newest of all.
 * @throws ProblemError `no-program` where there was none yet.
 */
export function recordingAt(history: readonly ProgramRecording[], at?: EpochMs): ProgramRecording {
  const found = history.findLast(({ record }) => at === undefined || epochOf(record.recordedAt) <= at);
  if (found !== undefined) return found;
  const first = history[0];
  throw new ProblemError({
    code: "no-program",
    what: first === undefined ? "the ledger holds no program yet" : "the ledger held no program at that time",
    ...(first !== undefined && { why: `the first one was recorded at ${first.record.recordedAt}` }),
    next:
      first === undefined
        ? "countersign plan, then countersign apply"
        : "name a later time, or countersign program log",
  });
}

/** What each recording changed against the one before it. */
export function changesOf(
  ctx: Pick<Context, "blobs">,
  history: readonly ProgramRecording[],
): readonly { readonly recording: ProgramRecording; readonly diff: ProgramDiff }[] {
  let before: Program | undefined;
  return history.map((recording) => {
    const after = readProgram(ctx, recording.record.body.program.digest);
    const diff = diffPrograms(before, after);
    before = after;
    return { recording, diff };
  });
}

export type ProgramFile = { readonly path: string; readonly bytes: Uint8Array };

/** The files that a program was read from, to the byte; what is not there any more is named. */
export function programFilesOf(
  ctx: Pick<Context, "blobs">,
  { record }: ProgramRecording,
): { readonly files: readonly ProgramFile[]; readonly missing: readonly { path: string; digest: Digest }[] } {
  const files: ProgramFile[] = [];
  const missing: { path: string; digest: Digest }[] = [];
  for (const { path, digest } of record.body.files) {
    if (!ctx.blobs.has(digest)) {
      missing.push({ path, digest });
      continue;
    }
    const bytes = ctx.blobs.read(digest);
    if (digestOf(bytes) !== digest)
      throw new ProblemError({
        code: "blob-damaged",
        what: `the stored ${path} is not the one that was recorded`,
        where: digest,
        next: "countersign fsck",
      });
    files.push({ path, bytes });
  }
  return { files, missing };
}

export type ProgramPlan = {
  /** Of the folder's program. */
  readonly digest: Digest;
  readonly basedOn: Digest | null | undefined;
  /** Absent where none was recorded. */
  readonly newest?: ProgramRecording;
  readonly before?: Program;
  /** Against the newest program. */
  readonly diff: ProgramDiff;
  /** Files whose bytes are others than those recorded, or that are new or gone. */
  readonly files: readonly string[];
  readonly newWarnings: readonly string[];
  readonly goneWarnings: readonly string[];
  /** Another program was recorded since the folder was changed. */
  readonly stale?: {
    /** What was recorded since the base, and what the folder changed since; absent where the base is not in this ledger. */
    readonly sides?: { readonly theirs: ProgramDiff; readonly ours: ProgramDiff };
  };
};

/** What recording the folder would change. Records nothing. */
export async function planProgram(ctx: Context, loaded: LoadedProgram): Promise<ProgramPlan> {
  const digest = digestOf(Buffer.from(canonicalJson(loaded.program)));
  const history = await programHistory(ctx);
  const newest = history.at(-1);
  const recorded = newest?.record.body;
  const before = recorded && readProgram(ctx, recorded.program.digest);
  const basedOn = loaded.base?.basedOn;
  const was = new Map(recorded?.files.map((file) => [file.path, file.digest]));
  const now = new Map(loaded.files.map(({ path, text }) => [path, digestOf(Buffer.from(text))]));
  const base = history.find(({ record }) => record.body.program.digest === basedOn);
  const atBase = base && readProgram(ctx, base.record.body.program.digest);
  const stale = recorded?.program.digest !== digest && isStale(basedOn, recorded?.program.digest);
  return {
    digest,
    basedOn,
    ...(newest && { newest }),
    ...(before && { before }),
    diff: diffPrograms(before, loaded.program),
    files: [...new Set([...was.keys(), ...now.keys()])]
      .filter((path) => was.get(path) !== now.get(path))
      .sort(),
    newWarnings: loaded.warnings.filter((warning) => !(recorded?.warnings ?? []).includes(warning)),
    goneWarnings: (recorded?.warnings ?? []).filter((warning) => !loaded.warnings.includes(warning)),
    ...(stale && {
      stale: {
        ...(atBase &&
          before && {
            sides: { theirs: diffPrograms(atBase, before), ours: diffPrograms(atBase, loaded.program) },
          }),
      },
    }),
  };
}
