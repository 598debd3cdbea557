/** The company's own `countersign/` folder: what it promises, who works there, and where its records come from. */
import { addDays, formatInstant, type JsonObject, type LocalDate } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";
import { REPOSITORIES } from "./changes.ts";
import { BOTS, ORGANIZATION, SAMPLE_MARK, type SamplePerson } from "./company.ts";
import { outageOf } from "./configuration.ts";
import { lakeLogGapOf } from "./lake-access.ts";
import { OFFICE_CLOSED_DAY } from "./periodic.ts";
import { PULLS_LIMIT } from "./pulls.ts";
import { systemFiles } from "./system/files.ts";
import type { SystemParts } from "./system/parts.ts";
import type { SampleTable } from "./table.ts";
import { yamlText } from "./yaml.ts";

/** Days of the window on which controls change. */
export const CONTROL_CHANGE_DAYS = {
  abuseReview: 60,
  leaverWording: 120,
  officeClosed: OFFICE_CLOSED_DAY,
} as const;

/** The days on which controls change, as dates; absent where the window is too short. */
export function controlChangesOf(calendar: Calendar): {
  readonly [change in keyof typeof CONTROL_CHANGE_DAYS]?: LocalDate;
} {
  const dateOf = (n: number) => (n <= calendar.length ? calendar.day(n) : undefined);
  const abuseReview = dateOf(CONTROL_CHANGE_DAYS.abuseReview);
  const leaverWording = dateOf(CONTROL_CHANGE_DAYS.leaverWording);
  const officeClosed = dateOf(CONTROL_CHANGE_DAYS.officeClosed);
  return {
    ...(abuseReview === undefined ? {} : { abuseReview }),
    ...(leaverWording === undefined ? {} : { leaverWording }),
    ...(officeClosed === undefined ? {} : { officeClosed }),
  };
}

export function programFiles(
  parts: SystemParts & { readonly tables: readonly SampleTable[] },
): { path: string; text: string }[] {
  const { calendar, people, tables } = parts;
  return [
    { path: "countersign/program.yaml", text: programYaml(calendar) },
    { path: "countersign/people.yaml", text: peopleYaml(people) },
    { path: "countersign/sources.yaml", text: sourcesYaml(calendar, tables) },
    ...controlFiles(calendar),
    ...systemFiles(parts),
    { path: "countersign/README.md", text: README },
  ];
}

const README = `# ${ORGANIZATION.name}

${SAMPLE_MARK}
No such company exists. The folder is what a company keeps beside its code: what it promises (program.yaml, controls/),
who works there under which names (people.yaml), where its records come from (sources.yaml), and what its system is
(service.yaml, boundary.yaml, data.yaml, models.yaml, vendors.yaml, policies.yaml and registers.yaml). A few things in
these files are wrong on purpose: countersign gaps finds them.
`;

function programYaml(calendar: Calendar): string {
  return yamlText([SAMPLE_MARK], {
    organization: ORGANIZATION,
    sampleData: true,
    window: { from: calendar.from, through: calendar.through, zone: calendar.zone },
    categories: ["security", "availability", "confidentiality"],
    holidays: calendar.holidays.filter((day) => day >= calendar.from && day <= addDays(calendar.through, 45)),
    controls: { adopt: "all" },
    // Once the office is gone, the hosting provider alone answers for physical access.
    ...(controlChangesOf(calendar).officeClosed === undefined
      ? {}
      : { subservice: [{ criterion: "CC6.4", organization: "Nimbus Yard" }] }),
  });
}

function peopleYaml(people: readonly SamplePerson[]): string {
  return yamlText([SAMPLE_MARK], {
    people: people.map((person) => ({
      handle: person.handle,
      name: person.name,
      identities: [
        `email:${person.email}`,
        ...(person.login === undefined ? [] : [`github:${person.login}`]),
        ...person.others,
      ],
      role: person.role,
      from: person.from,
      ...(person.through === undefined ? {} : { through: person.through }),
    })),
    bots: BOTS.map(({ handle, name, identities }) => ({ handle, name, identities: [...identities] })),
  });
}

function csvSource(calendar: Calendar, table: SampleTable): JsonObject {
  return {
    id: table.source,
    connector: "csv",
    provides: table.kind,
    file: `../${table.path}`,
    ...(table.dated ? { zone: calendar.zone } : {}),
    savedAt: formatInstant(calendar.exportedAt),
    ...(table.watches === undefined ? {} : { watches: [...table.watches] }),
    columns: table.columns,
  };
}

