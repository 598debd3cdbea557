/** The predicates that are read to a typed summary. Every other one is verified, kept, and called unknown. */
import type { Json, JsonObject } from "@countersign/kernel";
import { any, isPlainText, list, object, oneOf, text, whyNotShape } from "../json/shape.ts";

export const SLSA_PROVENANCE_V1 = "https://slsa.dev/provenance/v1";
export const MODEL_SIGNATURE_V1 = "https://model_signing/signature/v1.0";

export type ModelFile = {
  /** A path from the model's folder; of a part of a file "path:start:end". */
  readonly name: string;
  readonly algorithm: string;
  readonly digest: string;
};

export type Predicate =
  | {
      readonly kind: "slsa-provenance";
      readonly buildType: string;
      readonly builder: string;
      /** Where the build says that its source came from; absent where it does not say. */
      readonly sourceRepository?: string;
      readonly sourceRevision?: string;
    }
  | {
      readonly kind: "model-signature";
      readonly method: "files" | "shards";
      readonly files: readonly ModelFile[];
    }
  /** Signed all the same. `why` says whether there is no reader for it, or which part the reader did not find. */
  | { readonly kind: "unknown"; readonly why: string };

export function readPredicate(type: string, predicate: Json): Predicate {
  if (type === SLSA_PROVENANCE_V1) return readProvenance(predicate);
  if (type === MODEL_SIGNATURE_V1) return readModelSignature(predicate);
  return { kind: "unknown", why: "there is no reader for this predicate type" };
}

/** https://slsa.dev/spec/v1.0/provenance: consumers ignore members that they do not know. */
function readProvenance(predicate: Json): Predicate {
  const definition = memberOf(predicate, "buildDefinition");
  const buildType = textIn(definition, "buildType");
  const builder = textIn(memberOf(memberOf(predicate, "runDetails"), "builder"), "id");
  if (buildType === undefined)
    return { kind: "unknown", why: "predicate.buildDefinition.buildType: missing" };
  if (builder === undefined) return { kind: "unknown", why: "predicate.runDetails.builder.id: missing" };
  const workflow = memberOf(memberOf(definition, "externalParameters"), "workflow");
  const [first] = listIn(definition, "resolvedDependencies");
  const repository = textIn(workflow, "repository") ?? textIn(first, "uri");
  const digest = memberOf(first, "digest");
  const revision = textIn(digest, "gitCommit") ?? textIn(digest, "sha1");
  return {
    kind: "slsa-provenance",
    buildType,
    builder,
    ...(repository === undefined ? {} : { sourceRepository: repository }),
    ...(revision === undefined ? {} : { sourceRevision: revision }),
  };
}

const modelShape = object({
  resources: [
    list(
      object({
        name: [text(4096), "required"],
        digest: [text(256), "required"],
        algorithm: [oneOf("sha256", "blake2b", "blake3"), "required"],
        uri: [any, "optional"],
        content: [any, "optional"],
        downloadLocation: [any, "optional"],
        mediaType: [any, "optional"],
        annotations: [any, "optional"],
      }),
      0,
      200_000,
    ),
    "required",
  ],
  serialization: [
    object({
      method: [oneOf("files", "shards"), "required"],
      hash_type: [oneOf("sha256", "blake2b", "blake3"), "required"],
      allow_symlinks: [any, "required"],
      shard_size: [any, "optional"],
      ignore_paths: [any, "optional"],
    }),
    "required",
  ],
});

/** OpenSSF Model Signing v1.0, section 6. */
function readModelSignature(predicate: Json): Predicate {
  const fault = whyNotShape(modelShape, predicate);
  if (fault !== undefined) return { kind: "unknown", why: `predicate.${fault.at}: ${fault.why}` };
  // The shape was checked.
  const { resources, serialization } = predicate as unknown as {
    readonly resources: readonly ModelFile[];
    readonly serialization: { readonly method: "files" | "shards" };
  };
  const odd = resources.findIndex(({ digest }) => !/^(?:[0-9a-f]{2}){16,64}$/.test(digest));
  if (odd >= 0) return { kind: "unknown", why: `predicate.resources[${odd}].digest: not lowercase hex` };
  return {
    kind: "model-signature",
    method: serialization.method,
    files: resources.map(({ name, algorithm, digest }) => ({ name, algorithm, digest })),
  };
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined;
}

function textIn(value: Json | undefined, name: string): string | undefined {
  const found = memberOf(value, name);
  return typeof found === "string" && found !== "" && found.length <= 1024 && isPlainText(found)
    ? found
    : undefined;
}

function listIn(value: Json | undefined, name: string): readonly Json[] {
  const found = memberOf(value, name);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}
