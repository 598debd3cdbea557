/** Checks a file against its schema and says what is wrong in words: every problem at once, each with its place. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { Json, JsonObject, Problem } from "@countersign/kernel";
import { nearest } from "./spelling.ts";
import type { Schema } from "./schema-parts.ts";
import { REFERS_TO } from "./system/parts.ts";
import type { DataPath, YamlFile } from "./yaml-file.ts";

const compiled = new Map<Schema, ValidateFunction>();
let ajv: Ajv2020 | undefined;

function validatorOf(schema: Schema): ValidateFunction {
  // One instance for all, and no check of our own schemas at each start: that takes longer than reading the files (a test does it).
  ajv ??= new Ajv2020({
    allErrors: true,
    verbose: true,
    discriminator: true,
    strict: true,
    strictRequired: false,
    validateSchema: false,
  });
  // What an id names is looked up by the reader of the files, which knows all of them.
  if (ajv.getKeyword(REFERS_TO) === false) ajv.addKeyword({ keyword: REFERS_TO, schemaType: "array" });
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  return validate;
}

/** Whether a value satisfies a schema, without words. */
export function satisfies(value: unknown, schema: Schema): boolean {
  return validatorOf(schema)(value) === true;
}

export function problemsOf(file: YamlFile, schema: Schema): readonly Problem[] {
  const validate = validatorOf(schema);
  if (file.value === null) {
    const keys = (schema.required as readonly string[] | undefined) ?? [];
    const next = keys.length === 0 ? "Remove the file." : `It needs ${listed(keys)}.`;
    return [{ code: "empty-file", what: `${file.path} is empty`, where: `${file.path}:1:1`, next }];
  }
  if (validate(file.value) === true) return [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const errors = validate.errors ?? [];
  for (const error of errors) {
    // Where an entry of the list is wrong, that says more than that neither choice fits.
    if (
      error.keyword === "anyOf" &&
      errors.some((each) => each.instancePath.startsWith(`${error.instancePath}/`))
    )
      continue;
    const problem = inWords(file, error);
    if (problem === undefined) continue;
    // Branches of one choice report the same thing more than once.
    const key = `${problem.where} ${problem.what}`;
    if (!seen.has(key)) problems.push(problem);
    seen.add(key);
  }
  return problems;
}

function inWords(file: YamlFile, error: ErrorObject): Problem | undefined {
  const path = pathOf(error.instancePath, file.value);
  const parent = (error.parentSchema ?? {}) as JsonObject;
  const here = path.length === 0 ? file.path : `\`${inDots(path)}\``;
  const expected = typeof parent.description === "string" ? parent.description : undefined;
  switch (error.keyword) {
    case "additionalProperties":
      return unknownKey(file, path, String(error.params.additionalProperty), parent);
    case "required":
      return missingKey(file, path, here, String(error.params.missingProperty), parent);
    case "discriminator":
      return wrongKind(file, path, here, error);
    case "enum":
    case "const":
      // `adopt: all` is one branch of a choice, which is reported as a whole.
      return error.schemaPath.includes("/anyOf/") ? undefined : notAllowed(file, path, here, error, expected);
    case "anyOf":
    case "type":
      if (error.keyword === "type" && error.schemaPath.includes("/anyOf/")) return undefined;
      return {
        code: "wrong-type",
        what: `${here} is ${wordsFor(error.data)}${error.keyword === "type" ? `, not ${typeWords(String(error.params.type))}` : ""}`,
        where: file.at(path),
        ...(expected === undefined ? {} : { why: `${expected}.` }),
        next: nextFor(parent, error.data),
      };
    case "oneOf":
      return undefined;
    default:
      return {
        code: "bad-value",
        what: `${here} ${wordsForBound(error)}`,
        where: file.at(path),
        ...(expected === undefined ? {} : { why: `${expected}.` }),
        next: nextForBound(error) ?? nextFor(parent, undefined),
      };
  }
}

function unknownKey(file: YamlFile, path: DataPath, key: string, schema: JsonObject): Problem {
  const known = Object.keys((schema.properties ?? {}) as JsonObject);
  const meant = nearest(key, known);
  return {
    code: "unknown-key",
    what: `\`${inDots([...path, key])}\` is not a key of this format`,
    where: file.atKey(path, key),
    why: `Here it knows ${listed(known)}.`,
    next: meant === undefined ? "Remove it." : `Write \`${meant}\` in its place.`,
  };
}

function missingKey(file: YamlFile, path: DataPath, here: string, key: string, schema: JsonObject): Problem {
  const members = (schema.properties ?? {}) as { readonly [name: string]: JsonObject };
  const member = members[key];
  const example = Array.isArray(member?.examples)
    ? ` For example: \`${key}: ${String(member.examples[0])}\`.`
    : "";
  const describes = typeof member?.description === "string" ? ` (${member.description})` : "";
  return {
    code: "missing-key",
    what: `${here} lacks \`${key}\`${describes}`,
    where: file.at(path),
    next: `Add \`${key}\`.${example}`,
  };
}

function wrongKind(file: YamlFile, path: DataPath, here: string, error: ErrorObject): Problem | undefined {
  const kinds = ["per-item", "periodic", "state"];
  const written: unknown = error.params.tagValue;
  // A missing kind is reported as a missing key.
  if (written === undefined) return undefined;
  const meant = typeof written === "string" ? nearest(written, kinds) : undefined;
  return {
    code: "not-in-list",
    what: `${here} has the kind ${JSON.stringify(written)}, and there is none of that name`,
    where: file.at([...path, "kind"]),
    why: `The kinds are ${listed(kinds)}.`,
    next: meant === undefined ? "Write one of them." : `Write \`${meant}\` in its place.`,
  };
}

function notAllowed(
  file: YamlFile,
  path: DataPath,
  here: string,
  error: ErrorObject,
  expected: string | undefined,
): Problem {
  const allowed =
    error.keyword === "const"
      ? [error.params.allowedValue as Json]
      : (error.params.allowedValues as readonly Json[]);
  const names = allowed.map(String);
  const meant = typeof error.data === "string" ? nearest(error.data, names) : undefined;
  const why = names.length <= 12 ? `It is one of ${listed(names)}.` : expected && `${expected}.`;
  return {
    code: "not-in-list",
    what: `${here} is ${wordsFor(error.data)}, which is not in the list`,
    where: file.at(path),
    ...(why === undefined ? {} : { why }),
    next: meant === undefined ? `Write one of those, such as \`${names[0]}\`.` : `Did you mean \`${meant}\`?`,
  };
}

function wordsForBound(error: ErrorObject): string {
  const limit = String(error.params.limit);
  switch (error.keyword) {
    case "minLength":
      return "is empty";
    case "maxLength":
      return `is longer than ${limit} characters`;
    case "minItems":
      return "is an empty list";
    case "minimum":
      return `is ${String(error.data)}, less than ${limit}`;
    case "maximum":
      return `is ${String(error.data)}, more than ${limit}`;
    case "uniqueItems":
      return "holds the same entry twice";
    case "pattern":
      return `is ${wordsFor(error.data)}, which does not have the form that is needed`;
    default:
      return `is not right: ${error.message ?? error.keyword}`;
  }
}

function nextForBound(error: ErrorObject): string | undefined {
  switch (error.keyword) {
    case "minLength":
      return "Write it, or remove the key where it may be left out.";
    case "minItems":
      return "Add an entry, or remove the key where it may be left out.";
    case "uniqueItems":
      return `Remove entry ${Math.max(Number(error.params.i), Number(error.params.j)) + 1}.`;
    default:
      return undefined;
  }
}

function nextFor(schema: JsonObject, written: unknown): string {
  const [example] = Array.isArray(schema.examples) ? (schema.examples as readonly Json[]) : [];
  if (schema.type === "string" && (typeof written === "number" || typeof written === "boolean"))
    return `Put it in quotes: "${String(written)}".`;
  if (example !== undefined) return `Write it as in \`${String(example)}\`.`;
  if (schema.type === "array") return "Write it as a list: [first, second].";
  if (schema.type === "boolean") return "Write true or false, without quotes.";
  if (schema.type === "object") return "Write it as keys with values: { key: value }.";
  return "Change it.";
}

function typeWords(type: string): string {
  const words: { readonly [type: string]: string } = {
    string: "a text",
    integer: "a whole number",
    number: "a number",
    boolean: "true or false",
    array: "a list",
    object: "a group of keys",
  };
  return words[type] ?? type;
}

/** As a reader would name what stands in the file. */
export function wordsFor(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a group of keys";
  if (typeof value === "string") return value === "" ? "an empty text" : JSON.stringify(value);
  return String(value);
}

export function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

/** "controls.adopt", "people[2].handle" */
export function inDots(path: DataPath): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step + 1}]` : index === 0 ? step : `.${step}`))
    .join("");
}

/** JSON Pointer to keys and indexes: a step is an index where the value is a list. */
function pathOf(pointer: string, root: Json): DataPath {
  const path: (string | number)[] = [];
  let value: unknown = root;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const step = Array.isArray(value) ? Number(name) : name;
    value = (value as { readonly [key: string | number]: unknown } | null)?.[step];
    path.push(step);
  }
  return path;
}
