/**
 * A fact for every member that the schemas give a thing of the system, said or not: what is not said is a hole with its
 * owner, and a member that a schema gains is there without a line here.
 */
import type { Json, JsonObject, LocalDate } from "@countersign/kernel";
import { isOn, systemFiles, type Collection, type Dated, type InForce } from "@countersign/program";
import type { PersonId } from "@countersign/records";
import { unassigned, type Fact, type FactValue, type Owner } from "../facts.ts";
import { keyOf, ofThing } from "./keys.ts";
import type { Context } from "./source.ts";

type Version = InForce & { readonly [member: string]: Json | undefined };
type Thing = Dated<Version>;

export function systemFacts(context: Context): readonly Fact[] {
  return Object.values(systemFiles).flatMap((file) =>
    Object.entries(file).flatMap(([name, schema]) => {
      const collection = name as Collection;
      const members = ((schema as JsonObject)["items"] as JsonObject)["properties"] as JsonObject;
      return thingsOf(context, collection).flatMap((thing) =>
        thing.versions.flatMap((version) => ofVersion(context, collection, members, thing, version)),
      );
    }),
  );
}

export function thingsOf({ system }: Pick<Context, "system">, collection: Collection): readonly Thing[] {
  return system[collection] as unknown as readonly Thing[];
}

/** Members of a thing that say which it is and when, and nothing of it. */
const outer: ReadonlySet<string> = new Set(["id", "from", "through", "changes"]);

function ofVersion(
  context: Context,
  collection: Collection,
  members: JsonObject,
  thing: Thing,
  version: Version,
): readonly Fact[] {
  const key = keyOf(thing.id, version);
  const named = `${nouns[collection]} ${titleOf(thing, context)}`;
  const owner = ownerOf(context, version);
  const facts: Fact[] = [];
  const add = (path: readonly string[], value: FactValue | undefined): void => {
    facts.push({
      id: ofThing(collection, key, ...path),
      what: `the ${wordsOf(path)} of the ${named}`,
      owner,
      value,
    });
  };
  const visit = (schema: JsonObject, value: Json | undefined, path: readonly string[]): void => {
    const inner = schema["properties"] as JsonObject | undefined;
    const items = schema["items"] as JsonObject | undefined;
    if (inner !== undefined)
      for (const [name, member] of Object.entries(inner)) {
        if (path.length === 0 && outer.has(name)) continue;
        visit(member as JsonObject, (value as JsonObject | undefined)?.[name], [...path, name]);
      }
    else if (items?.["properties"] !== undefined) {
      const list = value as readonly JsonObject[] | undefined;
      const keys = list?.map(({ id }, index) => (typeof id === "string" ? id : String(index + 1)));
      add(path, keys);
      keys?.forEach((step, index) => visit(items, list?.[index], [...path, step]));
    } else add(path, hasLeft(context, path, value, version) ? undefined : leafOf(context, schema, value));
  };
  visit({ properties: members }, version as unknown as JsonObject, []);
  add(["in-force"], inForceWords(context, version));
  if (collection === "models") {
    const vendor = (members["vendor"] ?? {}) as JsonObject;
    add(["maker"], version["party"] === "first" ? "our own" : leafOf(context, vendor, version["vendor"]));
  }
  if (collection === "stores") {
    const retention = version["retention"] as { readonly days?: number } | undefined;
    // Said without days: the ground tells how long.
    add(
      ["retention", "term"],
      retention && (retention.days === undefined ? "no fixed term" : daysWords(retention.days)),
    );
  }
  return facts;
}

export function daysWords(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}

/** Always said: a thing has days, or holds the whole time. */
function inForceWords({ period }: Context, { from, through }: InForce): string {
  const first = from !== undefined && from > period.from ? `from ${from}` : "";
  const last = through !== undefined && through < period.through ? `through ${through}` : "";
  return [first, last].filter((words) => words !== "").join(" ") || "the whole time";
}

