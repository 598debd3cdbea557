/** Policies and registers: risks, incidents, findings and changes, each carried to its end. */
import { addDays, type LocalDate } from "@countersign/kernel";
import type { Finding, Incident } from "@countersign/program";
import type { Check, Found, On, Seen } from "./model.ts";
import { factOf, hereOwner, isOlderThan, YEAR_DAYS } from "./seen.ts";

function notApproved(seen: Seen): readonly Found[] {
  return seen.on.policies
    .filter(
      ({ approvedBy, approvedOn }) =>
        approvedBy === undefined || approvedOn === undefined || approvedOn > seen.day,
    )
    .map((policy) => ({
      what: `Version ${policy.version} of the policy "${policy.title}" (${policy.id}) is not approved.`,
      facts: [factOf("policies", policy, "approvedBy"), factOf("policies", policy, "approvedOn")],
      owner: hereOwner(seen, policy.owner),
    }));
}

function approvedLongAgo(seen: Seen): readonly Found[] {
  return seen.on.policies
    .filter(
      ({ approvedBy, approvedOn }) =>
        approvedBy !== undefined && approvedOn !== undefined && isOlderThan(approvedOn, YEAR_DAYS, seen),
    )
    .map((policy) => ({
      what: `The policy "${policy.title}" (${policy.id}) was last approved on ${policy.approvedOn ?? ""}, more than a year before ${seen.day}.`,
      facts: [factOf("policies", policy, "approvedOn")],
      owner: hereOwner(seen, policy.owner),
    }));
}

function withoutText(seen: Seen): readonly Found[] {
  return seen.on.policies
    .filter(({ text }) => text === undefined)
    .map((policy) => ({
      what: `The text of the policy "${policy.title}" (${policy.id}) is not here.`,
      facts: [factOf("policies", policy, "text")],
      owner: hereOwner(seen, policy.owner),
    }));
}

function untreated(seen: Seen): readonly Found[] {
  return seen.on.risks
    .filter(
      ({ treatment, controls }) =>
        (treatment === undefined || treatment === "mitigate") && (controls ?? []).length === 0,
    )
    .map((risk) => ({
      what: `No control treats the risk "${risk.title}" (${risk.id}).`,
      facts: [factOf("risks", risk, "controls"), factOf("risks", risk, "treatment")],
      owner: hereOwner(seen, risk.owner),
    }));
}

function riskNotReviewed(seen: Seen): readonly Found[] {
  return seen.on.risks
    .filter(
      ({ reviewedOn }) =>
        reviewedOn === undefined || reviewedOn > seen.day || isOlderThan(reviewedOn, YEAR_DAYS, seen),
    )
    .map((risk) => ({
      what:
        risk.reviewedOn === undefined || risk.reviewedOn > seen.day
          ? `The risk "${risk.title}" (${risk.id}) was never reviewed.`
          : `The risk "${risk.title}" (${risk.id}) was last reviewed on ${risk.reviewedOn}, more than a year before ${seen.day}.`,
      facts: [factOf("risks", risk, "reviewedOn")],
      owner: hereOwner(seen, risk.owner),
    }));
}

function incidents(seen: Seen): readonly On<Incident>[] {
  return seen.on.incidents.filter(({ exercise, detectedOn }) => exercise !== true && detectedOn <= seen.day);
}

function isOverBy(day: LocalDate | undefined, seen: Seen): boolean {
  return day !== undefined && day <= seen.day;
}

/** Days are known, hours are not: after this day it is late, whatever the hour was. */
export function lastDayOfNotice(detectedOn: LocalDate, noticeHours: number): LocalDate {
  return addDays(detectedOn, Math.ceil(noticeHours / 24));
}

/** Only what is late whatever the hour is told. */
function noticeLate(seen: Seen): readonly Found[] {
  return incidents(seen).flatMap((incident) => {
    if (incident.noticeHours === undefined) return [];
    const last = lastDayOfNotice(incident.detectedOn, incident.noticeHours);
    const sent = incident.noticeSentOn;
    const isSent = isOverBy(sent, seen);
    if (isSent ? (sent ?? "") <= last : seen.day <= last) return [];
    const told = isSent ? `customers were told on ${sent ?? ""}` : "that customers were told is not recorded";
    return [
      {
        what: `The incident "${incident.title}" (${incident.id}) was noticed on ${incident.detectedOn}, notice was due within ${incident.noticeHours} hours, and ${told}.`,
        facts: ["detectedOn", "noticeHours", "noticeSentOn"].map((member) =>
          factOf("incidents", incident, member),
        ),
        owner: hereOwner(seen, incident.owner),
        next: isSent
          ? "Record it as a finding, with its cause and what changes; tell of it where the description must (DC 200, DC4)."
          : "Tell customers now, write `noticeSentOn`, and record the delay as a finding.",
      },
    ];
  });
}

function incidentUndecided(seen: Seen): readonly Found[] {
  return incidents(seen)
    .filter(({ disclosure }) => disclosure === undefined)
    .map((incident) => ({
      what: `Nobody has decided whether the description tells of the incident "${incident.title}" (${incident.id}).`,
      facts: [factOf("incidents", incident, "disclosure")],
      owner: hereOwner(seen, incident.owner),
    }));
}

function withoutPostMortem(seen: Seen): readonly Found[] {
  return incidents(seen)
    .filter(({ resolvedOn, postMortem }) => isOverBy(resolvedOn, seen) && postMortem === undefined)
    .map((incident) => ({
      what: `The incident "${incident.title}" (${incident.id}) is over since ${incident.resolvedOn ?? ""}, and no post-mortem is named.`,
      facts: [factOf("incidents", incident, "postMortem")],
      owner: hereOwner(seen, incident.owner),
    }));
}

