/** What was planted in joiners, leavers, duties and access. */
import { type LocalDate } from "@countersign/kernel";
import type { SampleGrant, SampleSession } from "./access.ts";
import type { Calendar } from "./calendar.ts";
import type { SampleDuty } from "./duties.ts";
import { deviated, expectActivity, unknown, type ExpectedActivity, type Verdict } from "./oracle.ts";
import type { SampleHire, SampleLeaver } from "./workforce.ts";

function verdict(good: boolean, why: string): Verdict {
  return good ? "operated" : deviated(why);
}

export function expectHires(hires: readonly SampleHire[]): ExpectedActivity[] {
  const source = "hr-joiners";
  const open = (hire: SampleHire) => hire.story === "still-open";
  return [
    expectActivity(
      { control: "HR-01", activity: "check", source },
      ["checked-before-access"],
      hires.map((hire) => ({
        id: hire.id,
        verdicts: { "checked-before-access": verdict(hire.story !== "checked-after-access", hire.story) },
      })),
    ),
    expectActivity(
      { control: "HR-02", activity: "at-hire", source },
      ["trained-in-time"],
      hires.map((hire) => ({
        id: hire.id,
        notDue: open(hire),
        verdicts: { "trained-in-time": verdict(hire.story !== "trained-late", "after 35 days") },
      })),
    ),
    expectActivity(
      { control: "GOV-02", activity: "at-hire", source },
      ["acknowledged-in-time"],
      hires.map((hire) => ({
        id: hire.id,
        notDue: open(hire),
        verdicts: { "acknowledged-in-time": verdict(hire.story !== "signed-late", "after 17 days") },
      })),
    ),
  ];
}

/** @param changed the first day of the second wording */
export function expectLeavers(
  calendar: Calendar,
  leavers: readonly SampleLeaver[],
  changed: LocalDate | undefined,
): ExpectedActivity {
  const ended = leavers.filter((leaver) => calendar.holds(leaver.lastDay));
  return expectActivity(
    { control: "IAM-03", activity: "removal", source: "hr-leavers" },
    ["removed-in-time"],
    ended.map((leaver) => ({
      id: leaver.id,
      verdicts: { "removed-in-time": leaverVerdict(leaver, changed) },
    })),
  );
}

function leaverVerdict(leaver: SampleLeaver, changed: LocalDate | undefined): Verdict {
  const strict = changed !== undefined && leaver.lastDay >= changed;
  switch (leaver.story) {
    case "not-recorded":
      return unknown("the HR system does not say whether access was removed");
    case "within-five-days":
      return verdict(!strict, "after more than 24 hours");
    case "after-26-hours":
      return verdict(!strict, "after 26 hours");
    case "in-time":
    case "straddles-the-end":
      return "operated";
  }
}

export function expectDuties(
  about: {
    readonly control: string;
    readonly activity: string;
    readonly source: string;
    readonly attribute: string;
  },
  duties: readonly SampleDuty[],
): ExpectedActivity {
  return expectActivity(
    { control: about.control, activity: about.activity, source: about.source },
    [about.attribute],
    duties.map((duty) => ({
      id: duty.id,
      verdicts: {
        [about.attribute]:
          duty.doneAt === undefined ? deviated("not done") : verdict(duty.doneAt <= duty.dueAt, "done late"),
      },
    })),
  );
}

export function expectAccess(
  grants: readonly SampleGrant[],
  sessions: readonly SampleSession[],
): ExpectedActivity[] {
  return [
    expectActivity(
      { control: "IAM-02", activity: "grant", source: "access-grants" },
      ["approved-by-another", "approved-before"],
      grants.map(({ id, story }) => ({
        id,
        verdicts:
          story === "not-recorded"
            ? { "approved-by-another": unknown(story), "approved-before": unknown(story) }
            : {
                "approved-by-another": verdict(story !== "self-approved" && story !== "not-approved", story),
                "approved-before": verdict(story !== "approved-late" && story !== "not-approved", story),
              },
      })),
    ),
    expectActivity(
      { control: "IAM-05", activity: "session", source: "privileged-sessions" },
      ["approved-by-another", "approved-before", "ends-by-itself", "logged"],
      sessions.map(({ id, story }) => ({
        id,
        verdicts: {
          "approved-before": verdict(story !== "approved-late", story),
          "ends-by-itself": verdict(story !== "without-end", story),
          logged: verdict(story !== "not-logged", story),
        },
      })),
    ),
  ];
}
