/** Opens everything that a command needs, in the order in which it can fail without leaving a trace: program, server, log. */
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import {
  addDays,
  formatInstant,
  localDateAt,
  ProblemError,
  startOfDay,
  type EpochMs,
  type TimeZone,
} from "@countersign/kernel";
import {
  findDirectoryKey,
  loadDirectoryKey,
  readingOnly,
  readKeyChain,
  openOrganization,
  personIdOf,
  WorkspaceKeys,
  type Context,
  type LoadedProgram,
  type ProgramBase,
} from "@countersign/application";
import { connectors } from "@countersign/connectors";
import {
  checkExpression,
  parseCatalog,
  parseProgram,
  programLock,
  PROGRAM_LOCK,
  type Anchors,
  type Catalog,
  type ParsedProgram,
  type TextFile,
} from "@countersign/program";
import type { PersonId } from "@countersign/records";
import { openWorkspace, putInPlace, type Halt, type Workspace } from "@countersign/store";
import { catalogFiles, migrations, VERSION } from "./assets.ts";
import type { Environment } from "./environment.ts";
import { programFiles, type Home } from "./home.ts";
import type { Output } from "./output.ts";
import { outsideCheckpoints } from "./outside-checkpoints.ts";
import { sampleClockOf, type SampleClock } from "./sample-clock.ts";

export type Session = {
  readonly home: Home;
  readonly ctx: Context;
  readonly loaded: LoadedProgram;
  readonly catalog: Catalog;
  /** Who outside gets checkpoints. */
  readonly anchors: Anchors;
  /** Which server, and as whom it runs. */
  readonly server: string;
  /** For whatever a command writes beside the workspace: after a failed fsync nothing is written any more. */
  readonly halt: Halt;
  readonly logMade: boolean;
  /** Of the invented company only. */
  readonly sampleClock: SampleClock | undefined;
  close(): Promise<void>;
};

export type SessionOptions = {
  readonly environment: Environment;
  readonly output: Output;
};

export function loadCatalog(): Catalog {
  const parsed = parseCatalog(catalogFiles(), { check: checkExpression });
  if (!parsed.ok) throw new ProblemError(parsed.error);
  return parsed.value;
}

/** Reads and checks the program folder. Nothing is opened and nothing is written. */
export function parseFolder(
  files: readonly TextFile[],
  catalog: Catalog,
  personId: (handle: string) => PersonId,
  now: EpochMs,
): ParsedProgram {
  const parsed = parseProgram(files, catalog, {
    personIdOf: personId,
    check: checkExpression,
    today: localDateAt("UTC" as TimeZone, now),
  });
  if (!parsed.ok) throw new ProblemError(parsed.error);
  return parsed.value;
}

/**
 * How a log is opened. `sound`: to record in it, so it must extend what is kept outside and its keys must be here. `to read`:
 * its keys may be elsewhere, and nothing can be recorded then. `as it is`: damaged or too short, for what looks for damage.
 */
export type LogAs = "sound" | "to read" | "as it is";

