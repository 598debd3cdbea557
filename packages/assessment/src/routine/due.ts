/** What falls due by what the program says of its system: vendors, policies, registers, people, the report. */
import { addDays, type LocalDate } from "@countersign/kernel";
import { reportTimelines, type Person, type Program } from "@countersign/program";
import type { PersonId } from "@countersign/records";
import { answersFor } from "../program-gaps/owner-checks.ts";
import { lastDayOfNotice } from "../program-gaps/register-checks.ts";
import { hereOwner, listOf, seenOn, YEAR_DAYS } from "../program-gaps/seen.ts";
import {
  BRIDGE_DAYS,
  coveredThrough,
  needsReview,
  reports,
  reviewsByVendor,
} from "../program-gaps/vendor-report-checks.ts";
import type { Seen } from "../program-gaps/model.ts";

/** One thing that is to be done by a day. */
export type Due = {
  /** The same for the same thing in every calendar, whenever it falls due. */
  readonly id: string;
  /** The last day on which it is in time; of what was never done, and had no day, the day of the question. */
  readonly on: LocalDate;
  readonly neverDone?: true;
  readonly what: string;
  /** What to do about it: a command, or where to write it. */
  readonly next: string;
  readonly owner?: PersonId;
  /** Of a control: whose it is by role, where no person is named. */
  readonly ownerRole?: string;
  /** Where the day rests on practice or on our own judgement and not on what the company said: which, in words. */
  readonly ground?: string;
};

const YEARLY = (what: string): string =>
  `${what} is taken to hold ${YEAR_DAYS} days (practice; no standard sets the term)`;
const VENDORS = "write the review into vendors.yaml, then countersign plan";
const REGISTERS = "countersign/registers.yaml, then countersign plan";

/** @param day of the question: what is overdue then has an earlier one */
export function dueOfProgram(program: Program, people: readonly Person[], day: LocalDate): readonly Due[] {
  const seen = seenOn(program, people, day);
  return [
    ...vendorReviews(seen),
    ...vendorReports(seen),
    ...policies(seen),
    ...risks(seen),
    ...findings(seen),
    ...notices(seen),
    ...leavers(program, people, day),
    ...reportNeeds(program, day),
  ];
}

const withOwner = (owner: PersonId | undefined): { owner?: PersonId } =>
  owner === undefined ? {} : { owner };

function vendorReviews(seen: Seen): readonly Due[] {
  const reviews = reviewsByVendor(seen);
  return seen.on.vendors
    .filter((vendor) => needsReview(vendor, seen))
    .map((vendor) => {
      const newest = reviews.get(vendor.id)?.[0];
      return {
        id: `vendor-review/${vendor.id}`,
        on: newest === undefined ? seen.day : addDays(newest.on, YEAR_DAYS),
        ...(newest === undefined && { neverDone: true as const }),
        what:
          newest === undefined
            ? `review ${vendor.name}, which was never reviewed`
            : `review ${vendor.name}, last reviewed on ${newest.on}`,
        next: VENDORS,
        ground: YEARLY("a review"),
        ...withOwner(hereOwner(seen, vendor.owner)),
      };
    });
}

function vendorReports(seen: Seen): readonly Due[] {
  return reports(seen).map(({ vendor, report }) => {
    const isCertificate = report.kind === "iso-27001";
    const end = isCertificate ? report.through : coveredThrough(report);
    const bridged = !isCertificate && end !== report.through;
    return {
      id: `vendor-report/${vendor.id}`,
      on: isCertificate ? end : addDays(end, BRIDGE_DAYS),
      what: `get the next report of ${vendor.name}: ${bridged ? "its bridge letter" : isCertificate ? "its certificate" : "the newest one"} ends on ${end}`,
      next: VENDORS,
      ...(!isCertificate && {
        ground: `a report that ended more than ${BRIDGE_DAYS} days ago is normally followed by a newer one or a bridge letter (practice; no standard sets it)`,
      }),
      ...withOwner(hereOwner(seen, vendor.owner)),
    };
  });
}

