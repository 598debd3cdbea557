/** NIST's published schemas over a document, and what no JSON schema can say: that every reference in it leads somewhere. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { parseInstant, type Json, type JsonObject } from "../../packages/kernel/src/index.ts";
import type { OscalKind } from "../../packages/documents/src/index.ts";

const files: { readonly [kind in OscalKind]: string } = {
  "component-definition": "oscal_component_schema.json",
  "system-security-plan": "oscal_ssp_schema.json",
  "assessment-results": "oscal_assessment-results_schema.json",
};

export const schemaFolder = join(import.meta.dirname, "schemas");

function compiled(kind: OscalKind): ValidateFunction {
  // Patterns with \p{L} need the u flag, which ajv sets unless told otherwise.
  const ajv = new Ajv({ allErrors: true, strict: true });
  ajv.addFormat("date-time", (text) => parseInstant(text).ok);
  ajv.addFormat("date", /^\d{4}-\d{2}-\d{2}$/);
  ajv.addFormat("uri", (text) => URL.canParse(text));
  ajv.addFormat("uri-reference", (text) => URL.canParse(text, "https://base.example/"));
  ajv.addFormat("email", /^[^@\s]+@[^@\s]+$/);
  return ajv.compile(JSON.parse(readFileSync(join(schemaFolder, files[kind]), "utf8")) as JsonObject);
}

const validators = new Map<OscalKind, ValidateFunction>();

/** What the schema refuses, with its place; nothing where the document is one. */
export function schemaFaults(kind: OscalKind, document: unknown): readonly string[] {
  const validate = validators.get(kind) ?? compiled(kind);
  validators.set(kind, validate);
  if (validate(document)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

/**
 * Of NIST's own constraints beside the schemas (metaschema `index` and `is-unique`) those that our documents could break: a
 * reference that leads nowhere, and a second thing of one UUID.
 */
export function referenceFaults(document: Json): readonly string[] {
  const defined = new Map<string, number>();
  const roles = new Set<string>();
  const objectives = new Set<string>();
  const used: {
    readonly where: string;
    readonly id: string;
    readonly among: "uuid" | "role" | "objective";
  }[] = [];
  const use = (where: string, id: Json | undefined, among: "uuid" | "role" | "objective"): void => {
    if (typeof id === "string") used.push({ where, id, among });
  };
  visit(document, "", (value, path) => {
    const { uuid } = value;
    if (typeof uuid === "string") defined.set(uuid, (defined.get(uuid) ?? 0) + 1);
    if (path.endsWith("/roles") && typeof value["id"] === "string") roles.add(value["id"]);
    if (value["name"] === "objective" && typeof value["id"] === "string") objectives.add(value["id"]);
    for (const member of ["component-uuid", "observation-uuid", "risk-uuid", "subject-uuid", "actor-uuid"])
      use(`${path}/${member}`, value[member], "uuid");
    const parties = value["party-uuids"];
    if (Array.isArray(parties)) for (const party of parties) use(`${path}/party-uuids`, party, "uuid");
    use(`${path}/role-id`, value["role-id"], "role");
    use(`${path}/target-id`, value["target-id"], "objective");
    for (const member of ["href", "source"]) {
      const to = value[member];
      if (typeof to === "string" && to.startsWith("#")) use(`${path}/${member}`, to.slice(1), "uuid");
    }
  });
  const there = { uuid: defined, role: roles, objective: objectives };
  return [
    ...[...defined]
      .filter(([, times]) => times > 1)
      .map(([uuid, times]) => `${uuid} stands for ${times} things`),
    ...used
      .filter(({ id, among }) => !there[among].has(id))
      .map(({ where, id }) => `${where}: nothing is ${id}`),
  ];
}

function visit(value: Json, path: string, see: (object: JsonObject, path: string) => void): void {
  if (Array.isArray(value)) {
    for (const member of value as readonly Json[]) visit(member, path, see);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const object = value as JsonObject;
  see(object, path);
  for (const [name, member] of Object.entries(object)) visit(member, `${path}/${name}`, see);
}
