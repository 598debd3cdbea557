/** From answers to the files of a first program. Nothing is said that was not answered: what is missing is a comment. */
import { stringify } from "yaml";
import type { JsonObject } from "@countersign/kernel";
import type { Catalog } from "../catalog.ts";
import { categories as allCategories } from "../criterion-ids.ts";
import { initialProgram, organizationNamed } from "../initial-program.ts";
import type { Category } from "../model.ts";
import type { TextFile } from "../yaml-file.ts";
import type { Answers, ContentStore, Promised } from "./questions.ts";

const about: { readonly [W in Promised["what"]]: Category } = {
  uptime: "availability",
  confidentiality: "confidentiality",
  deletion: "confidentiality",
  accuracy: "processing-integrity",
  privacy: "privacy",
};

const promised: { readonly [W in Promised["what"]]: string } = {
  uptime: "Customers are promised that the service is available.",
  confidentiality: "Customers are promised that their content is kept confidential.",
  deletion: "Customers are promised that their content is deleted.",
  accuracy: "Customers are promised that results are processed accurately.",
  privacy: "Customers are promised how personal data is handled.",
};

const storeNames: { readonly [S in ContentStore["sort"]]: string } = {
  "prompt-log": "Prompt logs",
  "vector-index": "Vector index",
  "object-storage": "Object storage",
  "feature-store": "Feature store",
  database: "Database",
};

/** One thing, and what nobody said of it yet. */
type Entry = { readonly said: JsonObject; readonly open: readonly string[] };

export type FirstProgram = {
  readonly files: readonly TextFile[];
  /** Ids of the questions that nobody could answer. */
  readonly open: readonly string[];
};

/** @param folder what the company is called where nobody said */
export function programFromAnswers(
  answers: Answers & Required<Pick<Answers, "window">>,
  catalog: Catalog,
  folder: string,
): FirstProgram {
  const { owner, window } = answers;
  const kinds = new Set((answers.promises ?? []).map(({ what }) => about[what]));
  const files = initialProgram({
    organization: organizationNamed(answers.company ?? folder),
    window,
    categories: allCategories.filter((each) => each === "security" || kinds.has(each)),
    sources: [],
    people:
      owner === undefined
        ? []
        : [{ handle: handleOf(owner.name), name: owner.name, identities: [`email:${owner.email}`] }],
    catalog,
  });
  const asked: readonly (keyof Answers)[] = [
    "company",
    "services",
    "promises",
    "report",
    "clouds",
    "providers",
    "training",
    "stores",
    "code",
    "identity",
    "owner",
  ];
  return {
    files: [...files, ...systemFilesOf(answers)],
    open: asked.filter((id) => answers[id] === undefined),
  };
}

function systemFilesOf(answers: Answers): readonly TextFile[] {
  const vendors = vendorsOf(answers);
  const ids = new Map(vendors.map(({ said }) => [said.name, String(said.id)]));
  const vendorId = (name: string) => ids.get(name) ?? "";
  const owner: JsonObject = answers.owner === undefined ? {} : { owner: handleOf(answers.owner.name) };
  const stores = answers.stores ?? [];
  const kept = new Set((answers.promises ?? []).map(({ what }) => what));
  return [
    file(
      "service",
      "What customers buy, and what they were promised.",
      {
        services: (answers.services ?? []).map((kind) => ({
          said: { id: kind, name: `${answers.company ?? "The company"} ${kind}`, kind },
          open: ["words: what customers get"],
        })),
        commitments: (answers.promises ?? []).flatMap(({ what, saidIn }) =>
          saidIn === undefined
            ? []
            : [
                {
                  said: { id: what, kind: "commitment", words: promised[what], about: about[what], saidIn },
                  open: ["reference: which document, and where in it"],
                },
              ],
        ),
        reportNeeds:
          answers.report === undefined
            ? []
            : [
                {
                  said: { id: "first-report", ...answers.report },
                  open: ["fieldworkDays: as the auditor plans"],
                },
              ],
      },
      (answers.promises ?? []).flatMap(({ what, saidIn }) =>
        saidIn === undefined ? [`a commitment about ${what}: in what was it promised?`] : [],
      ),
    ),
    file(
      "boundary",
      "What the system is made of. Nobody has decided yet what is in and what is out: scope, rationale.",
      {
        environments: [],
        components: componentsOf(answers, vendorId, owner),
      },
    ),
    file("data", "Where data rests and where it goes.", {
      stores: stores.map(({ sort, days }) => ({
        said: {
          id: sort,
          name: storeNames[sort],
          component: sort,
          classes: ["customer-content"],
          ...(answers.training !== undefined && { training: trainingOf(answers.training) }),
          ...(days !== undefined && {
            retention: { days, ground: "as the company said when the program was begun" },
          }),
        },
        open: [
          ...(answers.training === undefined
            ? ["training: may it be used to train models, and on what ground"]
            : answers.training === "ground-not-known"
              ? ["training.ground: the contract's clause, or a consent"]
              : []),
          ...(days === undefined ? ["retention: for how many days, and who says so"] : []),
          `deletion: how an entry is deleted${kept.has("deletion") ? ", as customers were promised" : ""}`,
          "owner, origins, purpose, region, resources",
        ],
      })),
      flows: [],
    }),
    file("models", "Models that serve customers or the company, and their versions.", {
      models: (answers.providers ?? []).map((name) => ({
        said: {
          id: `${vendorId(name)}-model`,
          name: `A model of ${name}`,
          party: "third",
          vendor: vendorId(name),
        },
        open: ["name: which model", "owner, risk, intendedUse, endpoints"],
      })),
      modelVersions: [],
    }),
    file("vendors", "Vendors and subservice organizations.", {
      vendors,
      vendorReviews: [],
    }),
    file("policies", "Policies, with the version in force; their texts stand in policies/.", {
      policies: [],
    }),
    file("registers", "Risks, incidents, findings, and changes of the system.", {
      risks: [],
      incidents: [],
      findings: [],
      changes: [],
    }),
  ];
}

