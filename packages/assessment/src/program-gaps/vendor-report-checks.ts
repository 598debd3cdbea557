/** Reviews of vendors, and what the vendor's own report says and leaves open for the window. */
import { addDays, dayNumber, type LocalDate } from "@countersign/kernel";
import type { Vendor, VendorReview } from "@countersign/program";
import type { Check, Found, On, Seen } from "./model.ts";
import {
  byId,
  factOf,
  hereOwner,
  isOlderThan,
  listOf,
  named,
  ofCustomers,
  sentTo,
  YEAR_DAYS,
} from "./seen.ts";

type Report = NonNullable<VendorReview["report"]>;
type Read = { readonly review: On<VendorReview>; readonly report: Report };

/** A report that ended longer ago is normally followed by a newer one or a bridge letter (practice; no standard sets it). */
export const BRIDGE_DAYS = 92;

/** Those whose failure would reach customers: subservice organizations, those that hold customers' data, and the upper tiers. */
export function needsReview(vendor: On<Vendor>, seen: Seen): boolean {
  return (
    vendor.subservice?.is === true ||
    vendor.tier === "critical" ||
    vendor.tier === "high" ||
    ofCustomers(sentTo(seen, vendor)).length > 0
  );
}

/** Of each vendor the reviews up to the day, newest first. */
export function reviewsByVendor(seen: Seen): ReadonlyMap<string, readonly On<VendorReview>[]> {
  const past = seen.on.vendorReviews
    .filter(({ on }) => on <= seen.day)
    .sort((a, b) => (a.on === b.on ? (a.id < b.id ? -1 : 1) : a.on < b.on ? 1 : -1));
  return Map.groupBy(past, ({ vendor }) => vendor);
}

function neverReviewed(seen: Seen): readonly Found[] {
  const reviews = reviewsByVendor(seen);
  return seen.on.vendors
    .filter((vendor) => needsReview(vendor, seen) && !reviews.has(vendor.id))
    .map((vendor) => ({
      what: `${named(vendor)} was never reviewed.`,
      facts: [factOf("vendors", vendor), "program/vendorReviews"],
      owner: hereOwner(seen, vendor.owner),
    }));
}

function reviewedLongAgo(seen: Seen): readonly Found[] {
  const reviews = reviewsByVendor(seen);
  return seen.on.vendors.flatMap((vendor) => {
    const newest = reviews.get(vendor.id)?.[0];
    if (newest === undefined || !needsReview(vendor, seen) || !isOlderThan(newest.on, YEAR_DAYS, seen))
      return [];
    return [
      {
        what: `${named(vendor)} was last reviewed on ${newest.on}, more than a year before ${seen.day}.`,
        facts: [factOf("vendorReviews", newest, "on")],
        owner: hereOwner(seen, vendor.owner),
      },
    ];
  });
}

/** The newest report that was read of a vendor: that which covers the latest day. */
function newestReport(reviews: readonly On<VendorReview>[]): Read | undefined {
  return reviews
    .flatMap((review): readonly Read[] =>
      review.report === undefined ? [] : [{ review, report: review.report }],
    )
    .reduce<Read | undefined>(
      (newest, each) => (newest === undefined || each.report.through > newest.report.through ? each : newest),
      undefined,
    );
}

/** Each vendor of which a report was read, with the newest. */
export function reports(
  seen: Seen,
): readonly (Read & { readonly vendor: On<Vendor>; readonly all: readonly On<VendorReview>[] })[] {
  const vendors = byId(seen.on.vendors);
  return [...reviewsByVendor(seen)].flatMap(([id, reviews]) => {
    const vendor = vendors.get(id);
    const newest = newestReport(reviews);
    return vendor === undefined || newest === undefined ? [] : [{ ...newest, vendor, all: reviews }];
  });
}

const fact = ({ review }: Read, ...members: readonly string[]): string =>
  factOf("vendorReviews", review, "report", ...members);

function withoutReport(seen: Seen): readonly Found[] {
  const reviews = reviewsByVendor(seen);
  return seen.on.vendors.flatMap((vendor) => {
    const own = reviews.get(vendor.id);
    if (vendor.subservice?.is !== true || own === undefined || newestReport(own) !== undefined) return [];
    return [
      {
        what: `No report of the subservice organization ${named(vendor)} was read at any review.`,
        facts: own.map((review) => factOf("vendorReviews", review, "report")),
        owner: hereOwner(seen, vendor.owner),
      },
    ];
  });
}

export function coveredThrough({ through, bridgeLetterThrough }: Report): LocalDate {
  return bridgeLetterThrough !== undefined && bridgeLetterThrough > through ? bridgeLetterThrough : through;
}

function hasExpired(read: Read, seen: Seen): boolean {
  // An ISO certificate says until when it holds; a SOC 2 report, what it covers: a year later it says nothing of this year.
  return read.report.kind === "iso-27001"
    ? read.report.through < seen.day
    : isOlderThan(coveredThrough(read.report), YEAR_DAYS, seen);
}

