/** `explain ID`: one item or deviation, from its raw bytes to its results. */
import { ProblemError } from "@countersign/kernel";
import {
  findRun,
  itemLinesOf,
  linesOf,
  occurrenceIn,
  loadState,
  populationOfActivity,
  populationsOf,
  readItems,
  type LatestRun,
} from "@countersign/application";
import type { ActivitySummary, AttributeResult, Occurrence } from "@countersign/assessment";
import type { ItemView } from "@countersign/application";
import { nameFinder, withReading, type Common, type Shell } from "./shared.ts";
import type { Session } from "../session.ts";

const FOUND_MAX = 20;
const LISTED_MAX = 200;

export async function explain(shell: Shell, wanted: string, options: Common): Promise<void> {
  await withReading(shell, options, async (session) => {
    const { ctx } = session;
    const log = await loadState(ctx);
    const run = findRun(ctx, log);
    if (run.summary.controls.some((control) => control.id === wanted)) {
      await explainControl(shell, session, run, wanted, options);
      return;
    }
    const id =
      run.summary.deviations.find((deviation) => deviation.id.startsWith(wanted))?.occurrence ?? wanted;
    const occurrences = occurrencesOf(session, run, id);
    const populationOf = populationOfActivity(run);
    const state = populationsOf(log);
    const ids = new Set(occurrences.map((occurrence) => occurrence.id));
    const views: Omit<ItemView, "occurrence">[] = [];
    const records = new Set(occurrences.flatMap((occurrence) => populationOf(occurrence) ?? []));
    for (const row of state.collected)
      if (records.has(row.record))
        for (const [, view] of readItems(ctx, log, state.collected, row, ids)) views.push(view);
    if (occurrences.length === 0) {
      // Read, and not tested: outside the window of every control, or set aside.
      for (const row of state.collected)
        for (const line of itemLinesOf(ctx.blobs, row.body.exclusions))
          if ("item" in line && String(line.item["row"]).startsWith(wanted))
            throw new ProblemError({
              code: "set-aside",
              what: `${String(line.item["row"])} was read from ${row.body.source} and set aside`,
              why: String(line.item["reason"]),
              next: `countersign population show ${row.body.population}`,
            });
      throw new ProblemError({
        code: "unknown-id",
        what: `the last assessment has no item, occurrence or deviation that begins with ${JSON.stringify(wanted)}`,
        next: "countersign deviation list, or countersign population show POPULATION --items",
      });
    }
    if (options.json === true) {
      shell.output.json({ run: run.body.run, occurrences, items: views });
      return;
    }
    const nameOf = await nameFinder(session);
    for (const occurrence of occurrences)
      shell.output.print(occurrenceText(session, run, occurrence, nameOf));
    for (const view of views) shell.output.print(viewText(view, nameOf));
  });
}

/** A control's attributes, and by id every item that deviated or of which something is unknown, while these are few. */
async function explainControl(
  shell: Shell,
  session: Session,
  run: LatestRun,
  id: string,
  options: Common,
): Promise<void> {
  const control = run.summary.controls.find((each) => each.id === id);
  const few = new Set(
    (control?.activities ?? []).flatMap((activity) =>
      activity.attributes.flatMap((attribute, i) =>
        attribute.unknown <= LISTED_MAX ? [`${activity.id}/${activity.version}/${i}`] : [],
      ),
    ),
  );
  const items: { occurrence: Occurrence; attribute: number; result: AttributeResult }[] = [];
  const quoted = `"control":${JSON.stringify(id)}`;
  for (const line of linesOf(session.ctx.blobs, run.body.results.digest)) {
    if (!line.includes(quoted) || !/"state":"(?:deviated|unknown)"/.test(line)) continue;
    const item = occurrenceIn(line);
    item?.attributes.forEach((result, attribute) => {
      if (
        result.state === "deviated" ||
        (result.state === "unknown" && few.has(`${item.activity}/${item.version}/${attribute}`))
      )
        items.push({ occurrence: item, attribute, result });
    });
  }
  if (options.json === true) {
    shell.output.json({ run: run.body.run, control, items });
    return;
  }
  const nameOf = await nameFinder(session);
  const { print } = shell.output;
  print(`${id}  ${control?.statement ?? ""}  ${control?.criteria.join(" ") ?? ""}`);
  const versions = control?.versions ?? [];
  if (versions.length > 1)
    for (const each of versions)
      print(`  v${each.version}, ${each.from} through ${each.through}: ${each.statement}`);
  for (const activity of control?.activities ?? []) {
    print(
      `${activity.title}${versions.length > 1 ? `, v${activity.version}` : ""}: ${activity.expected} expected`,
    );
    activity.attributes.forEach((attribute, i) => {
      print(
        `  ${attribute.label}: ${attribute.operated} operated, ${attribute.deviated} deviated, ${attribute.unknown} unknown`,
      );
      print(`    tests the words  ${attribute.words}`);
      print(`    rule             ${attribute.expression}`);
      for (const unknown of attribute.unknowns)
        print(
          `    unknown          ${unknown.count}: ${unknown.detail}${unknown.suppliedBy === undefined ? "" : ` (${unknown.suppliedBy} would supply it)`}`,
        );
      for (const each of items)
        if (isOf(each.occurrence, activity) && each.attribute === i) {
          const by = each.occurrence.person === undefined ? "" : `  ${nameOf(each.occurrence.person)}`;
          print(`    ${each.occurrence.id}  ${each.occurrence.at}${by}  ${resultWords(each.result, nameOf)}`);
        }
    });
  }
}

