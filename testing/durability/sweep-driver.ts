/**
 * One append, one package, or one export of the log, between two marks that a tracer sees: calls to remove folders that are never there. Prints
 * the receipt as JSON when it has it. Ends with 1 and the problem in words when the act fails.
 */
import { rmdirSync } from "node:fs";
import { addEvidence, createPackage, exportLog } from "@countersign/application";
import { documents, zipArchives } from "@countersign/documents";
import { digestOf, formatProblem, ProblemError } from "@countersign/kernel";
import { openLogFolder } from "@countersign/store";
import { readEnvironment } from "../../apps/cli/src/environment.ts";
import { homeAt } from "../../apps/cli/src/home.ts";
import { createOutput, outliveReaders } from "../../apps/cli/src/output.ts";
import type { Session } from "../../apps/cli/src/session.ts";
import { someEvidence } from "./loop.ts";
import { openPlace } from "./place.ts";

export const BEGIN = "/countersign-sweep-begins";
export const END = "/countersign-sweep-ends";

export type DriverOptions = {
  readonly root: string;
  /** `hollow` is broken on purpose: it acknowledges evidence whose file it writes afterwards. */
  readonly act: "append" | "export" | "log-export" | "hollow";
  readonly note: string;
  /** Of the package, or of the folder that the log is exported to. */
  readonly path: string;
};

function mark(name: string): void {
  try {
    rmdirSync(name);
  } catch {
    // It is never there.
  }
}

async function act({ ctx, loaded, catalog, halt }: Session, options: DriverOptions): Promise<unknown> {
  const bytes = Buffer.from(`the file of ${options.note}\n`);
  if (options.act === "export")
    return createPackage(ctx, documents, zipArchives, {
      path: options.path,
      name: "sweep",
      criteria: catalog.criteria,
      howToCheck: "See docs/for-auditors.md.\n",
    });
  if (options.act === "log-export") return exportLog(ctx, openLogFolder(options.path, halt));
  const evidence = someEvidence(options.note, bytes);
  if (options.act === "append") return addEvidence(ctx, loaded.program, evidence);
  const hollow = { ...ctx.blobs, put: () => ({ digest: digestOf(bytes), size: bytes.length }) };
  const receipt = await addEvidence({ ...ctx, blobs: hollow }, loaded.program, evidence);
  process.stdout.write(`${JSON.stringify(receipt)}\n`);
  ctx.blobs.put(bytes);
  return receipt;
}

async function run(options: DriverOptions): Promise<void> {
  const session = await openPlace(homeAt(options.root));
  try {
    mark(BEGIN);
    const receipt = await act(session, options);
    mark(END);
    process.stdout.write(`${JSON.stringify(receipt)}\n`);
  } finally {
    await session.close();
  }
}

if (import.meta.main) {
  outliveReaders(createOutput(readEnvironment()));
  await run(JSON.parse(process.argv[2] ?? "{}") as DriverOptions).catch((error: unknown) => {
    // As the command line does: a problem in words; anything else is a stack, which the sweep finds.
    if (!(error instanceof ProblemError)) throw error;
    process.stderr.write(`${error.problems.map(formatProblem).join("\n")}\n`);
    process.exitCode = 1;
  });
}