function trainingOf(training: NonNullable<Answers["training"]>): JsonObject {
  if (training === "not-allowed") return { allowed: false };
  return { allowed: true, ...(training === "allowed-by-contract" && { ground: "the customer's contract" }) };
}

/** One entry a name, however often it was named. */
function vendorsOf({ clouds = [], providers = [], code = [], identity = [] }: Answers): readonly Entry[] {
  const provides = new Map<string, string[]>();
  for (const [names, what] of [
    [clouds, "cloud"],
    [providers, "models"],
    [code, "code and its pipelines"],
    [identity, "sign-on"],
  ] as const)
    for (const name of names) provides.set(name, [...(provides.get(name) ?? []), what]);
  const taken = new Set<string>();
  return [...provides].map(([name, what]) => ({
    said: { id: freeId(slug(name), taken), name, provides: what.join(", ") },
    open: [
      "tier, owner, regions",
      "dataSent: which classes of data it gets",
      "terms: does it keep what you send, and may it train on it",
      "subservice: are its controls needed to meet a commitment",
    ],
  }));
}

function componentsOf(
  { clouds = [], code = [], identity = [], stores = [], services = [] }: Answers,
  vendorId: (name: string) => string,
  owner: JsonObject,
): readonly Entry[] {
  const open = ["scope, rationale", "environment", "neededFor: the commitments that need it"];
  const one = (id: string, name: string, kind: string, sort: string, more: JsonObject = {}): Entry => ({
    said: { id, name, kind, sort, ...more },
    open: Object.hasOwn(more, "owner") ? open : ["owner", ...open],
  });
  return [
    ...services.map((kind) => one(kind, `The ${kind}`, "software", "service")),
    ...clouds.map((name) =>
      one(`${vendorId(name)}-cloud`, name, "infrastructure", "cloud", { vendor: vendorId(name) }),
    ),
    ...stores.map(({ sort }) => one(sort, storeNames[sort], "data", sort, { holds: ["customer-content"] })),
    ...code.map((name) =>
      one(`${vendorId(name)}-code`, `Code in ${name}`, "software", "repository", { vendor: vendorId(name) }),
    ),
    ...identity.map((name) =>
      one(`${vendorId(name)}-identity`, `People and access in ${name}`, "software", "identity-provider", {
        vendor: vendorId(name),
      }),
    ),
    ...(Object.keys(owner).length === 0
      ? []
      : [one("security", "Who answers for security", "people", "team", owner)]),
  ];
}

function slug(name: string): string {
  const { id } = organizationNamed(name);
  return id.slice(0, 40);
}

/** Names that differ in what an id cannot hold are told apart by a number. */
function freeId(id: string, taken: Set<string>): string {
  let free = id;
  for (let number = 2; taken.has(free); number++) free = `${id}-${number}`;
  taken.add(free);
  return free;
}

function handleOf(name: string): string {
  return slug(name.split(/\s+/)[0] ?? name);
}

function file(
  name: string,
  words: string,
  lists: { readonly [collection: string]: readonly Entry[] },
  missing: readonly string[] = [],
): TextFile {
  const lines = [
    `# yaml-language-server: $schema=schema/${name}.schema.json`,
    `# ${words}`,
    "# A key that is not here was not said; a line with `missing` names what nobody has said yet.",
    ...missing.map((each) => `# missing  ${each}`),
  ];
  for (const [collection, entries] of Object.entries(lists)) {
    // An empty list would say that there are none.
    lines.push(entries.length === 0 ? `# missing  ${collection}: nobody has said yet` : `${collection}:`);
    for (const { said, open } of entries) {
      const [first = "", ...more] = stringify(said, { lineWidth: 0 }).trimEnd().split("\n");
      lines.push(`  - ${first}`, ...more.map((line) => `    ${line}`));
      lines.push(...open.map((each) => `    # missing  ${each}`));
    }
  }
  return { path: `${name}.yaml`, text: `${lines.join("\n")}\n` };
}
