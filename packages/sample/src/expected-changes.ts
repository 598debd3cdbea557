/** What was planted in changes, deployments and releases of models. */
import { CHANGE_TRUTH } from "./change-stories.ts";
import type { SampleRelease } from "./model-releases.ts";
import {
  deviated,
  expectActivity,
  unknown,
  type ExpectedActivity,
  type Owing,
  type Verdict,
} from "./oracle.ts";
import type { SampleChange } from "./repositories.ts";

function verdict(good: boolean, why: string): Verdict {
  return good ? "operated" : deviated(why);
}

export function expectChanges(changes: readonly SampleChange[]): ExpectedActivity[] {
  const owing = changes
    .filter((change) => change.inWindow)
    .map((change): Owing => {
      const truth = CHANGE_TRUTH[change.story];
      return {
        id: change.revision,
        verdicts: {
          "approved-by-another": verdict(truth.approvedByAnother, change.story),
          "approved-before-merge": verdict(truth.approvedBeforeMerge, change.story),
          "approved-revision": verdict(truth.approvedRevision, change.story),
          "checks-passed": verdict(truth.checksPassed, change.story),
        },
      };
    });
  return [
    expectActivity(
      { control: "CHG-01", activity: "change", source: "history" },
      ["approved-by-another", "approved-before-merge", "approved-revision", "checks-passed"],
      owing,
    ),
    // Emergencies did not occur: the pipeline's list agrees with the cluster's, and names none.
    expectActivity(
      { control: "CHG-02", activity: "emergency", source: "deploy-pipeline" },
      ["approved-by-another", "approved-in-time"],
      [],
    ),
  ];
}

export function expectReleases(releases: readonly SampleRelease[]): ExpectedActivity[] {
  const gate = releases.map((release): Owing => {
    const { id, story } = release;
    const said = (good: boolean) =>
      story === "old-form" ? unknown("the registry's old form did not ask for it") : verdict(good, story);
    return {
      id,
      verdicts: {
        "evaluated-digest": said(story !== "other-digest"),
        "threshold-met": said(story !== "threshold-not-met"),
        "approved-by-another": verdict(story !== "self-approved", story),
        "approved-before": verdict(story !== "approved-after", story),
        "rollback-named": verdict(story !== "no-rollback", story),
      },
    };
  });
  const lineage = releases.map(({ id, story }): Owing => ({
    id,
    verdicts: { "data-recorded": verdict(story !== "no-lineage", story) },
  }));
  const source = "model-registry";
  return [
    expectActivity(
      { control: "MDL-01", activity: "release", source },
      ["evaluated-digest", "threshold-met", "approved-by-another", "approved-before", "rollback-named"],
      gate,
    ),
    expectActivity(
      { control: "MDL-03", activity: "lineage", source },
      ["data-recorded", "code-recorded", "owned"],
      lineage,
    ),
  ];
}
