/** `policy list`: the policies in force on a day, until when their approval holds, and who acknowledged them. */
import type { Command } from "commander";
import { loadState, policiesNow, type PoliciesNow } from "@countersign/application";
import type { Acknowledgements, PolicyOnDay } from "@countersign/assessment";
import type { LocalDate } from "@countersign/kernel";
import { namesOf, todayOf } from "./plan.ts";
import { dayOption, withReading, type Common, type Shell } from "./shared.ts";

type ListOptions = Common & { readonly on?: string };

export function registerPolicy(group: Command, common: (command: Command) => Command, shell: Shell): void {
  common(group.command("list"))
    .description("versions in force, their approvals and texts, and who acknowledged them")
    .option("--on <date>", "on that day; today unless said")
    .action((options: ListOptions) => listPolicies(shell, options));
}

async function listPolicies(shell: Shell, options: ListOptions): Promise<void> {
  await withReading(shell, options, async (session) => {
    const { ctx, loaded } = session;
    const day = dayOption(options.on) ?? todayOf(session);
    const workers = loaded.people
      .filter(({ bot }) => !bot)
      .map(({ id, from, through }) => ({
        id,
        ...(from !== undefined && { from }),
        ...(through !== undefined && { through }),
      }));
    const answer = policiesNow(ctx, await loadState(ctx), workers, day);
    if (options.json === true) {
      shell.output.json(answer);
      return;
    }
    const nameOf = await namesOf(session);
    for (const line of linesOf(answer, nameOf)) shell.output.print(line);
  });
}

type NameOf = (person: string) => string;

function linesOf(answer: PoliciesNow, nameOf: NameOf): readonly string[] {
  const { policies, unmatched, lists, day } = answer;
  const lacking = lists.filter(({ extraction }) => extraction !== "complete");
  return [
    policies.length === 0 ? `the program names no policy in force on ${day}` : `Policies in force on ${day}`,
    ...policies.flatMap((policy) => policyLines(policy, day, nameOf)),
    ...(unmatched.length === 0 ? [] : ["", "on the lists, and no id or title of a policy of the program:"]),
    ...unmatched.map(
      ({ policy, duties }) => `  ${JSON.stringify(policy)}, ${counted(duties, "duty", "duties")}`,
    ),
    "",
    ...lists.map(({ population, record, readAt }) => `read from ${population} at ${readAt}, ${record}`),
    ...lacking.map(
      ({ record, extraction }) => `${record} is ${extraction}: who is not on it may be missing from it`,
    ),
    `policies as record ${answer.programRecord} of ${answer.recordedAt} says; workers as people.yaml names them`,
  ];
}

function policyLines(policy: PolicyOnDay, day: LocalDate, nameOf: NameOf): readonly string[] {
  const { id, title, owner, approvedBy, approvedOn, approvalThrough, text, textDigest } = policy;
  const [inForce, ...before] = policy.versions;
  const line = (name: string, words: string): string => `  ${name.padEnd(13)} ${words}`;
  const since = inForce.from === undefined ? "" : `, in force from ${inForce.from}`;
  return [
    "",
    `${title} (${id})`,
    line("version", `${inForce.version}${since}`),
    line("owner", owner === undefined ? "not said" : nameOf(owner)),
    line(
      "approved",
      approvedBy === undefined || approvedOn === undefined
        ? `not said${approvedOn === undefined ? "" : ` by whom, on ${approvedOn}`}${approvedBy === undefined ? "" : ` when, by ${nameOf(approvedBy)}`}`
        : `by ${nameOf(approvedBy)} on ${approvedOn}`,
    ),
    line(
      "next approval",
      approvalThrough === undefined
        ? "unknown: no approval is said"
        : `due by ${approvalThrough}${approvalThrough < day ? ", which is past" : ""}`,
    ),
    line("text", text === undefined ? "not said" : `policies/${text}  ${textDigest ?? "no digest"}`),
    line("acknowledged", acknowledgedWords(inForce.acknowledgements)),
    ...peopleLines(inForce.acknowledgements, nameOf).map((each) => line("", each)),
    ...before.map(({ version, acknowledgements }) =>
      line("", `version ${version}: ${acknowledgedWords(acknowledgements)}`),
    ),
  ];
}

function acknowledgedWords(found: Acknowledgements): string {
  if (found.state === "counted")
    return [
      `by ${found.acknowledged.length} of ${counted(found.workers, "worker", "workers")} of that day`,
      ...(found.others > 0 ? [`${found.others} more are no workers of that day`] : []),
    ].join("; ");
  const reasons = {
    "not-collected": "no list of acknowledgements was ever collected",
    "no-workers": "people.yaml names no worker of that day",
    "policy-not-on-list": "no list names a policy by this id or title",
    "version-not-on-list": `no list names this version; versions named: ${found.versionsOnList.join(", ")}`,
  };
  return `unknown: ${reasons[found.reason]}`;
}

const unknownWords = {
  "not-on-list": "not on a list that was not read completely",
  "version-not-told": "the list does not tell of which version",
  "not-told": "the list does not tell whether",
  "time-not-told": "acknowledged, and the list does not tell when",
} as const;

function peopleLines(found: Acknowledgements, nameOf: NameOf): readonly string[] {
  if (found.state === "unknown") return [];
  return [
    ...found.not.map(({ person, dueAt, readAt, acknowledgedAt }) =>
      acknowledgedAt === undefined
        ? `not ${nameOf(person)}, as read ${readAt}; due ${dueAt}`
        : `not ${nameOf(person)}, who did at ${acknowledgedAt}; due ${dueAt}`,
    ),
    ...found.withoutDuty.map((person) => `not ${nameOf(person)}, who is on no list for this version`),
    ...found.unknown.map(({ person, reason }) => `unknown: ${nameOf(person)}, ${unknownWords[reason]}`),
  ];
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}