function leafOf(context: Context, schema: JsonObject, value: Json | undefined): FactValue | undefined {
  if (Array.isArray(value)) {
    const items = (schema["items"] ?? {}) as JsonObject;
    return value.map((each) => named(context, items, String(each)));
  }
  if (typeof value === "string") return named(context, schema, value);
  return typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

/** Ids that name something are shown by its name; commitments have none. */
function named(context: Context, schema: JsonObject, text: string): string {
  const targets = schema["refersTo"] as readonly string[] | undefined;
  for (const target of targets ?? []) {
    if (target === "person") return context.names.get(text as PersonId) ?? text;
    const collection = target as Collection;
    const thing = context.system[collection]?.find(({ id }) => id === text);
    if (thing !== undefined) return titleOf(thing as unknown as Thing, context);
  }
  return text;
}

function titleOf({ id, versions }: Thing, { day }: Context): string {
  const said = versions.find((version) => isOn(version, day)) ?? versions.at(-1);
  const title = said?.["name"] ?? said?.["title"];
  return typeof title === "string" ? title : id;
}

/** Whether an owner had left before the last day that is spoken of: until the handover nobody answers for the thing. */
function hasLeft(
  context: Context,
  path: readonly string[],
  value: Json | undefined,
  version: Version,
): boolean {
  if (path.length !== 1 || path[0] !== "owner" || typeof value !== "string") return false;
  return leftBefore(context, value as PersonId, version.through);
}

/** @param through the last day on which the person is named; absent: there is none */
export function leftBefore(
  { left: leavers, day }: Context,
  id: PersonId,
  through: LocalDate | undefined,
): boolean {
  const left = leavers?.get(id);
  return left !== undefined && left < (through !== undefined && through < day ? through : day);
}

/** Whoever answers for it on the day; somebody who has left answers for nothing. */
export function ownerOf(context: Context, version: Version): Owner {
  const component = context.system.components.find(({ id }) => id === version["component"]);
  const ids = [version["owner"], component?.versions.at(-1)?.owner, version["by"]];
  for (const id of ids) {
    const person = id === undefined ? undefined : personOwner(context, id as PersonId);
    if (person !== undefined) return person;
  }
  return unassigned;
}

export function personOwner(context: Context, id: PersonId): Owner | undefined {
  if (leftBefore(context, id, undefined)) return undefined;
  return { kind: "person", id, name: context.names.get(id) ?? id };
}

/** `retention/ground` as "retention ground", `foundOn` as "found on". */
function wordsOf(path: readonly string[]): string {
  const whole = special[path.join("/")];
  if (whole !== undefined) return whole;
  return path
    .map((step) => step.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll("-", " "))
    .join(" ");
}

const special: { readonly [path: string]: string } = {
  words: "words",
  scope: "decision whether it is in scope",
  "disclosure/significant": "decision on disclosure",
  "subservice/is": "decision whether it is a subservice organization",
  toldIn: "place where users are told",
  holds: "classes of data",
  "disclosure/by": "person who decided on disclosure",
  "disclosure/on": "day of the decision on disclosure",
  "disclosure/reason": "reason of the decision on disclosure",
  fixedOn: "day of the fix",
  retestedOn: "day of the retest",
  retestedBy: "person who retested it",
  maker: "vendor whose it is",
  resolvedOn: "day of resolution",
  detectedOn: "day of detection",
  trainedOn: "data sets",
  "terms/training": "terms on training",
  "terms/retentionDays": "term of retention",
};

export const nouns: { readonly [C in Collection]: string } = {
  services: "service",
  commitments: "commitment",
  reportNeeds: "need for a report",
  userControls: "user entity control",
  userResponsibilities: "user responsibility",
  environments: "environment",
  components: "component",
  stores: "data store",
  flows: "data flow",
  customers: "customer",
  datasetVersions: "dataset version",
  models: "model",
  modelVersions: "model version",
  vendors: "vendor",
  vendorReviews: "vendor review",
  policies: "policy",
  risks: "risk",
  incidents: "incident",
  findings: "finding",
  changes: "change",
};
