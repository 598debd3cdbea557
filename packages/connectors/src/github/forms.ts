/** Tells what a value of a saved file is, by the members that only that form has. */
import type { Json, JsonObject } from "@countersign/kernel";
import { asList, asObject, asText, member } from "../json/access.ts";

export type Form =
  | { readonly kind: "gh-pull"; readonly value: Json }
  | { readonly kind: "rest-pull"; readonly value: Json }
  | { readonly kind: "bundle"; readonly value: Json }
  | { readonly kind: "graphql-page"; readonly value: Json; readonly pulls: readonly Json[] }
  | { readonly kind: "deployment"; readonly value: Json; readonly repository: string | undefined }
  /** A saved answer that is an error: nothing was read from GitHub. */
  | { readonly kind: "error-answer"; readonly words: string }
  | { readonly kind: "other"; readonly words: string };

/** The members that lead to the pull requests of a GraphQL answer. */
export const GRAPHQL_PATH: readonly string[] = ["data", "repository", "pullRequests", "nodes"];

export function formOf(value: Json): Form {
  const object = asObject(value);
  if (object === undefined)
    return { kind: "other", words: `a ${Array.isArray(value) ? "list" : typeof value}` };
  const has = (...names: readonly string[]): boolean => names.some((name) => object[name] !== undefined);
  const pulls = asList(member(object, ...GRAPHQL_PATH));
  if (pulls !== undefined) return { kind: "graphql-page", value, pulls };
  if (has("errors") && (has("data") || asList(object.errors) !== undefined)) return errorAnswer(object);
  if (asObject(object.pull) !== undefined) return { kind: "bundle", value };
  if (has("number") && has("mergedAt", "mergeCommit", "headRefOid", "baseRefName"))
    return { kind: "gh-pull", value };
  if (has("number") && has("merged_at", "merge_commit_sha")) return { kind: "rest-pull", value };
  if (has("sha") && has("environment") && has("created_at"))
    return { kind: "deployment", value, repository: undefined };
  if (has("action", "hook_id")) return webhook(object);
  if (has("scope") && has("path") && has("status")) return recording(object);
  if (has("message") && has("documentation_url", "status")) return errorAnswer(object);
  return { kind: "other", words: `an object with ${Object.keys(object).slice(0, 4).join(", ")}` };
}

function webhook(object: JsonObject): Form {
  if (asObject(object.deployment) !== undefined && object.workflow_run === undefined) {
    const repository = asText(member(object, "repository", "full_name"));
    return { kind: "deployment", value: object.deployment ?? null, repository };
  }
  const pull = asObject(object.pull_request);
  if (pull !== undefined) return { kind: "rest-pull", value: pull };
  const subject = Object.keys(object).filter(
    (name) => !["action", "organization", "repository", "sender", "installation"].includes(name),
  );
  return {
    kind: "other",
    words: `a webhook of ${subject[0] ?? "the repository"} (${asText(object.action) ?? "no action"})`,
  };
}

/** A recording says what one request was answered; a 404 there can mean "off" as well as "you may not see it". */
function recording(object: JsonObject): Form {
  const method = (asText(object.method) ?? "get").toUpperCase();
  const status = typeof object.status === "number" ? object.status : 0;
  return {
    kind: "other",
    words: `a recorded exchange, ${method} ${asText(object.path) ?? ""}, answered with ${status}`,
  };
}

function errorAnswer(object: JsonObject): Form {
  const first = asText(member(asList(object.errors)?.[0], "message"));
  return { kind: "error-answer", words: first ?? asText(object.message) ?? "an error without words" };
}