function sourcesYaml(calendar: Calendar, tables: readonly SampleTable[]): string {
  const outage = outageOf(calendar);
  const logOff = lakeLogGapOf(calendar);
  const gaps = [
    ...(outage === undefined
      ? []
      : [
          {
            source: "settings-reader",
            from: outage.first,
            through: outage.last,
            reason: "the job that reads settings was off after its key had expired",
          },
        ]),
    ...(logOff === undefined
      ? []
      : [
          {
            source: "lake-changes",
            ...logOff,
            reason: "the lake's log of changes was off while its storage was moved",
          },
        ]),
  ];
  return yamlText(
    [SAMPLE_MARK, "The changes come from git, joined with the saved reviews on the merged revision."],
    {
      sources: [
        {
          id: "history",
          connector: "git",
          provides: "change",
          repositories: REPOSITORIES.map((name) => ({
            name,
            path: `../repositories/${name}.git`,
            branches: ["main"],
          })),
          links: { tickets: ["LUM-[0-9]+"] },
        },
        {
          id: "reviews",
          connector: "github",
          provides: "change",
          files: REPOSITORIES.map((name) => `../${pullsPath(name)}`),
          branches: ["main"],
          limit: PULLS_LIMIT,
          savedAt: formatInstant(calendar.exportedAt),
        },
        ...tables.map((table) => csvSource(calendar, table)),
      ],
      ...(gaps.length === 0 ? {} : { gaps }),
      populations: [
        {
          kind: "change",
          from: "history",
          join: [
            { source: "reviews", key: "revision", unmatched: { approvals: [], checks: [], direct: true } },
          ],
        },
        {
          kind: "deploy",
          from: "deploy-pipeline",
          reconcile: [{ source: "cluster-audit-log", key: "revision" }],
        },
        {
          kind: "model-release",
          from: "model-registry",
          reconcile: [{ source: "serving-log", key: "digest" }],
        },
        // Sessions for an occasion, on the dataset lake, are asked about and not tested.
        { kind: "session", from: "privileged-sessions" },
      ],
    },
  );
}

export function pullsPath(repository: (typeof REPOSITORIES)[number]): string {
  return repository === "api" ? "exports/pulls.json" : `exports/pulls-${repository}.json`;
}

/** IAM-03 as it was worded first, and as it is worded from the day of the change. */
function leaverWording(words: string, hours: number): JsonObject {
  return {
    statement: `A leaver's access to every system is removed ${words} of the end of employment.`,
    activities: [
      {
        id: "removal",
        kind: "per-item",
        title: "Removal of a leaver's access",
        population: "leaver",
        termHours: hours,
        evidence:
          "The HR system's list of leavers with the end of employment, beside the time that the last account was disabled.",
        attributes: [
          {
            id: "removed-in-time",
            label: `removed ${words}`,
            words: `${words} of the end of employment`,
            expression: `leaver.accessRemoved ? leaver.accessRemovedAt <= leaver.endedAt + duration("${hours}h") : false`,
            causes: [
              { when: "!leaver.accessRemoved", say: "not removed" },
              {
                when: `leaver.accessRemovedAt > leaver.endedAt + duration("${hours}h")`,
                say: "removed late",
              },
            ],
          },
        ],
      },
    ],
  };
}

function controlFiles(calendar: Calendar): { path: string; text: string }[] {
  const changes = controlChangesOf(calendar);
  const file = (id: string, comment: string, rest: JsonObject) => ({
    path: `countersign/controls/${id}.yaml`,
    text: yamlText([SAMPLE_MARK, comment], { id, ...rest }),
  });
  const files = [
    file("IAM-03", "Five days were promised at first; from the change on, 24 hours.", {
      owner: "emrin",
      versions: [
        { from: calendar.from, ...leaverWording("within 5 days", 120) },
        ...(changes.leaverWording === undefined
          ? []
          : [{ from: changes.leaverWording, ...leaverWording("within 24 hours", 24) }]),
      ],
    }),
    file("MDL-01", "As the catalog has it; only its owner is named.", { owner: "quenby" }),
    file("CHG-01", "As the catalog has it; only its owner is named.", { owner: "bessamy" }),
  ];
  if (changes.abuseReview !== undefined) {
    files.push(
      file("ABU-01", "New within the window: nothing was promised before.", {
        owner: "willa",
        versions: [{ from: changes.abuseReview }],
      }),
    );
  }
  if (changes.officeClosed !== undefined) {
    files.push(
      file(
        "PHY-01",
        "The only office was given up; from then on the hosting provider answers for physical access.",
        {
          owner: "emrin",
          versions: [{ from: calendar.from }, { from: changes.officeClosed, retired: true }],
        },
      ),
    );
  }
  return files;
}
