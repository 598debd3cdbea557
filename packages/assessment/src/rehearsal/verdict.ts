/** Go or not yet, for each control, from an assessment of the rehearsed days alone. */
import type { LocalDate } from "@countersign/kernel";
import type { Activity, ControlVersion, Person, Program } from "@countersign/program";
import { EVIDENCE_SOURCE } from "../input.ts";
import type { ActivitySummary, ControlSummary, Summary } from "../model.ts";
import type { RehearsalReason, RehearsalVerdict, RehearsedActivity, RehearsedControl } from "./model.ts";

export type RehearsalInput = {
  /** Of the rehearsal: the program as it stands, over the rehearsed days. */
  readonly program: Program;
  /** Of its assessment, in window mode. */
  readonly summary: Summary;
  readonly people: readonly Pick<Person, "id" | "from" | "through">[];
  /** The day on which owners must be there: the first one of the window, or today once it has begun. */
  readonly startsOn: LocalDate;
  /** By source, why it could not be read. */
  readonly unread?: ReadonlyMap<string, string>;
};

/** Every control of the program, in its order; what customers ask for first stands first. */
export function rehearsalVerdicts(input: RehearsalInput): readonly RehearsedControl[] {
  const versions = Map.groupBy(input.program.controls, ({ id }) => id);
  return input.summary.controls
    .map((summary) => rehearsed(summary, versions.get(summary.id) ?? [], input))
    .sort((a, b) => (a.askedFirst ?? Number.MAX_SAFE_INTEGER) - (b.askedFirst ?? Number.MAX_SAFE_INTEGER));
}

function rehearsed(
  summary: ControlSummary,
  versions: readonly ControlVersion[],
  input: RehearsalInput,
): RehearsedControl {
  const version = inForce(versions, input.startsOn) ?? versions.at(-1);
  const judged = summary.activities.map((activity) => {
    const planned = versions
      .find((each) => each.version === activity.version)
      ?.activities.find(({ id }) => id === activity.id);
    const reasons = reasonsOf(summary.id, activity, planned, input);
    return { reasons, activity: rehearsedActivity(activity, reasons) };
  });
  const reasons = [
    ...ownerReasons(summary.id, version, input),
    ...gapReasons(summary.id, input.summary),
    ...(judged.length > 0 ? [] : [notInForce()]),
    ...judged.flatMap((each) => each.reasons),
  ];
  return {
    control: summary.id,
    title: summary.title,
    verdict: verdictOf(reasons),
    ...(version?.owner !== undefined && { owner: version.owner }),
    ...(summary.askedFirst !== undefined && { askedFirst: summary.askedFirst }),
    activities: judged.map(({ activity }) => activity),
    reasons,
  };
}

function verdictOf(reasons: readonly RehearsalReason[]): RehearsalVerdict {
  if (reasons.length === 0) return "go";
  return reasons.some(({ verdict }) => verdict === "not-yet") ? "not-yet" : "cannot-tell";
}

function inForce(versions: readonly ControlVersion[], day: LocalDate): ControlVersion | undefined {
  return versions.find(
    ({ effectiveFrom, effectiveThrough }) =>
      (effectiveFrom === undefined || effectiveFrom <= day) &&
      (effectiveThrough === undefined || day <= effectiveThrough),
  );
}

function ownerReasons(
  id: string,
  version: ControlVersion | undefined,
  { people, startsOn }: RehearsalInput,
): readonly RehearsalReason[] {
  const owner = version?.owner;
  const here = people.find((person) => person.id === owner);
  const why =
    owner === undefined
      ? "no person answers for it"
      : here?.through !== undefined && here.through < startsOn
        ? `its owner has left by ${startsOn}`
        : here?.from !== undefined && here.from > startsOn
          ? `its owner comes on ${here.from}, after ${startsOn}`
          : undefined;
  if (why === undefined) return [];
  return [{ verdict: "not-yet", what: why, next: `name an \`owner\` in countersign/controls/${id}.yaml` }];
}

function gapReasons(id: string, { gaps }: Summary): readonly RehearsalReason[] {
  return gaps
    .filter(({ controls }) => controls.includes(id))
    .map(({ source, start, end, reason }) => ({
      // Without the list nothing is shown; without a place for evidence nobody can say.
      verdict: source === EVIDENCE_SOURCE ? ("cannot-tell" as const) : ("not-yet" as const),
      what: `${source} has no records from ${start} to ${end}: ${reason}`,
      next:
        source === EVIDENCE_SOURCE
          ? "rehearse days on which evidence was kept"
          : `countersign collect ${source} --dry-run`,
    }));
}

function notInForce(): RehearsalReason {
  return {
    verdict: "cannot-tell",
    what: "no version of it was in force on a rehearsed day",
    next: "put a version in force earlier, or rehearse later days",
  };
}

/** An activity goes only where something operated, and nothing stands in `reasons`. */
function rehearsedActivity(
  { id, title, version, counts }: ActivitySummary,
  reasons: readonly RehearsalReason[],
): RehearsedActivity {
  const due = counts.operated + counts.late + counts.missed + counts.deviated + counts.unknown;
  return { id, title, version, verdict: verdictOf(reasons), operated: counts.operated, due };
}

