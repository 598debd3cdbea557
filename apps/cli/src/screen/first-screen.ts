/** The first screen: what was read, what could not be reconciled, what operated and what did not, and what none of it proves. */
import { localDateAt, type TimeZone } from "@countersign/kernel";
import type {
  ActivitySummary,
  AttributeSummary,
  ControlSummary,
  Deviation,
  Summary,
} from "@countersign/assessment";
import type { PopulationBody } from "@countersign/records";
import { attributeStrip, monthHeader, shapes, strip } from "./shapes.ts";

export type FirstScreen = {
  readonly generator: string;
  readonly summary: Summary;
  readonly read: readonly PopulationBody[];
  readonly nameOf: (person: string) => string;
  readonly package: {
    readonly path: string;
    readonly size: number;
    readonly intact: boolean;
    readonly faults: readonly string[];
  };
  readonly trust: {
    readonly fingerprint: string;
    readonly records: number;
    readonly items: number;
    readonly doesNotShow: readonly string[];
    /** By a clock outside; undefined while no witness has cosigned and nothing is stamped. */
    readonly tamperEvidentSince: string | undefined;
  };
  /** "npx countersign", with the workspace where it is not found by itself. */
  readonly command: (words: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
};

const DETAILED_MAX = 3;
const DEVIATIONS_SHOWN = 8;
const NOTABLE_MAX = 10;
const LABEL = 35;
const PROOF = 120;

export function renderFirstScreen(screen: FirstScreen): string {
  const { summary } = screen;
  const lines: string[] = [];
  const { organization, window } = summary;
  lines.push(
    screen.bold(
      `${screen.generator} · ${organization.name} · ${window.from} through ${window.through} ${window.zone}`,
    ),
  );
  if (summary.sampleData)
    lines.push(screen.bold("SAMPLE DATA: an invented company; every person and event is made up"));
  lines.push(`read-only; nothing left this machine · window is [${window.start}, ${window.end})`);
  lines.push(...readLines(screen.read), ...reconciliationLines(summary), "");
  lines.push(
    ...controlLines(screen),
    ...deviationLines(screen),
    ...gapLines(summary),
    ...emptyLines(summary),
    "",
  );
  lines.push(...packageLines(screen));
  return lines.join("\n");
}

function readLines(read: readonly PopulationBody[]): string[] {
  const own = read.filter((body) => body.joinedFrom.length === 0);
  const words = (body: PopulationBody): string => {
    const excluded = body.exclusions.count > 0 ? `, ${body.exclusions.count} rows set aside` : "";
    return `${body.items.count} ${plural(body.kind, body.items.count)} from ${body.source}${excluded}`;
  };
  const lines: string[] = [];
  if (own.length <= 4)
    for (const body of own)
      lines.push(`${mark(body)} read          ${words(body)} · ${extractionWords(body)}`);
  else {
    const complete = own.filter((body) => body.extraction.state === "complete");
    const items = own.reduce((sum, body) => sum + body.items.count, 0);
    lines.push(
      `✓ read          ${items} items from ${own.length} sources; ${complete.length} reads complete`,
    );
    for (const body of own)
      if (body.extraction.state !== "complete")
        lines.push(`! ${body.extraction.state.padEnd(13)} ${words(body)} · ${extractionWords(body)}`);
  }
  return lines;
}

const mark = (body: PopulationBody): string => (body.extraction.state === "complete" ? "✓" : "!");

function extractionWords(body: PopulationBody): string {
  if (body.extraction.state !== "complete") return body.extraction.reasons.join("; ");
  if (body.items.count > 0) return "read complete";
  // Of a zero the proof is all there is; a long one stands in the package and in `population show`.
  const { proof } = body.extraction;
  return `a recorded zero: ${proof.length <= PROOF ? proof : "read complete, and nothing of it lies in the window"}`;
}

function plural(kind: string, count: number): string {
  const words = kind.replaceAll("-", " ");
  if (count === 1) return words;
  return words.endsWith("y") ? `${words.slice(0, -1)}ies` : `${words}s`;
}

function reconciliationLines(summary: Summary): string[] {
  const lines: string[] = [];
  const alone = summary.populations.filter((use) => use.completeness.state === "not-shown");
  for (const use of summary.populations)
    if (use.completeness.state === "differences")
      lines.push(
        `! unreconciled  ${use.population}: ${use.completeness.unresolved} differences with an independent source, unresolved`,
      );
  if (alone.length > 0)
    lines.push(
      summary.populations.length === 1
        ? `! unreconciled  one source only: completeness not shown; add ${another(alone[0]?.kind)} to show that none is missing`
        : `! unreconciled  ${alone.length} of ${summary.populations.length} populations have one source only: completeness not shown`,
    );
  return lines;
}

function another(kind: string | undefined): string {
  return kind === "change" ? "a review export or a deploy list" : "an independent list";
}

const hasRecords = (control: ControlSummary): boolean =>
  control.activities.some((activity) => activity.expected > 0 && activity.nothing === undefined);

function controlLines(screen: FirstScreen): string[] {
  const { summary } = screen;
  const withRecords = summary.controls.filter(hasRecords).sort(byUrgency);
  const lines: string[] = [];
  const detailed = withRecords.slice(0, DETAILED_MAX);
  for (const control of detailed) lines.push(...controlBlock(screen, control, detailed.length === 1));
  const rest = withRecords.slice(DETAILED_MAX);
  const notable = rest.filter(
    ({ counts }) => counts.deviated + counts.missed + counts.late + counts.unknown > 0,
  );
  if (notable.length > 0) {
    lines.push(
      `  ${"others that deviated or are unknown".padEnd(LABEL)} ${monthHeader(summary.weeks)}`.slice(0, 140),
    );
    for (const control of notable.slice(0, NOTABLE_MAX)) {
      const held = (["operated", "late", "missed", "deviated", "unknown"] as const)
        .filter((state) => control.counts[state] > 0)
        .map((state) => `${control.counts[state]} ${state}`);
      lines.push(
        `  ${control.id.padEnd(8)}${control.title.slice(0, LABEL - 9).padEnd(LABEL - 8)} ${strip(control.weeks)}  ${held.join(", ")}`,
      );
    }
  }
  const unshown = notable.slice(NOTABLE_MAX);
  if (unshown.length > 0)
    lines.push(
      `  ${unshown.length} more of these: ${unshown.map((control) => control.id).join(" ")}; all of them: ${screen.command("map")}`,
    );
  const quiet = rest.filter((control) => !notable.includes(control));
  if (quiet.length > 0)
    lines.push(
      `  ${quiet.length} more have records and nothing to report: ${quiet.map((control) => control.id).join(" ")}`,
    );
  if (withRecords.length > 0) lines.push(legend(), "");
  return lines;
}

/** What customers ask for first, then what deviated most. */
function byUrgency(a: ControlSummary, b: ControlSummary): number {
  const rank = (control: ControlSummary) => control.askedFirst ?? Number.POSITIVE_INFINITY;
  return rank(a) - rank(b) || b.counts.deviated - a.counts.deviated || (a.id < b.id ? -1 : 1);
}

function controlBlock(screen: FirstScreen, control: ControlSummary, alone: boolean): string[] {
  const { weeks } = screen.summary;
  const lines = [
    `${screen.bold(control.id)}  ${control.statement}  ${screen.dim(control.criteria.join(" "))}`,
  ];
  for (const activity of control.activities) {
    if (activity.expected === 0 || activity.nothing !== undefined) continue;
    lines.push(
      screen.dim(`  ${"attribute".padEnd(LABEL)} operated  deviated   unknown   ${tested(activity)}`),
    );
    for (const attribute of activity.attributes) lines.push(...attributeLines(screen, attribute));
    lines.push(`  ${"".padEnd(LABEL)} ${screen.dim(monthHeader(weeks))}`);
    if (activity.kind === "per-item" && alone)
      for (const attribute of activity.attributes)
        lines.push(`  ${attribute.label.slice(0, LABEL).padEnd(LABEL)} ${attributeStrip(attribute.weeks)}`);
    else lines.push(`  ${activity.title.slice(0, LABEL).padEnd(LABEL)} ${strip(activity.weeks)}`);
  }
  return lines;
}

function tested(activity: ActivitySummary): string {
  const count = activity.expected;
  const notDue = activity.counts["not-due"];
  const rest = notDue > 0 ? `, ${notDue} not due yet` : "";
  return activity.kind === "per-item" ? `${count} of ${count} tested${rest}` : `${count} expected${rest}`;
}

const REASON = 84;

function attributeLines(screen: FirstScreen, attribute: AttributeSummary): string[] {
  const count = (value: number) => String(value).padStart(8);
  const notes = attribute.unknowns.slice(0, 2).map((unknown) => {
    // What only some of them carry does not explain all of them.
    const instead = unknown.instead
      .filter((each) => each.count === unknown.count)
      .map((each) => `${each.name} instead${each.byActor > 0 ? `, ${each.byActor} by the author` : ""}`);
    const needs = unknown.suppliedBy === undefined ? [] : [`needs ${unknown.suppliedBy}`];
    const held = attribute.unknowns.length > 1 ? `${unknown.count} ` : "";
    return [`${held}${cut(unknown.detail, REASON)}`, ...instead, ...needs].join("; ");
  });
  if (attribute.unknowns.length > 2) notes.push(`and ${attribute.unknowns.length - 2} further reasons`);
  return [
    `  ${attribute.label.slice(0, LABEL).padEnd(LABEL)} ${count(attribute.operated)}  ${count(attribute.deviated)}  ${count(attribute.unknown)}   ${screen.dim(notes.join(" · "))}`.trimEnd(),
  ];
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/\s+\S*$/, "")}…`;
}

function legend(): string {
  return `  ${Object.entries(shapes)
    .map(([state, shape]) => `${shape} ${state.replaceAll("-", " ")}`)
    .join("  ")}   one cell a week`;
}

function deviationLines(screen: FirstScreen): string[] {
  const { deviations, window } = screen.summary;
  const total = screen.summary.controls
    .flatMap((control) => control.activities)
    .filter((activity) => activity.nothing === undefined)
    .reduce((sum, activity) => sum + activity.expected, 0);
  if (deviations.length === 0) return [`Deviations: none found among ${total} tested occurrences`];
  const lines = [screen.bold(`Deviations, ${deviations.length} in ${total} tested occurrences`)];
  for (const deviation of deviations.slice(0, DEVIATIONS_SHOWN))
    lines.push(`  ${deviationLine(deviation, screen.nameOf, window.zone)}`);
  if (deviations.length > DEVIATIONS_SHOWN)
    lines.push(`  … and ${deviations.length - DEVIATIONS_SHOWN} more: ${screen.command("deviation list")}`);
  for (const each of screen.summary.concentrations.slice(0, 2))
    lines.push(
      `  ${each.deviations} of the ${each.of} deviations of ${each.control} ${each.by === "person" ? `are ${screen.nameOf(each.key)}'s` : `fall in the week of ${each.key}`}`,
    );
  return lines;
}

export function deviationLine(
  deviation: Deviation,
  nameOf: (person: string) => string,
  zone: string,
): string {
  const id = /^[0-9a-f]{40}$/.test(deviation.occurrence)
    ? deviation.occurrence.slice(0, 10)
    : deviation.occurrence;
  const at = `${localDateAt(zone as TimeZone, Date.parse(deviation.at))} ${deviation.at.slice(11, 16)}Z`;
  const person = deviation.person === undefined ? "" : `  ${nameOf(deviation.person)}`;
  const title = deviation.title === undefined ? "" : `  ${deviation.title.slice(0, 48)}`;
  return `${deviation.control}  ${id}  ${at}  ${deviation.cause}${person}${title}`;
}

function gapLines(summary: Summary): string[] {
  return [
    ...summary.gaps
      .slice(0, 3)
      .map(
        (gap) =>
          `! gap  ${gap.source} ${gap.start.slice(0, 10)} to ${gap.end.slice(0, 10)}: ${gap.reason} · starves ${gap.controls.join(", ") || "nothing"}`,
      ),
    ...summary.warnings.slice(0, 3).map((warning) => `! ${warning}`),
    ...(summary.warnings.length > 3
      ? [`! and ${summary.warnings.length - 3} more warnings in the package`]
      : []),
  ];
}

const didNotOccur = (control: ControlSummary): boolean =>
  control.activities.length > 0 &&
  control.activities.every((activity) => activity.nothing === "recorded-zero");

function emptyLines(summary: Summary): string[] {
  const without = summary.controls.filter((control) => !hasRecords(control));
  const zero = without.filter(didNotOccur);
  const empty = without.filter((control) => !didNotOccur(control));
  const lines: string[] = [];
  if (zero.length > 0)
    lines.push(
      `Did not occur: ${zero.map((control) => control.id).join(" ")}, a recorded zero from a reconciled population`,
    );
  if (empty.length === 0) return lines;
  const asked = empty
    .filter((control) => control.askedFirst !== undefined)
    .sort((a, b) => (a.askedFirst ?? 0) - (b.askedFirst ?? 0))
    .slice(0, 4)
    .map((control) => `${control.id} ${control.title.toLowerCase()}`);
  const first = asked.length > 0 ? `. Customers ask first for ${asked.join(", ")}` : "";
  return [...lines, `No records yet: ${empty.length} starter controls${first}`];
}

function packageLines(screen: FirstScreen): string[] {
  const { trust } = screen;
  const size =
    screen.package.size >= 1e6
      ? `${(screen.package.size / 1e6).toFixed(1)} MB`
      : `${Math.ceil(screen.package.size / 1000)} kB`;
  const example = screen.summary.deviations[0];
  return [
    `Package   ${screen.package.path} (${size}): unpack it and open index.html, no network needed`,
    screen.package.intact
      ? `Intact    ${trust.items} items, ${trust.records} records, 1 checkpoint · key ${trust.fingerprint}, made by this workspace, ${trust.tamperEvidentSince === undefined ? "no witness, no time stamp" : `anchored outside since ${trust.tamperEvidentSince.slice(0, 10)}`}`
      : `NOT INTACT  ${screen.package.faults.slice(0, 3).join("; ")}`,
    "          shows: unchanged since this run.  does not show: what a source held before, or that a review was real",
    `Next      ${example === undefined ? screen.command("map") : `${screen.command(`explain ${example.occurrence.slice(0, 10)}`)}   why it deviated, with the raw bytes`}`,
    `          ${screen.command("status")}   what needs you, and what would supply the unknown facts`,
  ];
}
