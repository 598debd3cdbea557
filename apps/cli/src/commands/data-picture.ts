/** `data picture`: where data comes from, rests and goes on a day, as text or as a file. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { ProblemError } from "@countersign/kernel";
import { dataPictureFile, gather } from "@countersign/documents";
import { putInPlace } from "@countersign/store";
import type { Command } from "commander";
import { inputOf } from "./document.ts";
import { todayOf } from "./plan.ts";
import { dayOption, withReading, type Common, type Shell } from "./shared.ts";

type PictureOptions = Common & { readonly on?: string };

export function registerDataPicture(
  group: Command,
  common: (command: Command) => Command,
  shell: Shell,
): void {
  common(group.command("picture").argument("[file]"))
    .description("where data comes from, rests and goes: to FILE.svg, or as text")
    .option("--on <date>", "as the recorded program is on that day; today unless said")
    .action((file: string | undefined, options: PictureOptions) => dataPicture(shell, file, options));
}

async function dataPicture(shell: Shell, file: string | undefined, options: PictureOptions): Promise<void> {
  // Before a server is started for nothing.
  const path = file === undefined ? undefined : placeOf(shell, file);
  await withReading(shell, options, async (session) => {
    const { ctx, catalog, loaded, halt } = session;
    const day = dayOption(options.on) ?? todayOf(session);
    const input = await inputOf(ctx, catalog.criteria, loaded.people, day);
    const made = dataPictureFile(gather({ ...input, type: "type-2" }));
    if (made === undefined)
      throw new ProblemError({
        code: "no-picture",
        what: `the recorded program names no data store, data flow or data set on ${day}`,
        where: "countersign/data.yaml",
        why: "a picture of nothing would look like a company without data",
        next: "write `stores` and `flows` in data.yaml, then countersign apply",
      });
    const sidecar = path?.replace(/\.svg$/, ".sidecar.json");
    if (path !== undefined) putInPlace(path, made.picture, halt);
    if (sidecar !== undefined) putInPlace(sidecar, made.sidecar, halt);
    const shown = (each: string) => relative(shell.cwd, each) || each;
    const missing = [...new Set(made.holes.flatMap((hole) => hole.missing.map(({ what }) => what)))];
    if (options.json === true) {
      shell.output.json({
        on: day,
        ...(path !== undefined && { path: shown(path) }),
        ...(sidecar !== undefined && { sidecar: shown(sidecar) }),
        text: made.text,
        missing,
      });
      return;
    }
    if (path === undefined || sidecar === undefined) {
      for (const line of made.text) shell.output.print(line);
      return;
    }
    shell.output.print(`${shown(path)}  ${missing.length} missing\n  sidecar  ${shown(sidecar)}`);
    for (const what of missing) shell.output.print(`  missing  ${what}`);
  });
}

function placeOf(shell: Shell, file: string): string {
  const path = resolve(shell.cwd, file);
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  if (path.endsWith(".svg") && basename(path) !== ".svg" && !isFolder && existsSync(dirname(path)))
    return path;
  throw new ProblemError({
    code: "picture-file",
    what: `the picture cannot be written to ${file}`,
    where: path,
    why: isFolder
      ? "it is a folder"
      : existsSync(dirname(path))
        ? "a picture is an SVG, and its name ends so"
        : "the folder is not there",
    next: "countersign data picture FILE.svg",
  });
}