function expired(seen: Seen): readonly Found[] {
  return reports(seen)
    .filter((read) => hasExpired(read, seen))
    .map((read) => ({
      what: `The newest report of ${named(read.vendor)} ends on ${coveredThrough(read.report)}, and on ${seen.day} it has expired.`,
      facts: [fact(read, "through"), fact(read, "bridgeLetterThrough")],
      owner: hereOwner(seen, read.vendor.owner),
    }));
}

/** The first days of the window, up to the day, that no report and no bridge letter covers. */
function firstUncovered(
  read: Read & { readonly all: readonly On<VendorReview>[] },
  seen: Seen,
): { readonly from: LocalDate; readonly through: LocalDate } | undefined {
  const { window } = seen.program;
  const end = seen.day < window.through ? seen.day : window.through;
  const spans = read.all
    .flatMap(({ report }) =>
      report?.kind === "soc-2-type-2" && report.from !== undefined
        ? [{ from: report.from, through: coveredThrough(report) }]
        : [],
    )
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  let next = window.from;
  for (const span of spans) {
    if (span.from > next) return { from: next, through: addDays(span.from, -1) };
    if (span.through >= next) next = addDays(span.through, 1);
  }
  const days = dayNumber(end) - dayNumber(next) + 1;
  return days > BRIDGE_DAYS ? { from: next, through: end } : undefined;
}

function withGap(seen: Seen): readonly Found[] {
  return reports(seen).flatMap((read) => {
    if (read.vendor.subservice?.is !== true || read.report.kind !== "soc-2-type-2" || hasExpired(read, seen))
      return [];
    if (read.report.from === undefined)
      return [
        {
          what: `From when the newest report of ${named(read.vendor)} covers is not said.`,
          facts: [fact(read, "from")],
          owner: hereOwner(seen, read.vendor.owner),
        },
      ];
    const uncovered = firstUncovered(read, seen);
    if (uncovered === undefined || uncovered.from > uncovered.through) return [];
    return [
      {
        what: `No report or bridge letter of ${named(read.vendor)} covers ${uncovered.from} through ${uncovered.through} of the window.`,
        facts: [fact(read, "from"), fact(read, "through"), fact(read, "bridgeLetterThrough")],
        owner: hereOwner(seen, read.vendor.owner),
      },
    ];
  });
}

function notTypeTwo(seen: Seen): readonly Found[] {
  return reports(seen)
    .filter(
      (read) =>
        read.vendor.subservice?.is === true && read.report.kind !== "soc-2-type-2" && !hasExpired(read, seen),
    )
    .map((read) => ({
      what: `What was read of the subservice organization ${named(read.vendor)} is ${words[read.report.kind]}, which says nothing of operation over a window.`,
      facts: [fact(read, "kind")],
      owner: hereOwner(seen, read.vendor.owner),
    }));
}

const words: { readonly [kind in Report["kind"]]: string } = {
  "soc-2-type-2": "a SOC 2 Type II report",
  "soc-2-type-1": "a SOC 2 Type I report",
  "iso-27001": "an ISO 27001 certificate",
  other: "neither a SOC 2 report nor a certificate",
};

const isSoc2 = ({ report }: Read): boolean =>
  report.kind === "soc-2-type-2" || report.kind === "soc-2-type-1";

function opinion(seen: Seen): readonly Found[] {
  return reports(seen)
    .filter((read) => isSoc2(read) && read.report.opinion !== "unqualified")
    .map((read) => ({
      what:
        read.report.opinion === undefined
          ? `The opinion in the newest report of ${named(read.vendor)} is not said.`
          : `The opinion in the newest report of ${named(read.vendor)} is ${read.report.opinion === "disclaimer" ? "disclaimed" : read.report.opinion}.`,
      facts: [fact(read, "opinion")],
      owner: hereOwner(seen, read.vendor.owner),
    }));
}

function otherProduct(seen: Seen): readonly Found[] {
  return reports(seen)
    .filter(({ report }) => report.coversProduct !== true)
    .map((read) => ({
      what:
        read.report.coversProduct === false
          ? `The newest report of ${named(read.vendor)} does not cover the product that is used.`
          : `Whether the newest report of ${named(read.vendor)} covers the product that is used is not said.`,
      facts: [fact(read, "coversProduct")],
      owner: hereOwner(seen, read.vendor.owner),
    }));
}

function exceptions(seen: Seen): readonly Found[] {
  return reports(seen)
    .filter(({ report, review }) => (report.exceptions ?? []).length > 0 && review.conclusion === undefined)
    .map((read) => ({
      what: `The newest report of ${named(read.vendor)} tells of exceptions (${read.report.exceptions?.length ?? 0}), and the review concludes nothing.`,
      facts: [fact(read, "exceptions"), factOf("vendorReviews", read.review, "conclusion")],
      owner: hereOwner(seen, read.vendor.owner),
    }));
}

