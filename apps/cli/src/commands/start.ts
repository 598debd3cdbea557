/** The main job: from a history to a package that a stranger can verify, and the first screen. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { parsePeriod, ProblemError, type JsonObject, type Period } from "@countersign/kernel";
import {
  assess,
  clockSteps,
  collect,
  createPackage,
  loadState,
  packageName,
  populationsOf,
  preparePopulations,
  recordProgram,
  verificationView,
  verifyPackage,
} from "@countersign/application";
import { documents, zipArchives } from "@countersign/documents";
import { initialProgram, organizationNamed } from "@countersign/program";
import { howToCheck } from "../assets.ts";
import { homeAt, type Home } from "../home.ts";
import { withPackageFile } from "../package-file.ts";
import { renderFirstScreen } from "../screen/first-screen.ts";
import { loadCatalog, openSession, type Session } from "../session.ts";
import { addSampleDecisions, addSampleEvidence, sampleHome } from "./demo.ts";
import { commandFor, nameFinder, type Common, type Shell } from "./shared.ts";

export type StartOptions = Common & {
  readonly repo?: string;
  readonly branch?: readonly string[];
  readonly from?: string;
  readonly through?: string;
  readonly zone?: string;
  readonly approvalTrailer?: readonly string[];
  readonly checkTrailer?: readonly string[];
  readonly name?: string;
  readonly once?: boolean;
};

export async function start(shell: Shell, options: StartOptions): Promise<void> {
  const home = await homeFor(shell, options);
  const session = await openSession(home, shell);
  try {
    await runMainJob(shell, session, options);
  } finally {
    await session.close();
  }
}

async function homeFor(shell: Shell, options: StartOptions): Promise<Home> {
  if (options.repo !== undefined) return repositoryHome(shell, options, options.repo);
  if (options.workspace !== undefined && existsSync(join(homeAt(options.workspace).program, "program.yaml")))
    return homeAt(options.workspace);
  if (options.from !== undefined || options.through !== undefined)
    throw new ProblemError({
      code: "window-without-repo",
      what: "--from and --through go with --repo",
      why: "the window of a company with a program folder stands in its program.yaml",
      next: "npm start -- --repo PATH --from 2025-07-01 --through 2026-06-30",
    });
  return sampleHome(shell, options.workspace);
}

/** A folder for the run beside the checkout: nothing is written into the repository that is read. */
function repositoryHome(shell: Shell, options: StartOptions, repo: string): Home {
  const path = resolve(shell.cwd, repo);
  if (!existsSync(path))
    throw new ProblemError({
      code: "no-repository",
      what: "there is no such repository",
      where: path,
      next: "npm start -- --repo PATH, where PATH holds a git repository",
    });
  // Before anything is written for it.
  if (!isRepository(path))
    throw new ProblemError({
      code: "not-a-repository",
      what: "this is not a git repository",
      where: path,
      why: "it holds neither .git nor, as a bare repository does, HEAD and objects",
      next: "npm start -- --repo PATH, where PATH is the folder that holds .git; or clone the repository first",
    });
  const period = windowOf(options);
  const name = options.name ?? basename(path).replace(/\.git$/, "");
  const organization = organizationNamed(name);
  const home = homeAt(options.workspace ?? join(shell.cwd, "runs", organization.id));
  const source: JsonObject = {
    id: "history",
    connector: "git",
    provides: "change",
    repositories: [
      { name: organization.id, path, ...(options.branch === undefined ? {} : { branches: options.branch }) },
    ],
    ...(options.approvalTrailer === undefined ? {} : { approvals: { trailers: options.approvalTrailer } }),
    ...(options.checkTrailer === undefined ? {} : { checks: { trailers: options.checkTrailer } }),
  };
  const files = initialProgram({
    organization,
    window: { from: period.from, through: period.through, zone: period.zone },
    categories: ["security"],
    sources: [source],
    catalog: loadCatalog(),
  });
  writeGenerated(home, files);
  return home;
}

function isRepository(path: string): boolean {
  const has = (name: string) => existsSync(join(path, name));
  return has(".git") || (has("HEAD") && has("objects"));
}

