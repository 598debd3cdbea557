/** The first files of a program folder: short, commented, and complete enough to run as they stand. */
import { stringify } from "yaml";
import type { Json, JsonObject } from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";
import { catalogLock, type Catalog } from "./catalog.ts";
import type { AnsweredBySubservice, Category, NotRelevant } from "./model.ts";
import { publishedSchemas } from "./schemas.ts";
import { systemFiles } from "./system/schemas.ts";
import type { TextFile } from "./yaml-file.ts";

export type InitialProgramOptions = {
  readonly organization: { readonly id: string; readonly name: string };
  readonly window: WindowBody;
  readonly categories: readonly Category[];
  /** As they stand in sources.yaml: id, connector, provides, and the connector's settings. */
  readonly sources: readonly JsonObject[];
  readonly catalog: Catalog;
  readonly sampleData?: boolean;
  readonly holidays?: readonly string[];
  readonly people?: readonly JsonObject[];
  readonly bots?: readonly JsonObject[];
  readonly gaps?: readonly JsonObject[];
  readonly populations?: readonly JsonObject[];
  readonly notRelevant?: readonly NotRelevant[];
  readonly subservice?: readonly AnsweredBySubservice[];
};

/** @returns files with paths relative to the folder `countersign/`, those of the schemas that editors complete from included */
export function initialProgram(options: InitialProgramOptions): readonly TextFile[] {
  return [
    { path: "program.yaml", text: programText(options) },
    { path: "people.yaml", text: peopleText(options) },
    { path: "sources.yaml", text: sourcesText(options) },
    { path: "catalog.lock", text: catalogLock(options.catalog) },
    ...schemaFiles(),
  ];
}

/** The files that the `$schema=` lines of a folder point to. */
export function schemaFiles(): readonly TextFile[] {
  const system = Object.keys(systemFiles).map((name) => name.replace(/\.yaml$/, ""));
  return ["program", "people", "sources", "control", ...system].map((name) => ({
    path: `schema/${name}.schema.json`,
    text: `${JSON.stringify(publishedSchemas[`${name}.schema.json`], undefined, 2)}\n`,
  }));
}

/** An organization after a folder: "My Models (2)" is `my-models-2`. */
export function organizationNamed(name: string): { readonly id: string; readonly name: string } {
  const letters = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const id = /^[a-z][a-z0-9-]/.test(letters) ? letters : `org-${letters || "1"}`;
  return { id: id.slice(0, 40).replace(/-+$/, ""), name: name.trim() === "" ? "Organization" : name };
}

function programText(options: InitialProgramOptions): string {
  const { organization, window, categories } = options;
  return [
    "# yaml-language-server: $schema=schema/program.schema.json",
    "# What the company promises, over which window. Every key and its meaning: the schema named above.",
    `organization: ${flow(organization)}`,
    ...(options.sampleData
      ? ["# The company is invented: every screen and export says so.", "sampleData: true"]
      : []),
    "",
    "# Both days belong to the window; days begin and end in this zone.",
    `window: ${flow({ from: window.from, through: window.through, zone: window.zone })}`,
    "",
    "# security is always in. Others: availability, confidentiality, processing-integrity, privacy.",
    `categories: ${flow([...categories])}`,
    "",
    "# Days that are no business days, for controls that are due in business days.",
    `holidays: ${flow([...(options.holidays ?? [])])}`,
    "",
    "# all: every control of the catalog that answers a criterion in scope. Or a list: [CHG-01, IAM-03].",
    "# What the company does otherwise goes into controls/ID.yaml: only what differs.",
    "controls: { adopt: all }",
    "",
    "# A criterion that no control answers needs one of these two.",
    block("notRelevant", options.notRelevant ?? [], '{ criterion: CC6.4, reason: "why it does not apply" }'),
    block("subservice", options.subservice ?? [], '{ criterion: CC6.4, organization: "Example Cloud" }'),
    "",
  ].join("\n");
}

function peopleText(options: InitialProgramOptions): string {
  return [
    "# yaml-language-server: $schema=schema/people.schema.json",
    "# One person, several names: whoever is listed here counts as one, so that nobody approves their own work under a second",
    "# name. People who are not listed are told apart by what the sources call them.",
    block(
      "people",
      options.people ?? [],
      '{ handle: ada, name: Ada Example, identities: ["email:ada@example.com", "github:ada"], role: engineer }',
    ),
    "# Approvals of bots are not approvals by a person.",
    block(
      "bots",
      options.bots ?? [],
      '{ handle: merge-bot, name: Merge Bot, identities: ["github:merge-bot[bot]"] }',
    ),
    "",
  ].join("\n");
}

function sourcesText(options: InitialProgramOptions): string {
  return [
    "# yaml-language-server: $schema=schema/sources.schema.json",
    "# Where records come from. Nothing is written to a source; paths are relative to this folder.",
    "# Credentials never stand here: name the environment variable that holds one.",
    block(
      "sources",
      options.sources,
      "{ id: history, connector: git, provides: change, repositories: [{ name: api, path: ../.. }] }",
    ),
    '# Times for which a source has no records: { source: history, from: 2025-11-03, through: 2025-11-11, reason: "…" }',
    block("gaps", options.gaps ?? []),
    "# Needed where several sources provide one kind: which list is tested, what is joined to it, which list must agree.",
    block("populations", options.populations ?? []),
    "",
  ].join("\n");
}

function block(key: string, entries: readonly Json[], example?: string): string {
  if (entries.length > 0) return stringify({ [key]: entries }, { lineWidth: 0 }).trimEnd();
  return `${key}: []${example === undefined ? "" : ` # ${example}`}`;
}

function flow(value: Json): string {
  return stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();
}
