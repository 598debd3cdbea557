/** An in-toto statement (in-toto attestation framework v1, Statement): of which things it speaks, and what it says. */
import { createHash } from "node:crypto";
import { err, ok, type JsonObject, type Result } from "@countersign/kernel";
import { any, list, object, oneOf, text, whyNotShape, type Fault } from "../json/shape.ts";
import { parseStrictJson } from "../json/strict-json.ts";
import { readPredicate, type Predicate } from "./predicates.ts";

export const STATEMENT_PAYLOAD_TYPE = "application/vnd.in-toto+json";

const PAYLOAD_BYTES_MAX = 12 * 1024 * 1024;
const SUBJECTS_MAX = 20_000;

export type NamedDigest = {
  readonly name: string;
  /** Lowercase hex by algorithm, as the statement names it: "sha256", "gitCommit". */
  readonly digests: { readonly [algorithm: string]: string };
};

export type Statement = {
  readonly predicateType: string;
  /** In the order of the statement; at least one. */
  readonly subjects: readonly NamedDigest[];
  readonly predicate: Predicate;
};

const statementShape = object({
  _type: [oneOf("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"), "required"],
  subject: [
    list(
      object({
        name: [text(4096), "optional"],
        digest: [any, "required"],
        uri: [text(4096), "optional"],
        content: [text(65_536), "optional"],
        downloadLocation: [text(4096), "optional"],
        mediaType: [text(), "optional"],
        annotations: [any, "optional"],
      }),
      1,
      SUBJECTS_MAX,
    ),
    "required",
  ],
  predicateType: [text(), "required"],
  predicate: [any, "optional"],
});

export function readStatement(payload: Uint8Array): Result<Statement, Fault> {
  const parsed = parseStrictJson(payload, PAYLOAD_BYTES_MAX);
  if (!parsed.ok) return err({ at: "statement", why: parsed.error });
  const fault = whyNotShape(statementShape, parsed.value);
  if (fault !== undefined) return err({ at: placeOf(fault.at), why: fault.why });
  // The shape was checked.
  const statement = parsed.value as unknown as {
    readonly subject: readonly { readonly name?: string; readonly digest: JsonObject }[];
    readonly predicateType: string;
    readonly predicate?: JsonObject;
  };
  const subjects: NamedDigest[] = [];
  for (const [position, { name, digest }] of statement.subject.entries()) {
    const why = whyNotDigests(digest);
    if (why !== undefined) return err({ at: `statement.subject[${position}].digest`, why });
    subjects.push({ name: name ?? "", digests: digest as { readonly [algorithm: string]: string } });
  }
  const predicate = readPredicate(statement.predicateType, statement.predicate ?? {});
  if (predicate.kind === "model-signature") {
    const wrong = whyNotRootDigest(subjects, predicate);
    if (wrong !== undefined) return err({ at: "statement.subject[0].digest", why: wrong });
  }
  return ok({ predicateType: statement.predicateType, subjects, predicate });
}

const placeOf = (at: string): string => (at === "" ? "statement" : `statement.${at}`);

function whyNotDigests(digest: unknown): string | undefined {
  if (typeof digest !== "object" || digest === null || Array.isArray(digest)) return "not a set of digests";
  const entries = Object.entries(digest);
  if (entries.length === 0 || entries.length > 16) return "one to sixteen digests are needed";
  const isHex = ([algorithm, value]: [string, unknown]) =>
    /^[\w-]{1,32}$/.test(algorithm) && typeof value === "string" && /^[0-9a-f]{16,256}$/.test(value);
  return entries.every(isHex) ? undefined : "a digest is lowercase hex under the name of its algorithm";
}

/** The one subject is the SHA-256 over the digests of the files, in their order (OMS v1.0, section 6.5.1). */
function whyNotRootDigest(
  subjects: readonly NamedDigest[],
  predicate: Predicate & { kind: "model-signature" },
): string | undefined {
  const root = createHash("sha256");
  for (const { digest } of predicate.files) root.update(Buffer.from(digest, "hex"));
  return subjects.length === 1 && subjects[0]?.digests["sha256"] === root.digest("hex")
    ? undefined
    : "not the digest over the files that the predicate lists";
}
