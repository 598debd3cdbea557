/** What the program has in force on the day, as the components of which OSCAL's documents speak. */
import type { Digest, JsonObject, LocalDate } from "@countersign/kernel";
import {
  allOn,
  isOn,
  type Activity,
  type Component,
  type ControlVersion,
  type InForce,
  type Model,
  type Policy,
} from "@countersign/program";
import type { PersonId } from "@countersign/records";
import { bullets, each, maybe, node, notSaid, paragraphs, plain, prop } from "./node.ts";
import { ownedBy, systemOf, uuids, type OscalProgram } from "./source.ts";

/** What is said of a thing for the day. */
export type On<T> = T & InForce & { readonly id: string };

/** A component before it is one of a definition or of a system. */
export type Part = {
  readonly uuid: string;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly props: readonly JsonObject[];
  readonly owner?: PersonId | undefined;
  /** The criteria that it serves; none: it serves them through controls only. */
  readonly criteria: readonly string[];
  /** What it does for them, and the fact id's steps under which that is said. */
  readonly does?: { readonly words: string; readonly path: readonly string[] };
};

/** As OSCAL has it in both documents. */
export function componentMembers(
  source: OscalProgram,
  part: Part,
): { readonly [name: string]: JsonObject[string] } {
  const { uuid, type, title, description, props } = part;
  return node({
    uuid,
    type,
    title: plain(title),
    description,
    props: [...props],
    "responsible-roles": ownedBy(source, part.owner),
  });
}

export function days({ from, through }: InForce): readonly JsonObject[] {
  return [...maybe("in-force-from", from), ...maybe("in-force-through", through)];
}

export function inForce(version: ControlVersion): InForce {
  const { effectiveFrom: from, effectiveThrough: through } = version;
  return { ...(from !== undefined && { from }), ...(through !== undefined && { through }) };
}

export function controlsOn(source: OscalProgram): readonly ControlVersion[] {
  return source.program.controls.filter((version) => isOn(inForce(version), source.day));
}

export function controlPart(source: OscalProgram, control: ControlVersion): Part {
  const { id, version, title, statement, criteria, procedure, activities, owner, ownerRole, from } = control;
  return {
    uuid: uuids(source)("program", "controls", id),
    type: "process-procedure",
    title: `${id} ${title}`,
    description: paragraphs(
      plain(statement),
      procedure.trim() === "" ? undefined : `Procedure: ${plain(procedure)}`,
      bullets(activities.map(activityWords)),
    ),
    props: [
      prop("kind", "control"),
      prop("control", id),
      prop("control-version", version),
      ...days(inForce(control)),
      prop("owner-role", ownerRole),
      ...(from === undefined
        ? []
        : [
            prop("catalog", from.catalog),
            prop("catalog-entry", from.id),
            ...each("changed-from-catalog", from.changed),
          ]),
      ...notSaid({ owner }),
    ],
    owner,
    criteria,
    does: { words: statement, path: ["program", "controls", `${id}@${version}`] },
  };
}

function activityWords(activity: Activity): string {
  const { id, title } = activity;
  const owed = {
    "per-item": () => `once per item of ${activity.kind === "per-item" ? activity.population : ""}`,
    periodic: () => `once every ${activity.kind === "periodic" ? activity.every : ""}`,
    state: () => "all the time",
  }[activity.kind]();
  return `${plain(title)} (${plain(id)}): owed ${plain(owed)}`;
}

export function policyParts(source: OscalProgram): readonly Part[] {
  return allOn(systemOf(source).policies, source.day).map((policy) => policyPart(source, policy));
}

