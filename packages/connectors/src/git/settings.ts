/** What a source of the connector `git` may set, with its defaults. */
import type { JsonObject } from "@countersign/kernel";
import type { ReadRequest } from "@countersign/application/ports";
import { Settings } from "../settings/settings.ts";

export type RepositorySettings = {
  readonly name: string;
  /** As the program writes it, relative to its folder. */
  readonly path: string;
  /** Empty: the branch that HEAD names. */
  readonly branches: readonly string[];
};

export type GitSettings = {
  readonly repositories: readonly RepositorySettings[];
  readonly approvalKeys: readonly string[];
  /** What a change without an approval trailer says: nothing is known, or nobody approved. */
  readonly whenAbsent: "unknown" | "no-approval";
  readonly checkKeys: readonly string[];
  readonly bypassPattern: RegExp;
  readonly linkKeys: readonly string[];
  readonly ticketPatterns: readonly RegExp[];
};

export const DEFAULT_APPROVALS = ["Reviewed-by", "Approved-by", "Acked-by"];
export const DEFAULT_CHECKS = [
  "LUCI-TryBot-Result",
  "TryBot-Result",
  "Tested-by",
  "Checks-passed",
  "CI-Result",
];
/** Trailers that name the review or pull request which carried the change. */
export const PULL_REQUEST_KEYS = [
  "PR-URL",
  "GitHub-Pull-Request",
  "Pull-Request",
  "Merge-Request",
  "MR",
  "Reviewed-on",
  "Differential-Revision",
];
export const DEFAULT_LINKS = [...PULL_REQUEST_KEYS, "Change-Id", "Link"];
const DEFAULT_BYPASS = "bypass|override|skip|emergency";

/** @throws ProblemError naming the source and every setting that is wrong. */
export function readGitSettings(source: ReadRequest["source"]): GitSettings {
  const settings = Settings.of(source);
  const repositories = settings.objects("repositories").map((entry) => ({
    name: entry.text("name", "give the repository the name that its changes shall carry, e.g. name: api"),
    path: entry.text("path", "say where it is, e.g. path: ../repositories/api"),
    branches: entry.texts("branches", []),
  }));
  if (!settings.has("repositories") || repositories.length === 0) {
    settings.complain(
      "repositories",
      "settings/missing",
      "is missing or empty",
      "name at least one: repositories: [{ name: api, path: ../repositories/api, branches: [main] }]",
    );
  }
  const names = repositories.map((repository) => repository.name);
  const twice = names.find((name, index) => name !== "" && names.indexOf(name) !== index);
  if (twice !== undefined) {
    settings.complain(
      "repositories",
      "settings/duplicate",
      `holds two repositories named ${twice}`,
      "give each its own name",
    );
  }
  for (const name of names.filter(
    (one) => (one !== "" && !/^[\w.-]+(?:\/[\w.-]+)*$/.test(one)) || one.includes(".."),
  )) {
    settings.complain(
      "repositories",
      "settings/value",
      `holds the name ${JSON.stringify(name)}`,
      "use letters, digits, hyphens, dots and slashes, e.g. name: api",
    );
  }
  const approvals = settings.object("approvals");
  const checks = settings.object("checks");
  const links = settings.object("links");
  const read: GitSettings = {
    repositories,
    approvalKeys: approvals.texts("trailers", DEFAULT_APPROVALS),
    whenAbsent: approvals.oneOf("whenAbsent", ["unknown", "no-approval"], "unknown"),
    checkKeys: checks.texts("trailers", DEFAULT_CHECKS),
    bypassPattern: pattern(settings.object("bypasses"), "pattern", DEFAULT_BYPASS),
    linkKeys: links.texts("trailers", DEFAULT_LINKS),
    ticketPatterns: links.texts("tickets", []).map((text) => compile(links, "tickets", text, "g")),
  };
  settings.finish();
  return read;
}

/** The settings as they were applied, for the record of the read. */
export function mappingOf(settings: GitSettings): JsonObject {
  return {
    approvals: { trailers: settings.approvalKeys, whenAbsent: settings.whenAbsent },
    checks: { trailers: settings.checkKeys },
    bypasses: { pattern: settings.bypassPattern.source },
    links: {
      trailers: settings.linkKeys,
      tickets: settings.ticketPatterns.map((ticket) => ticket.source),
    },
  };
}

function pattern(settings: Settings, key: string, fallback: string): RegExp {
  return compile(settings, key, settings.optionalText(key) ?? fallback, "i");
}

/** Messages are written by anyone, so a pattern that could take exponential time on one of them is refused. */
function compile(settings: Settings, key: string, text: string, flags: string): RegExp {
  const never = /(?!)/;
  if (/\([^)]*[*+}][^)]*\)[*+{]/.test(text) || /\\[1-9]/.test(text)) {
    settings.complain(
      key,
      "settings/pattern",
      `holds the pattern ${text}, which repeats a repetition or refers back`,
      'write it without, e.g. "[A-Z]+-[0-9]+"',
    );
    return never;
  }
  try {
    return new RegExp(text, flags);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    settings.complain(
      key,
      "settings/pattern",
      `is not a regular expression (${why})`,
      'write e.g. "[A-Z]+-[0-9]+"',
    );
    return never;
  }
}
