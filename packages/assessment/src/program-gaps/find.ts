/** All checks over a program on a day, in the order in which a customer's reviewer would ask. */
import { compareText, type LocalDate } from "@countersign/kernel";
import { categoryOf, type Person, type Program } from "@countersign/program";
import { dataChecks } from "./data-checks.ts";
import { emptyChecks } from "./empty-checks.ts";
import type { Check, Found, ProgramGap, Seen } from "./model.ts";
import { modelChecks } from "./model-checks.ts";
import { ownerChecks } from "./owner-checks.ts";
import { promiseChecks } from "./promise-checks.ts";
import { registerChecks } from "./register-checks.ts";
import { scopeChecks } from "./scope-checks.ts";
import { seenOn } from "./seen.ts";
import { vendorReportChecks } from "./vendor-report-checks.ts";
import { vendorTermsChecks } from "./vendor-terms-checks.ts";

const notDescribed: Check = {
  code: "system-not-described",
  criteria: ["CC2.1", "CC3.1"],
  why: "Scope, data, models and vendors are what customers and auditors ask for first.",
  next: "Add service.yaml, boundary.yaml, data.yaml, models.yaml, vendors.yaml, policies.yaml and registers.yaml to the program folder.",
  look: ({ program }) =>
    program.system === undefined
      ? [
          {
            what: "The program says nothing of the system that it is about.",
            facts: ["program/services", "program/components"],
          },
        ]
      : [],
};

export const checks: readonly Check[] = [
  notDescribed,
  ...promiseChecks,
  ...emptyChecks,
  ...scopeChecks,
  ...dataChecks,
  ...modelChecks,
  ...vendorTermsChecks,
  ...vendorReportChecks,
  ...registerChecks,
  ...ownerChecks,
];

/**
 * First what is done with customers' data and where it goes, then what the report covers, then whose reports it rests on, then
 * what went wrong, then how models and changes are held, then whether the routine runs. An order of our own, after what auditors
 * and customers of AI companies are reported to ask first; no standard sets one.
 */
export const reviewersOrder: readonly string[] = `
  system-not-described nothing-promised no-stores no-vendors no-components no-models
  prohibited-data-trained training-terms-not-said vendor-may-train vendor-training-not-said training-not-said training-without-ground
  kept-longer-than-promised vendor-keeps-longer retention-not-said vendor-retention-not-said
  vendor-without-contract flow-beyond-data-sent named-outside
  left-out-of-scope scope-undecided store-without-component category-not-chosen
  subservice-undecided vendor-report-expired vendor-report-gap vendor-without-report vendor-never-reviewed vendor-opinion
  vendor-report-other-product vendor-report-not-type-2 vendor-exceptions-open vendor-user-controls-open vendor-nested-carve-out
  vendor-review-old subservice-method-not-said subservice-without-controls subservice-control-unwatched
  criterion-answered-by-no-vendor
  incident-notice-late incident-undecided incident-without-post-mortem
  model-id-alias model-version-without-id model-without-version model-version-without-data model-version-without-digest
  model-version-without-code model-without-vendor model-without-risk model-id-unclear
  dataset-customers-not-said dataset-without-intake dataset-approved-after-use dataset-without-opt-out-filter dataset-without-digest
  finding-overdue finding-not-retested finding-without-due
  user-control-untold user-control-without-commitment user-control-without-criteria
  owner-left without-owner
  policy-not-approved policy-approval-old policy-without-text no-policies
  risk-not-reviewed risk-without-control no-risks
  change-undecided scope-without-rationale category-without-commitment in-scope-unneeded never-named
`
  .trim()
  .split(/\s+/);

const askOf: ReadonlyMap<string, number> = new Map(reviewersOrder.map((code, index) => [code, index + 1]));

/**
 * What a program lacks on a day. The same program gives the same gaps in the same order, in whatever order its files list things.
 * @param people the directory beside the program: who was there until when
 * @param day things are as the program has them on that day; what happened later has not happened
 */
export function programGaps(
  program: Program,
  people: readonly Person[],
  day: LocalDate,
): readonly ProgramGap[] {
  const seen = seenOn(program, people, day);
  // What nothing is said of cannot be wrong in its parts.
  const asked = program.system === undefined ? [notDescribed, ...ownerChecks] : checks;
  return inOrder(asked.flatMap((check) => check.look(seen).map((found) => gapOf(check, found, seen))));
}

export function gapOf(
  check: Omit<Check, "look">,
  { owner, ...found }: Found,
  { program }: Pick<Seen, "program">,
): ProgramGap {
  return {
    code: check.code,
    ...found,
    ...(owner !== undefined && { owner }),
    criteria: check.criteria.filter((id) => program.categories.includes(categoryOf(id))),
    why: check.why,
    next: found.next ?? check.next,
    ask: askOf.get(check.code) ?? reviewersOrder.length + 1,
  };
}

export function inOrder(gaps: readonly ProgramGap[]): readonly ProgramGap[] {
  // Joined once each: a comparison is made many times over.
  return gaps
    .map((gap) => ({ gap, facts: gap.facts.join("\n") }))
    .sort(
      (a, b) => a.gap.ask - b.gap.ask || compareText(a.facts, b.facts) || compareText(a.gap.what, b.gap.what),
    )
    .map(({ gap }) => gap);
}