function windowOf(options: StartOptions): Period {
  if (options.from === undefined || options.through === undefined)
    throw new ProblemError({
      code: "no-window",
      what: "a history needs an observation window",
      why: "a Type II examination looks at a period; its first and last day are inclusive",
      next: "npm start -- --repo PATH --from 2025-07-01 --through 2026-06-30",
    });
  const period = parsePeriod(options.from, options.through, options.zone ?? "UTC");
  if (period.ok) return period.value;
  throw new ProblemError({
    code: "bad-window",
    what: `the window ${options.from} through ${options.through} ${options.zone ?? "UTC"} cannot be read: ${period.error}`,
    next: "--from 2025-07-01 --through 2026-06-30 --zone America/New_York",
  });
}

/** Digests of what we generated: a file that a person has edited since is theirs, and is not written over. */
function writeGenerated(
  home: Home,
  files: readonly { readonly path: string; readonly text: string }[],
): void {
  const marks = join(home.program, "generated.json");
  const known: Record<string, string> = existsSync(marks)
    ? (JSON.parse(readFileSync(marks, "utf8")) as Record<string, string>)
    : {};
  for (const { path, text } of files) {
    const target = join(home.program, path);
    if (existsSync(target)) {
      const current = readFileSync(target, "utf8");
      if (current === text) continue;
      if (known[path] !== current)
        throw new ProblemError({
          code: "program-edited",
          what: `${relative(process.cwd(), target)} was edited since it was generated, and these options would write it anew`,
          why: "what a person wrote is not written over",
          next: `change the window or the source there, then run npm start -- --workspace ${relative(process.cwd(), home.root)}`,
        });
    }
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    known[path] = text;
  }
  writeFileSync(marks, `${JSON.stringify(known, undefined, 2)}\n`);
}

async function runMainJob(shell: Shell, session: Session, options: StartOptions): Promise<void> {
  const { ctx, loaded, home } = session;
  const { output } = shell;
  if (loaded.program.sampleData) {
    await recordProgram(ctx, loaded);
    await addSampleEvidence(session);
  }
  for (const source of loaded.program.sources) {
    output.progress(`reading ${source.id}`);
    const collected = await collect(ctx, loaded.program, loaded.people, source.id, {
      beforeRecording: () => recordProgram(ctx, loaded),
    });
    if (collected.outcome === "failed")
      output.note(`! ${source.id} could not be read: ${collected.reasons.join("; ")}`);
  }
  await recordProgram(ctx, loaded);
  output.progress("reconciling");
  await preparePopulations(ctx, loaded.program);
  if (loaded.program.sampleData) await addSampleDecisions(session);
  output.progress("assessing");
  const assessed = await assess(ctx);
  output.progress("writing the package");
  const name = packageName(loaded.program);
  const path = join(home.root, "packages", `${name}.zip`);
  const created = await createPackage(ctx, documents, zipArchives(session.halt), {
    path,
    name,
    run: assessed.run,
    criteria: session.catalog.criteria,
    people: loaded.people,
    howToCheck: howToCheck(),
  });
  output.progress("verifying the package");
  const verdict = withPackageFile(created.path, (source) => verifyPackage(source));
  const log = await loadState(ctx);
  const used = new Set(assessed.summary.populations.map((use) => use.record));
  const populations = populationsOf(log);
  const newest = new Map(populations.collected.map((row) => [row.body.population, row.body]));
  const checkpoint = await ctx.store.newestCheckpoint(ctx.organization);
  if (checkpoint === undefined) throw new Error("a log without a checkpoint");
  const trust = verificationView(ctx, {
    log,
    checkpoint,
    clockSteps: await clockSteps(ctx, checkpoint.size),
    program: loaded.program,
  });
  if (options.json === true) {
    output.json({ summary: assessed.summary, package: { path, size: created.size }, verdict });
  } else {
    output.print(
      renderFirstScreen({
        generator: ctx.generator,
        summary: assessed.summary,
        read: [...newest.values()],
        nameOf: await nameFinder(session),
        package: {
          path: relative(shell.cwd, path),
          size: created.size,
          intact: verdict.intact,
          faults: verdict.faults.map((fault) => `${fault.where}: ${fault.message}`),
        },
        trust: {
          fingerprint: trust.fingerprint,
          records: verdict.facts.records,
          items: populations.collected
            .filter((row) => used.has(row.record))
            .reduce((sum, row) => sum + row.body.items.count, 0),
          doesNotShow: verdict.doesNotShow,
          tamperEvidentSince: trust.firstOutsideAnchor,
        },
        command: commandFor(shell, home),
        bold: output.bold,
        dim: output.dim,
      }),
    );
  }
  if (!verdict.intact) process.exitCode = 1;
}
