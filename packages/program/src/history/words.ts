/** Changes of a program in words: a line that says what, from when and how far back, and a line for each member. */
import { canonicalJson, dayNumber, type Json, type JsonObject, type LocalDate } from "@countersign/kernel";
import type { Program } from "../model.ts";
import { reachOf, type Change } from "./diff.ts";
import { partsOf, type Part } from "./parts.ts";

/** One thing of a part, and several. */
const nouns: { readonly [P in Part]: readonly [one: string, several: string] } = {
  program: ["", ""],
  controls: ["control", "controls"],
  sources: ["source", "sources"],
  populations: ["population", "populations"],
  notRelevant: ["not relevant", "not relevant"],
  subservice: ["answered by a subservice organization", "answered by subservice organizations"],
  procedures: ["written procedure", "written procedures"],
  services: ["service", "services"],
  commitments: ["commitment", "commitments"],
  reportNeeds: ["need of a report", "needs of a report"],
  userControls: ["user control", "user controls"],
  userResponsibilities: ["user responsibility", "user responsibilities"],
  environments: ["environment", "environments"],
  components: ["component", "components"],
  stores: ["store", "stores"],
  flows: ["flow", "flows"],
  customers: ["terms of customer", "terms of customers"],
  datasetVersions: ["dataset version", "dataset versions"],
  models: ["model", "models"],
  modelVersions: ["model version", "model versions"],
  vendors: ["vendor", "vendors"],
  vendorReviews: ["vendor review", "vendor reviews"],
  policies: ["policy", "policies"],
  risks: ["risk", "risks"],
  incidents: ["incident", "incidents"],
  findings: ["finding", "findings"],
  changes: ["change of the system", "changes of the system"],
};

const marks = { added: "+", removed: "-", changed: "~" } as const;

export type ChangeWordsOptions = {
  /** The local day on which the changes are recorded, or would be. */
  readonly recordedOn: LocalDate;
  /** Of a person by opaque id; whatever else it is asked for stands for itself. */
  readonly nameOf: (id: string) => string;
};

/** "~ vendor openai: from 2026-03-01, backdated by 32 days", and its members below it. */
export function wordsOfChange(change: Change, options: ChangeWordsOptions): readonly string[] {
  const { part, thing, members } = change;
  if (part === "program" && thing === "system")
    return [`${marks[change.change]} a description of the system, in files of its own`];
  const title =
    part !== "program" ? `${nouns[part][0]} ${thing}` : thing === "none" ? "said to be none" : thing;
  const head = `${marks[change.change]} ${title}: ${daysWords(change, options.recordedOn)}`;
  return [
    head,
    ...members.flatMap(({ member, before, after }) =>
      valueWords(part === "program" ? "" : member, before, after, options.nameOf).map(
        (line) => `    ${line}`,
      ),
    ),
  ];
}

/** "from 2026-03-01 through 2026-03-31, backdated by 32 days" */
export function daysWords(change: Change, recordedOn: LocalDate): string {
  const { from, through } = change;
  const until = through === undefined ? "" : ` through ${through}`;
  const reach = reachOf(change, recordedOn);
  if (reach === "window") return "for the whole window";
  if (from === undefined)
    return through === undefined ? "for every day, past ones too" : `for every day${until}`;
  const days = dayNumber(recordedOn) - dayNumber(from);
  const back = reach === "backdated" ? `, backdated by ${days} day${days === 1 ? "" : "s"}` : "";
  return `from ${from}${until}${back}`;
}

/** "2 added, 1 changed, 3 removed"; "nothing" where there is none. */
export function countWords(changes: readonly Change[]): string {
  const counts = (["added", "changed", "removed"] as const).flatMap((kind) => {
    const count = changes.filter((each) => each.change === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return counts.length === 0 ? "nothing" : counts.join(", ");
}

/** "52 controls, 3 vendors": how many things of each part a program has. */
export function sizeWords(program: Program): string {
  return [...partsOf(program)]
    .filter(([part, things]) => part !== "program" && things.length > 0)
    .map(([part, things]) => `${things.length} ${nouns[part][things.length === 1 ? 0 : 1]}`)
    .join(", ");
}

/** A value that changed; lists of things with ids are gone into, so that what stayed is not printed again. */
function valueWords(
  path: string,
  before: Json | undefined,
  after: Json | undefined,
  nameOf: (id: string) => string,
): readonly string[] {
  const label = path === "" ? "" : `${path}: `;
  const inside = (name: string) => (path === "" ? name : `${path}.${name}`);
  if (before === undefined) return after === undefined ? [] : [`${label}${shown(after, nameOf)}`];
  if (after === undefined) return [`${label}no longer said (was ${shown(before, nameOf)})`];
  if (canonicalJson(before) === canonicalJson(after)) return [];
  const [wasById, nowById] = [thingsById(before), thingsById(after)];
  if (wasById && nowById) {
    const ids = [...new Set([...wasById.keys(), ...nowById.keys()])];
    const lines = ids.flatMap((id) => {
      if (!wasById.has(id)) return [`${inside(id)}: added`];
      if (!nowById.has(id)) return [`${inside(id)}: removed`];
      return valueWords(inside(id), wasById.get(id), nowById.get(id), nameOf);
    });
    return lines.length > 0 ? lines : [`${label}in another order`];
  }
  if (isObject(before) && isObject(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((name) => valueWords(inside(name), before[name], after[name], nameOf));
  if (isTexts(before) && isTexts(after)) {
    const gained = after.filter((each) => !before.includes(each)).map((each) => nameOf(each));
    const lost = before.filter((each) => !after.includes(each)).map((each) => nameOf(each));
    const parts = [
      ...(gained.length > 0 ? [`with ${gained.join(", ")}`] : []),
      ...(lost.length > 0 ? [`without ${lost.join(", ")}`] : []),
    ];
    return [`${label}${parts.length > 0 ? parts.join(", ") : "in another order"}`];
  }
  const [was, now] = [shown(before, nameOf), shown(after, nameOf)];
  if (was.length + now.length <= 72) return [`${label}${was} → ${now}`];
  return [`${label.trimEnd()}`, `  was ${was}`, `  now ${now}`];
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function thingsById(value: Json): ReadonlyMap<string, Json> | undefined {
  if (!Array.isArray(value)) return undefined;
  const list = value as readonly Json[];
  const ids = list.map((each) => (isObject(each) && typeof each.id === "string" ? each.id : undefined));
  if (ids.length === 0 || ids.some((id) => id === undefined) || new Set(ids).size < ids.length)
    return undefined;
  return new Map(list.map((each, index) => [ids[index] ?? "", each]));
}

function shown(value: Json, nameOf: (id: string) => string): string {
  if (typeof value === "string") return nameOf(value);
  if (isTexts(value)) return value.length === 0 ? "none" : value.map((each) => nameOf(each)).join(", ");
  if (Array.isArray(value)) {
    const ids = thingsById(value);
    return ids === undefined
      ? (value as readonly Json[]).map((each) => shown(each, nameOf)).join("; ") || "none"
      : [...ids.keys()].join(", ");
  }
  if (isObject(value)) {
    const members = Object.entries(value).map(([name, member]) => `${name} ${shown(member, nameOf)}`);
    return members.length === 0 ? "none" : members.join(", ");
  }
  return value === true ? "yes" : value === false ? "no" : String(value);
}
