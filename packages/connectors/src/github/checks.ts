/** GitHub's check runs and commit statuses as the four outcomes of a check. */
import type { EpochMs } from "@countersign/kernel";
import type { Check } from "./pull.ts";

const CONCLUSIONS: { readonly [conclusion: string]: Check["outcome"] } = {
  success: "passed",
  failure: "failed",
  timed_out: "failed",
  cancelled: "failed",
  action_required: "failed",
  startup_failure: "failed",
  // Neither says that anything was found good.
  neutral: "skipped",
  skipped: "skipped",
  // GitHub gave up waiting for it.
  stale: "pending",
};

const STATES: { readonly [state: string]: Check["outcome"] } = {
  success: "passed",
  failure: "failed",
  error: "failed",
  pending: "pending",
  expected: "pending",
};

export function runOutcome(status: string | undefined, conclusion: string | undefined): Check["outcome"] {
  if (status !== undefined && status.toLowerCase() !== "completed") return "pending";
  return CONCLUSIONS[(conclusion ?? "").toLowerCase()] ?? "pending";
}

export function statusOutcome(state: string | undefined): Check["outcome"] {
  return STATES[(state ?? "").toLowerCase()] ?? "pending";
}

export function checkOf(
  names: readonly (string | undefined)[],
  outcome: Check["outcome"],
  startedAt: EpochMs | undefined,
  at: EpochMs | undefined,
): Check {
  const name = names.filter((part) => part !== undefined).join(" / ");
  return {
    name: name === "" ? "(no name)" : name,
    outcome,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(at === undefined ? {} : { at }),
  };
}

/** A check that was run again stands several times; the run that started last counts, as on GitHub's own pages. */
export function latestRuns(checks: readonly Check[]): readonly Check[] {
  const latest = new Map<string, Check>();
  for (const check of checks) {
    const other = latest.get(check.name);
    if (other === undefined || (check.startedAt ?? 0) >= (other.startedAt ?? 0))
      latest.set(check.name, check);
  }
  return [...latest.values()];
}
