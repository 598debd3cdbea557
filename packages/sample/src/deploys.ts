/** Deployments to production: the pipeline's own list, and what the cluster's audit log saw. */
import type { EpochMs } from "@countersign/kernel";
import { MINUTE_MS, type Calendar } from "./calendar.ts";
import { DEPLOY_BOT, employedOn, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import type { SampleChange } from "./repositories.ts";
import { makeTable, numbered, utc, withOffset, type SampleTable } from "./table.ts";

export type SampleDeploy = {
  readonly id: string;
  readonly service: string;
  /** A revision of `api`; no two deployments carry the same. */
  readonly revision: string;
  readonly deployedAt: EpochMs;
  readonly approvedBy: SamplePerson;
  readonly approvedAt: EpochMs;
  readonly outcome: "succeeded" | "failed" | "rolled back";
};

/** @returns so many deployments in the order of their times; fewer where the window holds fewer changes of `api`. */
export function planDeploys(
  calendar: Calendar,
  changes: readonly SampleChange[],
  people: readonly SamplePerson[],
  count: number,
  random: SeededRandom,
): SampleDeploy[] {
  const end = calendar.at(calendar.through, 23);
  const deployable = changes
    .filter((change) => change.inWindow && change.repository === "api")
    .map((change) => ({ change, at: change.mergedAt + random.integer(6, 150) * MINUTE_MS }))
    .filter(({ at }) => at < end);
  const chosen = random.some(deployable, count).sort((a, b) => a.at - b.at);
  return chosen.map(({ change, at }, index) => {
    const date = calendar.dateAt(at);
    const onCall = people.filter(
      (person) => person.reviews > 4 && person !== change.author && employedOn(person, date),
    );
    return {
      id: numbered("dep", index),
      service: change.area,
      revision: change.revision,
      deployedAt: at,
      approvedBy: random.pick(onCall),
      approvedAt: at - random.integer(1, 5) * MINUTE_MS,
      outcome: random.weighted(["succeeded", "failed", "rolled back"] as const, (outcome) =>
        outcome === "succeeded" ? 96 : 2,
      ),
    };
  });
}

export function deployTables(
  calendar: Calendar,
  deploys: readonly SampleDeploy[],
  random: SeededRandom,
): SampleTable[] {
  const pipeline = makeTable<SampleDeploy>(
    { source: "deploy-pipeline", kind: "deploy" },
    [
      { header: "Deployment", field: "id", cell: (row) => row.id },
      { header: "Service", field: "service", cell: (row) => row.service },
      { header: "Commit", field: "revision", cell: (row) => row.revision },
      { header: "Environment", field: "environment", cell: () => "production" },
      { header: "Started", field: "deployedAt", cell: (row) => utc(row.deployedAt) },
      { header: "Started by", field: "deployedBy", as: "email", cell: () => DEPLOY_BOT.email },
      { header: "Approved", field: "approved", as: "yes-no", cell: () => "yes" },
      { header: "Approved by", field: "approvedBy", as: "email", cell: (row) => row.approvedBy.email },
      { header: "Approved at", field: "approvedAt", cell: (row) => utc(row.approvedAt) },
      { header: "Emergency", field: "emergency", as: "yes-no", cell: () => "no" },
      { header: "Outcome", field: "outcome", cell: (row) => row.outcome },
    ],
    deploys,
  );
  // The cluster writes its own log: other ids, times some seconds later, its own order.
  const seen = deploys.map((deploy) => ({ deploy, at: deploy.deployedAt + random.integer(4, 75) * 1000 }));
  seen.sort((a, b) => a.at - b.at);
  const cluster = makeTable<(typeof seen)[number]>(
    { source: "cluster-audit-log", kind: "deploy" },
    [
      { header: "Audit id", field: "id", cell: (row) => `rollout-${row.deploy.revision.slice(0, 12)}` },
      { header: "Workload", field: "service", cell: (row) => row.deploy.service },
      { header: "Image revision", field: "revision", cell: (row) => row.deploy.revision },
      { header: "Rolled out at", field: "deployedAt", cell: (row) => withOffset(calendar, row.at) },
    ],
    seen,
  );
  return [pipeline, cluster];
}
