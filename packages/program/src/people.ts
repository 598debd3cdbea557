/** people.yaml: who the company's people are, and under which names its systems know them. */
import { parseLocalDate, type LocalDate, type Problem } from "@countersign/kernel";
import type { PersonId } from "@countersign/records";
import type { Person } from "./model.ts";
import { nearest } from "./spelling.ts";
import { inDots } from "./validate.ts";
import type { DataPath, YamlFile } from "./yaml-file.ts";

type WrittenPerson = {
  readonly handle: string;
  readonly name?: string;
  readonly identities: readonly string[];
  readonly role?: string;
  readonly from?: string;
  readonly through?: string;
};

export type People = {
  readonly people: readonly Person[];
  readonly byHandle: ReadonlyMap<string, Person>;
  readonly problems: readonly Problem[];
};

export function readPeople(file: YamlFile | undefined, personIdOf: (handle: string) => PersonId): People {
  const written = (file?.value ?? {}) as {
    readonly people?: readonly WrittenPerson[];
    readonly bots?: readonly WrittenPerson[];
  };
  const people: Person[] = [];
  const byHandle = new Map<string, Person>();
  const holders = new Map<string, string>();
  const problems: Problem[] = [];
  for (const list of ["people", "bots"] as const) {
    for (const [index, each] of (written[list] ?? []).entries()) {
      if (file === undefined) break;
      const path: DataPath = [list, index];
      const person = personOf(each, list === "bots", personIdOf(each.handle));
      problems.push(...problemsOfDates(file, path, each));
      if (byHandle.has(each.handle))
        problems.push({
          code: "duplicate-id",
          what: `there is a second \`${each.handle}\``,
          where: file.at([...path, "handle"]),
          next: "Give each person a handle of its own, or join the two entries.",
        });
      for (const [position, identity] of each.identities.entries()) {
        const holder = holders.get(identity.toLowerCase());
        if (holder !== undefined)
          problems.push({
            code: "duplicate-identity",
            what: `${identity} belongs to ${holder} and to ${each.handle}`,
            where: file.at([...path, "identities", position]),
            why: "An identity is one person's: what it does would count for both.",
            next: "Keep it under one of them, or join the two entries where they are one person.",
          });
        holders.set(identity.toLowerCase(), each.handle);
      }
      people.push(person);
      byHandle.set(each.handle, person);
    }
  }
  return { people, byHandle, problems };
}

function personOf(written: WrittenPerson, bot: boolean, id: PersonId): Person {
  const { name, role, from, through } = written;
  return {
    id,
    identities: written.identities,
    bot,
    ...(name !== undefined && { name }),
    ...(role !== undefined && { role }),
    ...(from !== undefined && { from: from as LocalDate }),
    ...(through !== undefined && { through: through as LocalDate }),
  };
}

function problemsOfDates(file: YamlFile, path: DataPath, written: WrittenPerson): readonly Problem[] {
  const problems: Problem[] = [];
  for (const key of ["from", "through"] as const)
    if (written[key] !== undefined) problems.push(...problemsOfDate(file, [...path, key], written[key]));
  if (problems.length === 0 && written.from !== undefined && written.through !== undefined)
    problems.push(...problemsOfOrder(file, path, written.from, written.through));
  return problems;
}

/** A schema says that a date has the form of one; the calendar says whether there is such a day. */
export function problemsOfDate(file: YamlFile, path: DataPath, text: string): readonly Problem[] {
  const date = parseLocalDate(text);
  if (date.ok) return [];
  return [
    {
      code: "bad-date",
      what: `\`${inDots(path)}\` is ${text}, and there is no such day`,
      where: file.at(path),
      next: "Write a day of the calendar, year first.",
    },
  ];
}

export function problemsOfOrder(
  file: YamlFile,
  path: DataPath,
  from: string,
  through: string,
): readonly Problem[] {
  if (from <= through) return [];
  return [
    {
      code: "bad-period",
      what: `\`${inDots(path)}\` ends (${through}) before it begins (${from})`,
      where: file.at([...path, "through"]),
      next: "Exchange the two, or mend one.",
    },
  ];
}

/** @returns the person, or the problem where the handle is nobody's or a bot's */
export function holderOf(
  handle: string,
  { byHandle }: Pick<People, "byHandle">,
  where: string,
): { readonly person?: Person; readonly problems: readonly Problem[] } {
  const person = byHandle.get(handle);
  if (person === undefined) {
    const meant = nearest(handle, byHandle.keys());
    return {
      problems: [
        {
          code: "unknown-handle",
          what: `nobody in people.yaml has the handle \`${handle}\``,
          where,
          next:
            meant === undefined
              ? `Add \`${handle}\` to people.yaml.`
              : `Write \`${meant}\`, or add \`${handle}\` to people.yaml.`,
        },
      ],
    };
  }
  if (!person.bot) return { person, problems: [] };
  return {
    problems: [
      {
        code: "bot-as-owner",
        what: `\`${handle}\` is a bot`,
        where,
        why: "A control is answered for by a person.",
        next: "Name the person who answers for it.",
      },
    ],
  };
}
