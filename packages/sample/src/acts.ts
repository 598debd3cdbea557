/** What people decide beside the records: what was not owed, what was accepted, what they answer, what they explain. */
import { addDays, type LocalDate } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";
import { NOT_APPLICABLE_REASON, type PlannedOccurrence } from "./evidence.ts";
import type { SampleRelease } from "./model-releases.ts";
import type { SampleHire, SampleLeaver } from "./workforce.ts";

/** The person's handle stands in `approver`, `person` and `owner`; `item` is the id as the source has it. */
export type SampleActs = {
  readonly notApplicable: readonly {
    readonly control: string;
    readonly activity: string;
    readonly occurrence: string;
    readonly reason: string;
    readonly approver: string;
  }[];
  readonly exceptions: readonly {
    readonly control: string;
    readonly attribute: string;
    readonly items: readonly string[];
    readonly until: LocalDate;
    readonly compensatingControl: string;
    readonly reason: string;
    readonly approver: string;
  }[];
  readonly responses: readonly {
    readonly control: string;
    readonly activity: string;
    readonly attribute: string;
    readonly item: string;
    readonly cause: string;
    readonly response: string;
    readonly correctiveAction: string;
    readonly owner: string;
    readonly due: LocalDate;
    readonly person: string;
  }[];
  readonly resolutions: readonly {
    readonly kind: string;
    readonly source: string;
    readonly key: string;
    readonly items: readonly string[];
    readonly resolution: "explained";
    readonly reason: string;
    readonly person: string;
  }[];
};

export function planActs(
  calendar: Calendar,
  facts: {
    readonly occurrences: readonly PlannedOccurrence[];
    readonly hires: readonly SampleHire[];
    readonly leavers: readonly SampleLeaver[];
    readonly releases: readonly SampleRelease[];
    /** Registered, and loaded by no server. */
    readonly unserved: string | undefined;
  },
): SampleActs {
  const soon = addDays(calendar.through, 60);
  const unserved = facts.releases.find((release) => release.digest === facts.unserved);
  const response = { owner: "emrin", due: soon, person: "emrin" };
  return {
    notApplicable: facts.occurrences
      .filter((occurrence) => occurrence.state === "not-applicable")
      .map(({ control, activity, occurrence }) => ({
        control,
        activity,
        occurrence,
        reason: NOT_APPLICABLE_REASON,
        approver: "corvan",
      })),
    exceptions: facts.hires
      .filter((hire) => hire.story === "checked-after-access")
      .map((hire) => ({
        control: "HR-01",
        attribute: "checked-before-access",
        items: [hire.id],
        until: addDays(hire.person.from, 30),
        compensatingControl: "Only the handbook could be read until the check had come back",
        reason: "The provider of checks was late, and the first day could not be moved",
        approver: "delphine",
      })),
    responses: [
      ...facts.leavers
        .filter((leaver) => leaver.story === "after-26-hours")
        .map((leaver) => ({
          control: "IAM-03",
          activity: "removal",
          attribute: "removed-in-time",
          item: leaver.id,
          cause: "The last account lay outside single sign-on, and its removal waited for the morning shift",
          response:
            "The account was removed by hand after 26 hours; its log shows no sign-in after the last day",
          correctiveAction: "Bring the billing desk behind single sign-on",
          ...response,
        })),
      ...facts.releases
        .filter((release) => release.story === "approved-after")
        .map((release) => ({
          control: "MDL-01",
          activity: "release",
          attribute: "approved-before",
          item: release.id,
          cause: "The pipeline let a release through while the approval step was being renamed",
          response: "The release was read and approved three hours after it began to serve",
          correctiveAction: "Let the pipeline stop where the approval step is missing",
          ...response,
        })),
    ],
    resolutions:
      unserved === undefined
        ? []
        : [
            {
              kind: "model-release",
              source: "serving-log",
              key: "digest",
              items: [unserved.id],
              resolution: "explained",
              reason: "Registered and withdrawn within the hour, before any server loaded it",
              person: "quenby",
            },
          ],
  };
}