function userControls(seen: Seen): readonly Found[] {
  return reports(seen).flatMap((read) => {
    if (!isSoc2(read)) return [];
    const { userControls: expected } = read.report;
    const open = (expected ?? []).filter(({ control }) => control === undefined);
    if (expected !== undefined && open.length === 0) return [];
    return [
      {
        what:
          expected === undefined
            ? `What the newest report of ${named(read.vendor)} expects of its users is not said.`
            : `The newest report of ${named(read.vendor)} expects of its users what no control of ours does: ${listOf(open.map((each) => `"${each.words}"`))}.`,
        facts: [fact(read, "userControls")],
        owner: hereOwner(seen, read.vendor.owner),
      },
    ];
  });
}

function nested(seen: Seen): readonly Found[] {
  const known = new Set(
    seen.on.vendors.flatMap(({ name, knownAs = [] }) => [name, ...knownAs].map((each) => each.toLowerCase())),
  );
  return reports(seen).flatMap((read) => {
    const passedTo = new Set((read.vendor.terms?.subProcessors ?? []).map((each) => each.toLowerCase()));
    const strange = (read.report.carvedOut ?? []).filter(
      (each) => !known.has(each.toLowerCase()) && !passedTo.has(each.toLowerCase()),
    );
    if (strange.length === 0) return [];
    return [
      {
        what: `The report of ${named(read.vendor)} carves out ${listOf(strange)}, which is neither a vendor nor among its sub-processors here.`,
        facts: [fact(read, "carvedOut"), factOf("vendors", read.vendor, "terms", "subProcessors")],
        owner: hereOwner(seen, read.vendor.owner),
      },
    ];
  });
}

export const vendorReportChecks: readonly Check[] = [
  {
    code: "vendor-never-reviewed",
    criteria: ["CC9.2", "P6.4"],
    why: "A vendor is assessed before it is sent anything, and looked at again every year.",
    next: "Read its report and terms, and write the review into vendors.yaml.",
    look: neverReviewed,
  },
  {
    code: "vendor-review-old",
    criteria: ["CC9.2", "P6.4"],
    why: "Terms, sub-processors and reports change within a year.",
    next: "Review it now, and write the review into vendors.yaml.",
    look: reviewedLongAgo,
  },
  {
    code: "vendor-without-report",
    criteria: ["CC9.2"],
    why: "A carved-out organization is monitored by reading its report; without one, by something else that must be said.",
    next: "Ask for its SOC 2 report under NDA, read it, and write what it says under `report`.",
    look: withoutReport,
  },
  {
    code: "vendor-report-expired",
    criteria: ["CC9.2"],
    why: "It says nothing of the last year, and an auditor does not take it.",
    next: "Ask the vendor for its current report or a bridge letter, and write down the review.",
    look: expired,
  },
  {
    code: "vendor-report-gap",
    criteria: ["CC9.2"],
    why: "For those days nothing is known of controls that are assumed to operate.",
    next: "Ask for the report or bridge letter that covers them, or say what was looked at instead.",
    look: withGap,
  },
  {
    code: "vendor-report-not-type-2",
    criteria: ["CC9.2"],
    why: "Controls that are assumed over the window are shown by a report over a window.",
    next: "Ask for a Type II report; until there is one, say in the review what else was looked at.",
    look: notTypeTwo,
  },
  {
    code: "vendor-opinion",
    criteria: ["CC9.2", "CC3.2"],
    why: "A modified opinion says that criteria were not met, possibly those that this company relies on.",
    next: "Find which criteria are concerned and what is done here instead, and write it as the conclusion of the review.",
    look: opinion,
  },
  {
    code: "vendor-report-other-product",
    criteria: ["CC9.2"],
    why: "A report on another product says nothing of the one that holds the data.",
    next: "Look into its scope section; if the product is not there, ask the vendor which report covers it.",
    look: otherProduct,
  },
  {
    code: "vendor-exceptions-open",
    criteria: ["CC9.2", "CC4.2"],
    why: "Whoever read the exceptions must say what they mean here.",
    next: "Write the `conclusion` of the review.",
    look: exceptions,
  },
  {
    code: "vendor-user-controls-open",
    criteria: ["CC9.2", "CC5.2"],
    why: "The vendor's controls work only if its users do their part; that part is this company's to show.",
    next: "List them under `report.userControls`, each with the control that does it; an empty list where there are none.",
    look: userControls,
  },
  {
    code: "vendor-nested-carve-out",
    criteria: ["CC9.2"],
    why: "Data may rest with somebody whose controls neither report speaks of.",
    next: "Ask what that organization does, and add it to `terms.subProcessors` or to the vendors.",
    look: nested,
  },
];
