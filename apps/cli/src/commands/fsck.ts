/** `fsck`: everything stored against itself; what is damaged, and what can be proven all the same. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatInstant, ProblemError } from "@countersign/kernel";
import {
  clockStepWords,
  fsck as check,
  recordsRead,
  type CursorPlace,
  type Fsck,
  type FsckCursor,
} from "@countersign/application";
import type { Home } from "../home.ts";
import { withSession, type Common, type Shell } from "./shared.ts";

export type FsckOptions = Common & { readonly resume?: boolean; readonly repair?: boolean };

/** So many faults are printed; --json has them all. */
const PRINTED = 50;

export async function fsck(shell: Shell, options: FsckOptions): Promise<void> {
  if (options.resume === true && options.repair === true)
    throw new ProblemError({
      code: "fsck-options",
      what: "--repair looks at everything again, so it cannot go on where another check stopped",
      next: "countersign fsck --repair, or countersign fsck --resume",
    });
  await withSession(
    shell,
    options,
    async ({ ctx, home }) => {
      const cursor = cursorFile(home, ctx.organization);
      announce(shell, options, cursor.read());
      const interrupt = interruption();
      try {
        const found = await check(ctx, {
          cursor,
          stopped: interrupt.asked,
          ...(options.resume === true ? { resume: true } : {}),
          ...(options.repair === true ? { repair: true } : {}),
        });
        if (options.json === true) shell.output.json(found);
        else print(shell, found);
        if (found.faults.length > 0 || found.stopped !== undefined) process.exitCode = 1;
      } finally {
        interrupt.done();
      }
    },
    "as it is",
  );
}

function announce(shell: Shell, { resume }: FsckOptions, cursor: FsckCursor | undefined): void {
  if (resume === true && cursor === undefined)
    shell.output.note("no interrupted check is left here: everything is checked from the beginning");
  else if (resume !== true && cursor !== undefined)
    shell.output.note(
      `a check of ${formatInstant(cursor.savedAt)} stopped after ${recordsRead(cursor)} records; --resume would go on there. This one begins anew`,
    );
}

/** The first Ctrl-C asks the check to stop where it can go on; the second one ends the process as usual. */
function interruption(): { readonly asked: () => boolean; readonly done: () => void } {
  let asked = false;
  const ask = (): void => {
    asked = true;
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, ask);
  return {
    asked: () => asked,
    done: () => {
      for (const signal of signals) process.off(signal, ask);
    },
  };
}

/** One file in the workspace; it may be deleted at any time. */
function cursorFile(home: Home, organization: string): CursorPlace {
  const path = join(home.workspace, "fsck", `${organization}.json`);
  return {
    read() {
      try {
        const cursor = JSON.parse(readFileSync(path, "utf8")) as FsckCursor;
        return cursor.version === 1 ? cursor : undefined;
      } catch {
        return undefined;
      }
    },
    write(cursor) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const beside = `${path}.${process.pid}.new`;
      writeFileSync(beside, JSON.stringify(cursor), { mode: 0o600 });
      renameSync(beside, path);
    },
    clear() {
      rmSync(path, { force: true });
    },
  };
}

function print(shell: Shell, found: Fsck): void {
  const { print } = shell.output;
  const hidden = Object.values(found.more).reduce((sum, more) => sum + more, 0);
  const faults = found.faults.length + hidden;
  const verdict = found.stopped !== undefined ? "not finished" : "nothing damaged";
  print(
    `${found.entries} records, ${found.blobs} stored files, ${found.lists} lists, ${found.persons} persons, ${found.outsideCheckpoints} outside checkpoints: ${faults === 0 ? verdict : `${faults} faults`}`,
  );
  for (const fault of found.faults.slice(0, PRINTED)) {
    print(`  ${fault.where}: ${fault.message} (${fault.code})`);
    if (fault.still !== undefined && fault.still !== "") print(`    still proven: ${fault.still}`);
  }
  if (faults > PRINTED) print(`  and ${faults - PRINTED} more; --json names the first thousand of each kind`);
  if (found.stopped?.at !== "records") for (const line of provenWords(found)) print(line);
  const clock = clockStepWords(found.clockSteps);
  if (clock !== undefined) print(`clock    ${clock}; no fault, know it when a time matters`);
  if (found.unnamed.count > 0)
    print(
      `unnamed  ${found.unnamed.count} stored files that no record names: left by a read that failed, or not recorded yet; no fault`,
    );
  if (found.resumed !== undefined)
    print(
      `resumed  ${found.resumed.records} records were read by the check of ${found.resumed.at}, and not again: without --resume everything is read`,
    );
  if (found.repaired !== undefined) {
    const { tiles, stateRows, persons, left } = found.repaired;
    print(
      `repaired ${tiles} tiles, ${stateRows} rows of state, ${persons} persons, from the records; no fact was written`,
    );
    for (const reason of left) print(`  left as it is: ${reason}`);
  }
  if (found.stopped !== undefined)
    print(
      `stopped  at ${found.stopped.at}, ${found.stopped.done} of ${found.stopped.of}; countersign fsck --resume goes on there`,
    );
}

function provenWords({ proven, checkpoints }: Fsck): string[] {
  const lines: string[] = [];
  const by = {
    records: "",
    "stored-hashes": ", through the hashes that are stored beside the damaged ones",
    tiles: ", through the hashes in the tiles",
  }[proven.by];
  if (proven.of === 0) return ["proven   nothing is recorded yet"];
  if (proven.records === 0) lines.push("proven   no record: no signed checkpoint fits what is stored");
  else
    lines.push(
      `proven   ${proven.records === proven.of ? "every record" : `${proven.records} of ${proven.of} records`}, by the checkpoint of size ${proven.throughSize} that this log's key signed${by}`,
    );
  if (proven.exceptCount > 0)
    lines.push(
      `not      index ${proven.except.slice(0, 20).join(", ")}${proven.exceptCount > 20 ? ` and ${proven.exceptCount - 20} more` : ""}`,
    );
  if (proven.throughSize < proven.of)
    lines.push(`not      the ${proven.of - proven.throughSize} records from index ${proven.throughSize} on`);
  lines.push(`holding  ${checkpoints.good} of ${checkpoints.of} stored checkpoints`);
  return lines;
}