function policyPart(source: OscalProgram, policy: On<Policy>): Part {
  const { id, title, owner, criteria, version, approvedBy, approvedOn, text, textDigest } = policy;
  return {
    uuid: uuids(source)("program", "policies", id),
    type: "policy",
    title,
    description: `The policy ${plain(title)}, version ${plain(version)}. Its text is not in this document.`,
    props: [
      prop("kind", "policy"),
      prop("id", id),
      prop("policy-version", version),
      ...days(policy),
      ...maybe("approved-by", approvedBy),
      ...maybe("approved-on", approvedOn),
      ...maybe("text", text),
      ...maybe("text-digest", textDigest),
      ...notSaid({ owner, criteria, "approved-by": approvedBy, "approved-on": approvedOn, text }),
    ],
    owner,
    criteria: criteria ?? [],
    does: { words: `The policy ${title}`, path: ["program", "policies", id] },
  };
}

/** OSCAL's word for a kind of DC3 where it has one; ours otherwise, which its models allow. */
const typeOfComponent: { readonly [kind in Component["kind"]]: string } = {
  infrastructure: "infrastructure",
  software: "software",
  people: "people",
  procedures: "process-procedure",
  data: "data",
};

/** @param scope those that are in scope, are out of it, or about which nobody has decided */
export function componentParts(source: OscalProgram, scope: "in" | "out" | undefined): readonly Part[] {
  return allOn(systemOf(source).components, source.day)
    .filter((component) => component.scope === scope)
    .map((component) => componentPart(source, component));
}

function componentPart(source: OscalProgram, component: On<Component>): Part {
  const { id, name, kind, sort, words, scope, rationale, owner, environment, holds, neededFor, vendor } =
    component;
  return {
    uuid: uuids(source)("program", "components", id),
    type: typeOfComponent[kind],
    title: name,
    description:
      words === undefined ? `Not said: the program describes ${plain(name)} no further.` : plain(words),
    props: [
      prop("kind", kind),
      prop("id", id),
      prop("sort", sort),
      ...days(component),
      ...maybe("scope", scope),
      ...maybe("scope-rationale", rationale),
      ...maybe("environment", environment),
      ...each("holds", holds),
      ...each("needed-for", neededFor),
      ...maybe("vendor", vendor),
      ...notSaid({ description: words, scope, "scope-rationale": rationale, owner }),
    ],
    owner,
    criteria: [],
  };
}

export function modelParts(source: OscalProgram): readonly Part[] {
  const system = systemOf(source);
  const versions = allOn(system.modelVersions, source.day);
  return allOn(system.models, source.day).map((model) =>
    modelPart(
      source,
      model,
      versions.filter((version) => version.model === model.id),
    ),
  );
}

type Served = {
  readonly id: string;
  readonly version: string;
  readonly digest?: Digest;
  readonly providerId?: string;
  readonly from?: LocalDate;
};

function modelPart(source: OscalProgram, model: On<Model>, served: readonly Served[]): Part {
  const { id, name, party, vendor, owner, risk, intendedUse, endpoints } = model;
  return {
    uuid: uuids(source)("program", "models", id),
    type: "software",
    title: name,
    description: paragraphs(
      intendedUse === undefined ? `Not said: what ${plain(name)} is meant for.` : plain(intendedUse),
      bullets(
        served.map(
          ({ id: own, version, digest, providerId }) =>
            `${plain(own)}, version ${plain(version)}: ${plain(digest ?? providerId ?? "neither a digest nor a provider's id is said")}`,
        ),
      ),
    ),
    props: [
      prop("kind", "model"),
      prop("id", id),
      prop("party", party),
      ...days(model),
      ...maybe("vendor", vendor),
      ...maybe("risk", risk),
      ...each("endpoint", endpoints),
      ...each(
        "model-version",
        served.map((version) => version.id),
      ),
      ...notSaid({
        owner,
        risk,
        "intended-use": intendedUse,
        "model-version": served.length > 0 ? true : undefined,
      }),
    ],
    owner,
    criteria: [],
  };
}

export function ownersOf(parts: readonly Part[]): readonly PersonId[] {
  return parts.flatMap(({ owner }) => (owner === undefined ? [] : [owner]));
}
