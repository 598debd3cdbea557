/** The program in the ledger: recorded when it is new or has changed, and read back from there by every other use case. */
import { canonicalJson, digestOf, ProblemError, type Digest, type Instant } from "@countersign/kernel";
import type { Person, Program } from "@countersign/program";
import type { StateRow } from "@countersign/records";
import { makeRecord, publish } from "./append.ts";
import type { Context } from "./context.ts";
import { extendDirectory } from "./directory.ts";
import type { LogState } from "./log-state.ts";

export type DeclaredGap = {
  readonly source: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly reason: string;
};

/** What was read from the program folder, parsed and checked. */
export type LoadedProgram = {
  readonly program: Program;
  readonly people: readonly Person[];
  readonly warnings: readonly string[];
  readonly gaps: readonly DeclaredGap[];
  readonly files: readonly { readonly path: string; readonly text: string }[];
};

/** Records the program when it differs from the recorded one; names and declared gaps go with it. */
export async function recordProgram(
  ctx: Context,
  loaded: LoadedProgram,
): Promise<{ readonly changed: boolean }> {
  const bytes = Buffer.from(canonicalJson(loaded.program));
  const blob = ctx.blobs.put(bytes);
  const files = loaded.files.map((file) => ({ path: file.path, ...ctx.blobs.put(Buffer.from(file.text)) }));
  const changed = await ctx.store.transaction(ctx.organization, async (tx) => {
    await tx.lock("program");
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
    const current = await tx.stateOf("program.recorded", "program");
    if (current?.body.program.digest === blob.digest) return false;
    if (current?.body.sampleData === true && !loaded.program.sampleData)
      throw new ProblemError({
        code: "sample-data-log",
        what: "this log was begun with invented records, and the program no longer says so",
        where: "countersign/program.yaml, sampleData",
        why: "its records carry the times of an invented clock; nothing real can rest on them",
        next: "begin the real program in a folder of its own: countersign init --workspace FOLDER",
      });
    await tx.append(
      makeRecord(
        ctx,
        "program.recorded",
        "program",
        {
          program: { ...blob, name: "program.json", mediaType: "application/json" },
          basedOn: current?.body.program.digest ?? null,
          catalog: loaded.program.catalog,
          window: loaded.program.window,
          files: files.map(({ path, digest }) => ({ path, digest })),
          warnings: loaded.warnings,
          sampleData: loaded.program.sampleData,
        },
        { digests: [blob.digest, ...files.map((file) => file.digest)] },
      ),
    );
    return true;
  });
  await publish(ctx);
  return { changed };
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