export async function openSession(
  home: Home,
  options: SessionOptions,
  log: LogAs = "sound",
): Promise<Session> {
  const { output, environment } = options;
  const catalog = loadCatalog();
  const files = programFiles(home);
  // First with handles for ids: a program that does not hold is refused before any server is started.
  const draft = parseFolder(files, catalog, (handle) => handle as PersonId, Date.now());
  // A real company has the machine's clock, whatever lies in its workspace.
  const sampleClock = draft.program.sampleData ? sampleClockOf(home) : undefined;
  const clock = sampleClock ?? { now: () => Date.now() };
  const organization = draft.program.organization.id;
  const workspace = await openWorkspace({
    directory: home.workspace,
    organization,
    databaseUrl: environment.databaseUrl,
    migrations: migrations(),
    say: output.progress,
  });
  try {
    const opened = contextOf(workspace, home, { organization, clock, say: output.progress });
    const created =
      log !== "as it is" && (await openOrganization(opened, { reading: log === "to read" })).created;
    // From the records: the state that is folded from them may be what is damaged.
    if (log === "as it is") opened.keys.follow(await readKeyChain(opened));
    const absent = log === "to read" && opened.keys.absent;
    if (absent)
      output.note(
        "the log was made with keys that are not in this workspace: it can be read and checked, and nothing can be recorded",
      );
    const ctx = absent ? { ...opened, store: readingOnly(opened.store) } : opened;
    const key = log === "sound" ? await loadDirectoryKey(ctx) : await findDirectoryKey(ctx);
    // Without the key a handle stands for itself: nothing that is only read is recorded.
    const idOf = (handle: string) =>
      key === undefined ? (handle as PersonId) : personIdOf(key, `handle:${handle}`);
    const parsed = parseFolder(files, catalog, idOf, clock.now());
    return {
      home,
      ctx,
      catalog,
      loaded: { ...loadedProgram(parsed, files), base: baseOf(parsed, home, workspace.halt) },
      anchors: parsed.anchors,
      server: workspace.server,
      halt: workspace.halt,
      logMade: created,
      sampleClock,
      close: () => workspace.close(),
    };
  } catch (error) {
    await workspace.close();
    throw error;
  }
}

/** What use cases are handed, over a workspace that is open. */
export function contextOf(
  workspace: Workspace,
  home: Home,
  { organization, clock, say }: Pick<Context, "organization" | "clock" | "say">,
): Context {
  return {
    organization,
    store: workspace.store,
    blobs: workspace.blobs,
    lists: workspace.lists,
    clock,
    random: { bytes: (count) => new Uint8Array(randomBytes(count)) },
    actor: { kind: "service", id: "command-line", authenticated: "operating-system" },
    keys: new WorkspaceKeys(`countersign.local/${organization}`, workspace.keys),
    outside: outsideCheckpoints(home, workspace.halt),
    connectors,
    resolve: (path) => resolve(home.program, path),
    say,
    generator: `countersign ${VERSION}`,
  };
}

/**
 * Names and addresses stay out of what is kept for good: the directory holds them, and can be erased. What the folder is
 * based on is the ledger's to say.
 */
export function isLeftOut(path: string): boolean {
  return /(?:^|\/)(?:people\.ya?ml|anchors\.ya?ml|program\.lock)$/.test(path);
}

/** The program as it would be with other texts in its folder, on the base that the folder has. Nothing is written. */
export async function loadedWith(session: Session, files: readonly TextFile[]): Promise<LoadedProgram> {
  const { ctx, catalog, loaded } = session;
  const key = await loadDirectoryKey(ctx);
  const parsed = parseFolder(
    files,
    catalog,
    (handle) => personIdOf(key, `handle:${handle}`),
    ctx.clock.now(),
  );
  const { base } = loaded;
  return { ...loadedProgram(parsed, files), ...(base && { base }) };
}

function baseOf({ basedOn }: ParsedProgram, home: Home, halt: Halt): ProgramBase {
  const path = join(home.program, PROGRAM_LOCK);
  let now = basedOn;
  return {
    get basedOn() {
      return now;
    },
    keep(digest) {
      if (now !== digest) putInPlace(path, Buffer.from(programLock(digest)), halt);
      now = digest;
    },
  };
}

function loadedProgram(parsed: ParsedProgram, files: readonly TextFile[]): LoadedProgram {
  const zone = parsed.program.window.zone as TimeZone;
  return {
    program: parsed.program,
    people: parsed.people,
    warnings: parsed.warnings,
    gaps: parsed.declaredGaps.map((gap) => ({
      source: gap.source,
      start: formatInstant(startOfDay(zone, gap.from)),
      end: formatInstant(startOfDay(zone, addDays(gap.through, 1))),
      reason: gap.reason,
    })),
    files: files.filter((file) => !isLeftOut(file.path)),
  };
}
