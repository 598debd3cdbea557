/** What a source of the connector `github` may set. */
import { parseInstant, type EpochMs, type JsonObject } from "@countersign/kernel";
import type { ReadRequest } from "@countersign/application/ports";
import { DEFAULT_MAXIMUM_BYTES } from "../files/saved-file.ts";
import { Settings } from "../settings/settings.ts";

export type GithubSettings = {
  readonly files: readonly string[];
  /** The repository's name in the program; absent: as the pull requests' addresses have it. */
  readonly repository?: string;
  /** Base branches that count; empty: all that the files hold. */
  readonly branches: readonly string[];
  /** The `--limit` that the list was saved with. */
  readonly limit?: number;
  /** When the files were saved; absent: the latest time that they hold themselves. */
  readonly savedAt?: EpochMs;
  /** Labels that declare an emergency change; none: the files do not say. */
  readonly emergencyLabels: readonly string[];
  readonly maximumBytes: number;
};

/** @throws ProblemError naming the source and every setting that is wrong. */
export function readGithubSettings(source: ReadRequest["source"]): GithubSettings {
  const settings = Settings.of(source);
  const files = settings.texts("files", []);
  if (files.length === 0) {
    settings.complain(
      "files",
      "settings/missing",
      "is missing or empty",
      "name what was saved: files: [../exports/pulls.json]",
    );
  }
  const repository = settings.optionalText("repository");
  const limit = settings.integer("limit", 0, 1);
  const saved = settings.optionalText("savedAt");
  const savedAt = saved === undefined ? undefined : parseInstant(saved);
  if (savedAt?.ok === false) {
    settings.complain(
      "savedAt",
      "settings/value",
      `is ${JSON.stringify(saved)}: ${savedAt.error}`,
      "write date, time and zone: savedAt: 2026-07-01T09:00:00Z",
    );
  }
  const read: GithubSettings = {
    files,
    branches: settings.texts("branches", []),
    emergencyLabels: settings.texts("emergencyLabels", []),
    maximumBytes: settings.integer("maximumBytes", DEFAULT_MAXIMUM_BYTES, 1),
    ...(repository === undefined ? {} : { repository }),
    ...(limit === 0 ? {} : { limit }),
    ...(savedAt?.ok === true ? { savedAt: savedAt.value } : {}),
  };
  settings.finish();
  return read;
}

/** How the files were read, for the record of the read. */
export function mappingOf(settings: GithubSettings): JsonObject {
  return {
    id: "the merge commit",
    mergedAt: "when GitHub merged it",
    approvals:
      "of each person's reviews before the merge the last that approves, asks for changes or was dismissed decides",
    checks:
      "of each name the run that started last; neutral counts as skipped, cancelled and timed out as failed",
    lastPushedAt: "the committer date of the last commit",
    branches: settings.branches,
    emergencyLabels: settings.emergencyLabels,
  };
}