function policies(seen: Seen): readonly Due[] {
  return seen.on.policies.map(({ id, title, version, approvedOn, owner }) => {
    const isApproved = approvedOn !== undefined && approvedOn <= seen.day;
    return {
      id: `policy/${id}`,
      on: isApproved ? addDays(approvedOn, YEAR_DAYS) : seen.day,
      ...(!isApproved && { neverDone: true as const }),
      what: isApproved
        ? `approve the policy "${title}" again, last approved on ${approvedOn}`
        : `approve version ${version} of the policy "${title}"`,
      next: "countersign/policies.yaml, then countersign plan",
      ground: YEARLY("an approval"),
      ...withOwner(hereOwner(seen, owner)),
    };
  });
}

function risks(seen: Seen): readonly Due[] {
  return seen.on.risks.map(({ id, title, reviewedOn, owner }) => {
    const isReviewed = reviewedOn !== undefined && reviewedOn <= seen.day;
    return {
      id: `risk/${id}`,
      on: isReviewed ? addDays(reviewedOn, YEAR_DAYS) : seen.day,
      ...(!isReviewed && { neverDone: true as const }),
      what: `look at the risk "${title}" again, ${isReviewed ? `last reviewed on ${reviewedOn}` : "which was never reviewed"}`,
      next: REGISTERS,
      ground: YEARLY("a look at a risk"),
      ...withOwner(hereOwner(seen, owner)),
    };
  });
}

function findings(seen: Seen): readonly Due[] {
  return seen.on.findings.flatMap(({ id, title, due, fixedOn, owner }) =>
    due === undefined || (fixedOn !== undefined && fixedOn <= seen.day)
      ? []
      : [
          {
            id: `finding/${id}`,
            on: due,
            what: `fix the finding "${title}"`,
            next: REGISTERS,
            ...withOwner(hereOwner(seen, owner)),
          },
        ],
  );
}

function notices(seen: Seen): readonly Due[] {
  return seen.on.incidents.flatMap((incident) => {
    const { id, title, exercise, detectedOn, noticeHours, noticeSentOn, owner } = incident;
    const isSent = noticeSentOn !== undefined && noticeSentOn <= seen.day;
    if (exercise === true || noticeHours === undefined || isSent || detectedOn > seen.day) return [];
    return [
      {
        id: `incident-notice/${id}`,
        on: lastDayOfNotice(detectedOn, noticeHours),
        what: `tell customers of the incident "${title}", within ${noticeHours} hours of ${detectedOn} by contract`,
        next: `tell them, then write noticeSentOn: ${REGISTERS}`,
        ...withOwner(hereOwner(seen, owner)),
      },
    ];
  });
}

/** What whoever leaves still answers for on the day after. */
function leavers(program: Program, people: readonly Person[], day: LocalDate): readonly Due[] {
  return people.flatMap(({ id, through }) => {
    if (through === undefined) return [];
    const after = addDays(through, 1);
    const things = answersFor(seenOn(program, people, after > day ? after : day), id);
    if (things.length === 0) return [];
    return [
      {
        id: `handover/${id}`,
        on: through,
        what: `hand over ${listOf(things)}: the owner's last day is ${through}`,
        next: "name another owner in the folder, then countersign plan",
        owner: id,
      },
    ];
  });
}

function reportNeeds(program: Program, day: LocalDate): readonly Due[] {
  return reportTimelines(program, day).flatMap(({ need, latestEnd }): readonly Due[] => {
    const type = need.type === "type-1" ? "Type I" : "Type II";
    const next = "countersign scope";
    return [
      { id: `report-need/${need.id}`, on: need.by, what: `a customer needs the ${type} report`, next },
      ...(latestEnd === undefined
        ? []
        : [
            {
              id: `report-end/${need.id}`,
              on: latestEnd,
              what: `the last day ${need.type === "type-1" ? "as of which it can speak" : "that its window can have"}, for the ${type} report that is needed by ${need.by}`,
              next,
              ground: `${need.fieldworkDays ?? 0} days of fieldwork, as service.yaml says`,
            },
          ]),
    ];
  });
}