function reasonsOf(
  control: string,
  activity: ActivitySummary,
  planned: Activity | undefined,
  input: RehearsalInput,
): readonly RehearsalReason[] {
  const { counts, title, id } = activity;
  const found: RehearsalReason[] = [];
  const say = (verdict: RehearsalReason["verdict"], what: string, next: string): void => {
    found.push({ verdict, activity: id, what: `${title}: ${what}`, next });
  };
  const addEvidence = `countersign evidence add FILE --control ${control} --activity ${id}`;
  const failed = counts.late + counts.missed + counts.deviated;
  const due = failed + counts.operated + counts.unknown;
  if (activity.nothing === "no-records") {
    if (activity.kind === "periodic")
      say("not-yet", `no evidence was given for ${due} that ${due === 1 ? "was" : "were"} due`, addEvidence);
    else for (const each of unlisted(planned, input)) say("not-yet", each.what, each.next);
    return found;
  }
  if (failed > 0)
    say(
      "not-yet",
      `${failed} of ${due} deviated, were late or were missed${examples(control, activity, input.summary)}`,
      counts.missed === failed ? addEvidence : "mend what led to it, then countersign rehearse again",
    );
  if (counts.unknown > 0) say("cannot-tell", unknownWords(activity), unknownNext(activity, addEvidence));
  if (due === 0) {
    const none = nothingOccurred(activity);
    say("cannot-tell", none.what, none.next);
  }
  for (const each of listReasons(activity, planned, input)) say("not-yet", each.what, each.next);
  return found;
}

type Words = { readonly what: string; readonly next: string };

function kindOf(planned: Activity | undefined): string | undefined {
  return planned === undefined || planned.kind === "periodic" ? undefined : planned.population;
}

/** Sources of the kind that could not be read. */
function failedReads(planned: Activity | undefined, { program, unread }: RehearsalInput): readonly Words[] {
  return program.sources
    .filter(({ provides }) => provides === kindOf(planned))
    .flatMap(({ id }): readonly Words[] => {
      const why = unread?.get(id);
      return why === undefined
        ? []
        : [{ what: `${id} could not be read: ${why}`, next: `countersign collect ${id} --dry-run` }];
    });
}

/** Nothing of the kind was read: its source failed, or there is none. */
function unlisted(planned: Activity | undefined, input: RehearsalInput): readonly Words[] {
  const failed = failedReads(planned, input);
  if (failed.length > 0) return failed;
  const kind = kindOf(planned) ?? "it";
  const next = input.program.sources.some(({ provides }) => provides === kind)
    ? `say under \`populations\` in countersign/sources.yaml which list of ${kind} is tested`
    : `name a source that provides ${kind} in countersign/sources.yaml`;
  return [{ what: `no list of ${kind} was read`, next }];
}

const EXAMPLES = 3;

function examples(control: string, activity: ActivitySummary, { deviations }: Summary): string {
  const found = deviations.filter(
    (each) => each.control === control && each.activity === activity.id && each.version === activity.version,
  );
  const named = found.slice(0, EXAMPLES).map(({ occurrence, cause }) => `${occurrence}: ${cause}`);
  const more = found.length - named.length;
  return named.length === 0 ? "" : ` (${named.join("; ")}${more > 0 ? `; and ${more} more` : ""})`;
}

function unknownWords({ counts, attributes }: ActivitySummary): string {
  const [first] = attributes
    .flatMap(({ unknowns }) => unknowns)
    .toSorted((a, b) => b.count - a.count || (a.detail < b.detail ? -1 : 1));
  return `of ${counts.unknown} it is unknown whether they operated${first === undefined ? "" : ` (${first.detail})`}`;
}

function unknownNext({ kind, attributes, population }: ActivitySummary, addEvidence: string): string {
  const supplied = attributes
    .flatMap(({ unknowns }) => unknowns.flatMap(({ suppliedBy }) => suppliedBy ?? []))
    .at(0);
  if (kind === "periodic") return addEvidence;
  return supplied === undefined
    ? `countersign collect ${population?.source ?? "SOURCE"} --dry-run`
    : `let ${supplied} supply what is missing`;
}

function nothingOccurred({ nothing, counts }: ActivitySummary): Words {
  const next = "rehearse other days with --from and --through";
  if (nothing === "recorded-zero") return { what: "it did not occur: the list is shown to be empty", next };
  if (nothing === "zero-not-shown")
    return {
      what: "no items, and not shown that there were none",
      next: "name a second source under `reconcile` in countersign/sources.yaml",
    };
  if (nothing === "no-occurrence-due") return { what: "no period of it ends on a rehearsed day", next };
  if (counts["not-due"] > 0)
    return {
      what: `${counts["not-due"]} ${counts["not-due"] === 1 ? "is" : "are"} not due yet`,
      next: "countersign rehearse again once they are due",
    };
  return { what: "none was owed: what there was is not applicable", next };
}

/** The list must be whole, and a second source must say so. */
function listReasons(
  { population }: ActivitySummary,
  planned: Activity | undefined,
  input: RehearsalInput,
): readonly Words[] {
  if (population === undefined) return [];
  const { source, extraction, completeness } = population;
  const reasons: Words[] = [];
  if (extraction.state !== "complete")
    reasons.push({
      what: `the list from ${source} is ${extraction.state}: ${extraction.reasons.join("; ")}`,
      next: `countersign collect ${source} --dry-run`,
    });
  if (completeness.state === "differences")
    reasons.push({
      what: `its list and the second source's differ in ${completeness.unresolved}`,
      next: "mend the source, people.yaml or sources.yaml, then countersign rehearse again",
    });
  if (completeness.state === "not-shown") {
    const failed = failedReads(planned, input);
    reasons.push({
      what: "no second source shows that its list is complete",
      next:
        failed.length > 0
          ? "let the second source be read, then countersign rehearse again"
          : "name a second source under `reconcile` in countersign/sources.yaml",
    });
    reasons.push(...failed);
  }
  return reasons;
}
