/** `inventory`: where the evidence of each activity comes from, who answers for it, and through which day it is here. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { evidenceThrough, loadState } from "@countersign/application";
import {
  inventoryOf,
  nobody,
  type Inventory,
  type InventoryRow,
  type InventorySource,
} from "@countersign/assessment";
import { csvRecord } from "@countersign/documents";
import { localDateAt, ProblemError, type TimeZone } from "@countersign/kernel";
import { dayOption, nameFinder, withReading, type Common, type Shell } from "./shared.ts";

type Options = Common & { readonly on?: string; readonly csv?: string };

export function registerInventory(
  program: Command,
  common: (command: Command) => Command,
  shell: Shell,
): void {
  common(program.command("inventory"))
    .description("per activity: system, artefact, retention, owner, and through which day evidence is here")
    .option("--on <date>", "controls as they are in force on that day; today unless said")
    .option("--csv <file>", "write it as a CSV file")
    .action((options: Options) => inventory(shell, options));
}

async function inventory(shell: Shell, options: Options): Promise<void> {
  const day = dayOption(options.on);
  await withReading(shell, options, async (session) => {
    const { ctx, loaded } = session;
    const { program, people } = loaded;
    const zone = program.window.zone as TimeZone;
    const found = inventoryOf({
      program,
      people,
      on: day ?? localDateAt(zone, ctx.clock.now()),
      ...evidenceThrough(await loadState(ctx), zone),
    });
    const known = await nameFinder(session);
    const named = new Map(people.map(({ id, name }) => [id as string, name]));
    const nameOf = (person: string): string => named.get(person) ?? known(person);
    if (options.csv !== undefined)
      writeCsv(resolve(shell.cwd, options.csv), found, nameOf, program.sampleData);
    if (options.json === true) {
      shell.output.json({ organization: program.organization, sampleData: program.sampleData, ...found });
      return;
    }
    const { print } = shell.output;
    print(
      `${program.organization.name} · evidence inventory on ${found.on}${program.sampleData ? " · SAMPLE DATA" : ""}`,
    );
    for (const row of found.rows) for (const line of rowLines(row, nameOf)) print(line);
    for (const { id, connector, provides } of found.unused)
      print(`unused   ${id} (${connector}, ${provides}): no control in force uses it`);
    const nowhere = found.rows.filter(({ system }) => system.kind === "nowhere").length;
    print(
      `${found.rows.length} activities, ${nowhere} without any source, ${found.unused.length} sources that no control uses`,
    );
    if (options.csv !== undefined) print(`written to ${options.csv}`);
  });
}

const gives = { list: "lists", facts: "adds facts", "second-list": "is reconciled with" } as const;

const retention = ({ keepsDays }: InventorySource): string =>
  keepsDays === undefined ? "retention not said" : `keeps ${keepsDays} days`;

function rowLines(row: InventoryRow, nameOf: (person: string) => string): readonly string[] {
  const { system } = row;
  const head = `${row.control.padEnd(7)} ${row.activity}: ${row.artefact} · ${ownerWords(row, nameOf)}`;
  if (system.kind === "nowhere") return [head, `          NO SOURCE: ${system.why}`];
  if (system.kind === "people") {
    const { addedThrough } = system;
    return [
      head,
      addedThrough === undefined
        ? "          a person: nothing was added yet"
        : `          a person: added through ${addedThrough.day} (${addedThrough.record})`,
    ];
  }
  return [
    head,
    ...system.sources.map((source) => {
      const { readThrough } = source;
      const read =
        readThrough === undefined
          ? "no complete read"
          : `read through ${readThrough.day} (${readThrough.record})`;
      return `          ${source.source} (${source.connector}) ${gives[source.gives]}, ${retention(source)}, ${read}`;
    }),
  ];
}

function ownerWords(
  { owner, ownerRole, ownerLeft }: InventoryRow,
  nameOf: (person: string) => string,
): string {
  if (owner === undefined) return nobody(ownerRole);
  return `${nameOf(owner)}${ownerLeft === undefined ? "" : `, who left on ${ownerLeft}`}`;
}

const HEAD = [
  "control",
  "version",
  "activity",
  "title",
  "kind",
  "artefact",
  "system",
  "connector",
  "gives",
  "retention days",
  "owner",
  "owner role",
  "owner left",
  "through",
  "record",
];

/** An activity of several sources has a line for each; what was not said is an empty cell. */
function csvLines({ rows, unused }: Inventory, nameOf: (person: string) => string): readonly string[][] {
  return [
    ...rows.flatMap((row): readonly string[][] => {
      const { system } = row;
      const before = [row.control, String(row.version), row.activity, row.title, row.kind, row.artefact];
      const owner = [row.owner === undefined ? "" : nameOf(row.owner), row.ownerRole, row.ownerLeft ?? ""];
      if (system.kind === "nowhere") return [[...before, "no source", "", system.why, "", ...owner, "", ""]];
      if (system.kind === "people") {
        const { day, record } = system.addedThrough ?? { day: "", record: "" };
        return [[...before, "a person", "", "", "", ...owner, day, record]];
      }
      return system.sources.map((each) => {
        const { day, record } = each.readThrough ?? { day: "", record: "" };
        const keeps = each.keepsDays === undefined ? "" : String(each.keepsDays);
        return [...before, each.source, each.connector, each.gives, keeps, ...owner, day, record];
      });
    }),
    ...unused.map(({ id, connector, provides }) => [
      ...["no control in force uses it", "", "", "", "", provides],
      ...[id, connector, "", "", "", "", "", "", ""],
    ]),
  ];
}

function writeCsv(
  path: string,
  found: Inventory,
  nameOf: (person: string) => string,
  sampleData: boolean,
): void {
  const more = sampleData ? ["invented"] : [];
  const text = [
    csvRecord([...HEAD, ...(sampleData ? ["sample data"] : [])]),
    ...csvLines(found, nameOf).map((cells) => csvRecord([...cells, ...more])),
  ].join("");
  writeOut(path, text);
}

/** @throws ProblemError where the file cannot be written */
export function writeOut(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new ProblemError(
      {
        code: "file-not-written",
        what: "the file could not be written",
        where: path,
        why: error instanceof Error ? error.message : String(error),
        next: "name a file in a folder that is there",
      },
      { cause: error },
    );
  }
}