function findings(seen: Seen): readonly On<Finding>[] {
  return seen.on.findings.filter(({ foundOn }) => foundOn <= seen.day);
}

function findingFound(finding: On<Finding>, seen: Seen, words: string, member: string): Found {
  return {
    what: `The finding "${finding.title}" (${finding.id}) ${words}.`,
    facts: [factOf("findings", finding, member)],
    owner: hereOwner(seen, finding.owner),
  };
}

function overdue(seen: Seen): readonly Found[] {
  return findings(seen)
    .filter(({ due, fixedOn }) => due !== undefined && due < seen.day && !isOverBy(fixedOn, seen))
    .map((finding) =>
      findingFound(finding, seen, `was due on ${finding.due ?? ""} and is not fixed`, "fixedOn"),
    );
}

function withoutDue(seen: Seen): readonly Found[] {
  return findings(seen)
    .filter(({ due, fixedOn }) => due === undefined && !isOverBy(fixedOn, seen))
    .map((finding) =>
      findingFound(finding, seen, "is open and has no day until which it is to be fixed", "due"),
    );
}

function notRetested(seen: Seen): readonly Found[] {
  return findings(seen)
    .filter(({ fixedOn, retestedOn }) => isOverBy(fixedOn, seen) && !isOverBy(retestedOn, seen))
    .map((finding) =>
      findingFound(finding, seen, `was fixed on ${finding.fixedOn ?? ""} and not tested again`, "retestedOn"),
    );
}

function changeUndecided(seen: Seen): readonly Found[] {
  const { window } = seen.program;
  // A Type I report speaks of one date: changes over a period are of Type II reports only (DC 200, DC9).
  if (seen.on.reportNeeds.some(({ type }) => type === "type-1")) return [];
  return seen.on.changes
    .filter(
      ({ on, disclosure }) =>
        disclosure === undefined && on >= window.from && on <= window.through && on <= seen.day,
    )
    .map((change) => ({
      what: `Nobody has decided whether the change ${change.id} of ${change.on} is significant.`,
      facts: [factOf("changes", change, "disclosure")],
    }));
}

export const registerChecks: readonly Check[] = [
  {
    code: "incident-notice-late",
    criteria: ["CC7.4", "CC2.3", "P6.6"],
    why: "The contract sets the hours, and customers ask for the dates.",
    next: "Tell customers, and record the delay.",
    look: noticeLate,
  },
  {
    code: "incident-undecided",
    criteria: ["CC7.4", "CC2.3"],
    why: "The description tells of incidents that came from failed controls or broke a commitment (DC 200, DC4); a person decides which.",
    next: "Decide, and write `disclosure` with the reason in registers.yaml.",
    look: incidentUndecided,
  },
  {
    code: "incident-without-post-mortem",
    criteria: ["CC7.5", "CC7.4"],
    why: "What an incident taught is part of handling it.",
    next: "Write the post-mortem and say where it is under `postMortem`.",
    look: withoutPostMortem,
  },
  {
    code: "finding-overdue",
    criteria: ["CC4.2", "CC7.1"],
    why: "A term that passes in silence shows that findings are not followed up.",
    next: "Fix it, or set a new day with the reason and who agreed.",
    look: overdue,
  },
  {
    code: "finding-without-due",
    criteria: ["CC4.2", "CC7.1"],
    why: "What has no day is never late, and is never done.",
    next: "Write `due` in registers.yaml.",
    look: withoutDue,
  },
  {
    code: "finding-not-retested",
    criteria: ["CC4.2"],
    why: "That it was fixed is a claim until somebody has looked.",
    next: "Test it again, by another person than who fixed it, and write `retestedOn` and `retestedBy`.",
    look: notRetested,
  },
  {
    code: "change-undecided",
    criteria: ["CC2.3", "CC8.1"],
    why: "The description tells of significant changes in the window (DC 200, DC9); a person decides which are.",
    next: "Decide, and write `disclosure` with the reason in registers.yaml.",
    look: changeUndecided,
  },
  {
    code: "risk-without-control",
    criteria: ["CC3.2", "CC5.1"],
    why: "A risk that is to be mitigated and that no control treats is accepted without anybody saying so.",
    next: "Name the `controls`, or write `treatment: accept` and who accepted it in `words`.",
    look: untreated,
  },
  {
    code: "risk-not-reviewed",
    criteria: ["CC3.2", "CC3.4"],
    why: "Risks change with the system; a register is looked at every year at least.",
    next: "Look at it again and write `reviewedOn` in registers.yaml.",
    look: riskNotReviewed,
  },
  {
    code: "policy-not-approved",
    criteria: ["CC5.3", "CC1.2"],
    why: "A text that nobody approved binds nobody.",
    next: "Have it approved, and write `approvedBy` and `approvedOn` in policies.yaml.",
    look: notApproved,
  },
  {
    code: "policy-approval-old",
    criteria: ["CC5.3"],
    why: "Policies are reviewed and approved every year.",
    next: "Review it, have it approved again, and add the change with its day.",
    look: approvedLongAgo,
  },
  {
    code: "policy-without-text",
    criteria: ["CC5.3", "CC2.2"],
    why: "An acknowledgement is of a text; without it nobody can tell of which.",
    next: "Put the text into policies/ and name the file under `text`.",
    look: withoutText,
  },
];