/** An activity stands once a version: what was owed under one wording is not listed under another. */
function isOf(occurrence: Occurrence, activity: ActivitySummary): boolean {
  return occurrence.activity === activity.id && occurrence.version === activity.version;
}

function occurrencesOf(session: Session, run: LatestRun, id: string): Occurrence[] {
  const found: Occurrence[] = [];
  const quoted = JSON.stringify(id).slice(1, -1);
  for (const line of linesOf(session.ctx.blobs, run.body.results.digest)) {
    if (!line.includes(quoted)) continue;
    const item = occurrenceIn(line);
    if (item?.id.startsWith(id) === true) found.push(item);
    if (found.length > FOUND_MAX)
      throw new ProblemError({
        code: "ambiguous-id",
        what: `more than ${FOUND_MAX} results begin with ${JSON.stringify(id)}`,
        next: "give more of the id",
      });
  }
  return found;
}

function occurrenceText(
  session: Session,
  run: LatestRun,
  occurrence: Occurrence,
  nameOf: (person: string) => string,
): string {
  const control = session.loaded.program.controls.find(
    (each) => each.id === occurrence.control && each.version === occurrence.version,
  );
  const activity = control?.activities.find((each) => each.id === occurrence.activity);
  const lines = [
    `${occurrence.control} v${occurrence.version}  ${occurrence.activity}  ${occurrence.id}: ${occurrence.state}`,
    `  statement  ${control?.statement ?? ""}`,
    `  at         ${occurrence.at}`,
  ];
  if (occurrence.detail !== undefined) lines.push(`  because    ${occurrence.detail}`);
  if (occurrence.due !== undefined) lines.push(`  due        ${occurrence.due}`);
  if (occurrence.performed !== undefined)
    lines.push(
      `  performed  ${occurrence.performed.at} (${occurrence.performed.provenance})${occurrence.recorded === undefined ? "" : `, recorded ${occurrence.recorded}${occurrence.recordedLate === true ? ", after it was due" : ""}`}`,
    );
  occurrence.attributes.forEach((result, i) => {
    const attribute = activity?.attributes[i];
    lines.push(`  ${attribute?.label ?? `attribute ${i + 1}`}: ${resultWords(result, nameOf)}`);
    if (attribute !== undefined) lines.push(`    rule     ${attribute.expression}`);
  });
  for (const deviation of run.summary.deviations)
    if (deviation.control === occurrence.control && deviation.occurrence === occurrence.id)
      lines.push(`  deviation  ${deviation.id}: ${deviation.cause}`);
  return lines.join("\n");
}

export function resultWords(result: AttributeResult, nameOf: (person: string) => string): string {
  switch (result.state) {
    case "operated":
      return "operated";
    case "deviated":
      return `deviated: ${result.cause}`;
    case "not-applicable":
      return `not applicable: ${result.reason} (${nameOf(result.approver)})`;
    case "unknown": {
      const instead = (result.instead ?? [])
        .map((each) => `${each.name}${each.by === undefined ? "" : ` by ${nameOf(each.by)}`}`)
        .join(", ");
      return `unknown (${result.reason}): ${result.detail}${result.suppliedBy === undefined ? "" : `; ${result.suppliedBy} would supply it`}${instead === "" ? "" : `; it carries ${instead} instead`}`;
    }
  }
}

function viewText(view: Omit<ItemView, "occurrence">, nameOf: (person: string) => string): string {
  const lines: string[] = [];
  if (view.line !== undefined && "item" in view.line) {
    lines.push("item");
    for (const [name, value] of Object.entries(view.line.item))
      lines.push(`  ${name.padEnd(20)} ${factText(value, nameOf)}`);
  }
  if (view.proof !== undefined)
    lines.push(
      `place  leaf ${view.proof.leafIndex} of ${view.proof.count}, hash ${view.proof.leafHash}`,
      `       population root ${view.proof.root}, record ${view.proof.record} at index ${view.proof.recordIndex}`,
    );
  for (const raw of view.raw) {
    lines.push(
      `raw bytes  ${raw.file}, ${raw.length} bytes from offset ${raw.offset}${raw.cut ? " (cut)" : ""}`,
    );
    for (const line of raw.text.split("\n")) lines.push(`  | ${line}`);
  }
  return lines.join("\n");
}

function factText(value: unknown, nameOf: (person: string) => string): string {
  if (typeof value === "string")
    return /^p_[0-9a-f]{24}$/.test(value) ? `${nameOf(value)} (${value})` : value;
  if (Array.isArray(value))
    return value.length === 0 ? "none" : value.map((each) => factText(each, nameOf)).join(" · ");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([name, member]) => `${name} ${factText(member, nameOf)}`)
      .join(", ");
  return String(value);
}
