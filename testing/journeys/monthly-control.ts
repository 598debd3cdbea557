/** A control of every month with one occurrence of each state, recorded as its year went by. */
import { setClock } from "./sample-company.ts";
import type { Place } from "./support.ts";

export const HOME = ["--workspace", "company"] as const;

export const programYaml = `organization: { id: monthly-co, name: Monthly Co }
sampleData: true
window: { from: 2025-07-01, through: 2026-06-30, zone: America/New_York }
categories: [security]
holidays: [2025-11-11]
controls: { adopt: all }
`;

export const controlYaml = `id: OWN-01
title: Monthly close of the access log
statement: "Every month, within 7 business days of its end, the access log is closed and the list is shown to be complete."
criteria: [CC6.1]
ownerRole: head of security
procedure: Close the log and keep the list.
activities:
  - id: close
    kind: periodic
    title: Monthly close
    every: month
    due: { days: 7, calendar: business }
    evidence: "The closed list."
    attributes:
      - id: complete
        label: list shown to be complete
        words: "the list is shown to be complete"
        expression: performance.complete
        causes:
          - { when: "!performance.complete", say: the list was not complete }
`;

type Step = {
  readonly month: string;
  readonly state: string;
  /** When it is recorded; absent: it never is. */
  readonly recorded?: string;
  readonly arguments?: readonly string[];
};

const source = (time: string) => ["--source-time", time, "--fact", "complete=true"];
const typed = (time: string) => ["--performed-at", time, "--fact", "complete=true"];

/**
 * The term of October runs over the end of summer time and a holiday: seven business days end with 12 November, at 05:00Z
 * of the 13th. That of February runs over its beginning: they end with 10 March, at 04:00Z of the 11th.
 */
export const steps: readonly Step[] = [
  // Decided so by a person, with a reason.
  { month: "2025-07", state: "not-applicable" },
  {
    month: "2025-08",
    state: "late",
    recorded: "2025-09-20T15:00:00Z",
    arguments: source("2025-09-20T14:00:00Z"),
  },
  { month: "2025-09", state: "missed" },
  // In time by half an hour, if the hour that autumn gives back is counted.
  {
    month: "2025-10",
    state: "operated",
    recorded: "2025-11-13T04:40:00Z",
    arguments: source("2025-11-13T04:30:00Z"),
  },
  {
    month: "2025-11",
    state: "deviated",
    recorded: "2025-12-03T15:00:00Z",
    arguments: ["--source-time", "2025-12-03T14:00:00Z", "--fact", "complete=false"],
  },
  // The same late recording twice: once with a system's time, once with one that somebody typed.
  {
    month: "2025-12",
    state: "operated",
    recorded: "2026-03-01T15:00:00Z",
    arguments: source("2026-01-05T14:00:00Z"),
  },
  {
    month: "2026-01",
    state: "operated",
    recorded: "2026-03-01T16:00:00Z",
    arguments: typed("2026-02-05T14:00:00Z"),
  },
  // Half a minute late, if the hour that spring takes is counted.
  {
    month: "2026-02",
    state: "late",
    recorded: "2026-03-11T05:00:00Z",
    arguments: source("2026-03-11T04:00:30Z"),
  },
  // Two performances in April do not cure March.
  { month: "2026-03", state: "missed" },
  {
    month: "2026-04",
    state: "operated",
    recorded: "2026-05-04T15:00:00Z",
    arguments: source("2026-05-04T14:00:00Z"),
  },
  {
    month: "2026-04",
    state: "operated",
    recorded: "2026-05-06T15:00:00Z",
    arguments: source("2026-05-06T14:00:00Z"),
  },
  // Nobody said whether the list was complete.
  {
    month: "2026-05",
    state: "unknown",
    recorded: "2026-06-03T15:00:00Z",
    arguments: ["--source-time", "2026-06-03T14:00:00Z"],
  },
  { month: "2026-06", state: "not-due" },
];

/** Each piece of evidence is recorded by the command, on its own day. */
export async function recordYear(place: Place): Promise<void> {
  const run = async (...args: string[]) => {
    const { status, stderr } = await place.run(...args, ...HOME);
    if (status !== 0) throw new Error(stderr);
  };
  for (const step of [...steps].sort((a, b) => ((a.recorded ?? "") < (b.recorded ?? "") ? -1 : 1))) {
    if (step.recorded === undefined) continue;
    setClock(place, "company", Date.parse(step.recorded));
    await run(
      "evidence",
      "add",
      "--control",
      "OWN-01",
      "--occurrence",
      step.month,
      ...(step.arguments ?? []),
    );
  }
  setClock(place, "company", Date.parse("2026-07-01T15:00:00Z"));
  const decision = ["--reason", "the log was moved that month", "--approver", "ada"];
  await run("evidence", "not-applicable", "2025-07", "--control", "OWN-01", ...decision);
}
