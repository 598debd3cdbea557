/** Five ways in which programs of AI companies come apart, each with the gaps that show it and what to do about all of them. */
import type { ProgramGap } from "./model.ts";

export type Pitfall = {
  readonly id: "data-lifecycle" | "releases" | "vendors" | "routine" | "scope";
  readonly name: string;
  readonly codes: readonly string[];
  readonly action: string;
};

/** Every code stands in one of them, except for those that say that nothing was written yet. */
export const pitfalls: readonly Pitfall[] = [
  {
    id: "data-lifecycle",
    name: "No data lifecycle",
    codes: [
      "no-stores",
      "prohibited-data-trained",
      "training-terms-not-said",
      "training-not-said",
      "training-without-ground",
      "kept-longer-than-promised",
      "retention-not-said",
      "dataset-customers-not-said",
      "dataset-without-intake",
      "dataset-approved-after-use",
      "dataset-without-opt-out-filter",
      "dataset-without-digest",
    ],
    action:
      "Go through the stores once: for each, what comes in, on what ground it may train models, when it goes, and what shows that it went. Then make intake of data sets an approval that nothing can pass without.",
  },
  {
    id: "releases",
    name: "Informal releases",
    codes: [
      "no-models",
      "model-id-alias",
      "model-id-unclear",
      "model-version-without-id",
      "model-without-version",
      "model-version-without-data",
      "model-version-without-digest",
      "model-version-without-code",
      "model-without-risk",
      "change-undecided",
    ],
    action:
      "Treat each move of a model, prompt or guardrail as a release: a version with a digest or a pinned id, its data and code, an evaluation of the same digest, and an approval before it serves.",
  },
  {
    id: "vendors",
    name: "Vendors that do not match reality",
    codes: [
      "no-vendors",
      "vendor-may-train",
      "vendor-training-not-said",
      "vendor-keeps-longer",
      "vendor-retention-not-said",
      "vendor-without-contract",
      "flow-beyond-data-sent",
      "named-outside",
      "never-named",
      "subservice-undecided",
      "subservice-method-not-said",
      "subservice-without-controls",
      "subservice-control-unwatched",
      "criterion-answered-by-no-vendor",
      "vendor-report-expired",
      "vendor-report-gap",
      "vendor-without-report",
      "vendor-report-not-type-2",
      "vendor-opinion",
      "vendor-report-other-product",
      "vendor-exceptions-open",
      "vendor-user-controls-open",
      "vendor-nested-carve-out",
      "model-without-vendor",
    ],
    action:
      "Lay the inventory beside the spend, sign-on and egress lists; for each vendor that is sent customers' data, read contract and report in one sitting and write down what they say.",
  },
  {
    id: "routine",
    name: "A routine that does not run",
    codes: [
      "vendor-never-reviewed",
      "vendor-review-old",
      "incident-notice-late",
      "incident-undecided",
      "incident-without-post-mortem",
      "finding-overdue",
      "finding-not-retested",
      "finding-without-due",
      "owner-left",
      "without-owner",
      "policy-not-approved",
      "policy-approval-old",
      "policy-without-text",
      "no-policies",
      "risk-not-reviewed",
      "risk-without-control",
      "no-risks",
    ],
    action:
      "Set one hour a month: what falls due, what is open past its day, who has left. Close each with a date and a name, or write down why not.",
  },
  {
    id: "scope",
    name: "Scope that drifts",
    codes: [
      "no-components",
      "left-out-of-scope",
      "scope-undecided",
      "scope-without-rationale",
      "in-scope-unneeded",
      "store-without-component",
      "category-not-chosen",
      "category-without-commitment",
      "user-control-untold",
      "user-control-without-commitment",
      "user-control-without-criteria",
    ],
    action:
      "Start from what customers are promised, and follow each promise to what it rests on. What it rests on is in, with an owner; the rest is out, with a reason. Look again at each new component.",
  },
];

/** The pitfalls that a program is in, worst first: by the first of their gaps that a reviewer would ask about. */
export function pitfallsOf(
  gaps: readonly ProgramGap[],
): readonly (Pitfall & { readonly gaps: readonly ProgramGap[] })[] {
  return pitfalls
    .map((pitfall) => ({ ...pitfall, gaps: gaps.filter(({ code }) => pitfall.codes.includes(code)) }))
    .filter((pitfall) => pitfall.gaps.length > 0)
    .sort((a, b) => (a.gaps[0]?.ask ?? 0) - (b.gaps[0]?.ask ?? 0));
}
