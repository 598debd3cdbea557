/**
 * The operating strip: one shape a week. It is a picture with a description; its twin, the table of weeks on the
 * control's page, holds every number. Cells carry `data-` attributes, so that a program can compare them with the JSON.
 */
import { dayNumber, type LocalDate } from "@countersign/kernel";
import type { AttributeSummary, Counts, Gap, Summary } from "@countersign/assessment";
import { html, type Markup } from "./markup.ts";
import { shownState, stateOrder, stateShapes, type CellState } from "./shapes.ts";
import { count, localDay, shortMonth } from "./words.ts";

/** Units of the drawing: one week's width, and the size of a shape in it. */
const STEP = 10;
const SHAPE = 8.5;

export type Weeks = Summary["weeks"];

export type Subject = {
  readonly control: string;
  readonly activity: string;
  /** Of the control: an activity of the same id stands once per version. */
  readonly version: number;
  readonly attribute?: string;
  /** For the description: "CHG-01, every change". */
  readonly words: string;
};

/** Four numbers of an attribute's week as counts by state. */
export function attributeWeek(week: AttributeSummary["weeks"][number] | undefined): Counts {
  const [operated, deviated, unknown, notApplicable] = week ?? [0, 0, 0, 0];
  return {
    operated,
    late: 0,
    missed: 0,
    deviated,
    unknown,
    "not-due": 0,
    "not-applicable": notApplicable,
  };
}

/** What names a cell to a program, but for its week, state and count. */
function dataOf(subject: Subject): Markup {
  return html` data-control="${subject.control}" data-activity="${subject.activity}"
  data-version="${subject.version}"${
    subject.attribute !== undefined && html` data-attribute="${subject.attribute}"`
  }`;
}

/**
 * @param named whether every cell carries what it belongs to, so that it can be read alone: once a page for each subject.
 */
export function strip(weeks: Weeks, cells: readonly Counts[], subject: Subject, named = false): Markup {
  const shown = weeks.map((_, index) => {
    const counts = cells[index];
    return counts === undefined ? { state: "nothing" as const, count: 0 } : shownState(counts);
  });
  const data = dataOf(subject);
  return html`<svg
    class="map"
    role="img"
    width="${weeks.length * STEP}"
    height="12"
    viewBox="0 0 ${weeks.length * STEP} 12"
    ${data}
    aria-label="${describe(weeks, shown, subject)}"
  >
    ${shown.map(
      ({ state, count: number }, week) =>
        html`<use
          href="#s-${state}"
          x="${week * STEP + 0.5}"
          y="2"
          width="${SHAPE}"
          height="${SHAPE}"
          ${named && data}
          data-week="${week}"
          data-state="${state}"
          data-count="${number}"
        />`,
    )}
  </svg>`;
}

const NAMED_WEEKS = 6;

function describe(weeks: Weeks, shown: readonly { readonly state: CellState }[], subject: Subject): string {
  const states: CellState[] = [...stateOrder, "nothing"];
  const parts: string[] = [];
  for (const state of states) {
    const at = shown.flatMap((cell, week) => (cell.state === state ? [week] : []));
    if (at.length === 0) continue;
    const named =
      state !== "operated" && state !== "nothing" && at.length <= NAMED_WEEKS
        ? ` (${at.map((week) => weeks[week]?.from ?? "").join(", ")})`
        : "";
    parts.push(`${stateShapes[state].word} in ${count(at.length)}${named}`);
  }
  return `${subject.words}, by week, ${count(weeks.length)} weeks: ${parts.join("; ")}`;
}

/** Months over the strips, and what the column holds. */
export function axis(weeks: Weeks): Markup {
  const labels: Markup[] = [];
  let last = -10;
  weeks.forEach((week, index) => {
    const starts = index === 0 || week.through.slice(0, 7) !== weeks[index - 1]?.through.slice(0, 7);
    if (!starts) return;
    const x = index * STEP;
    labels.push(html`<path d="M${x + 0.5} 12V15" />`);
    // A part month at the start would print over the next one's name.
    if (index - last < 3) return;
    last = index;
    const january = week.through.slice(5, 7) === "01";
    labels.push(
      html`<text x="${x}" y="9.5">${january ? week.through.slice(0, 4) : shortMonth(week.through)}</text>`,
    );
  });
  return html`<svg
    class="map axis"
    width="${weeks.length * STEP}"
    height="15"
    viewBox="0 0 ${weeks.length * STEP} 15"
    role="img"
    aria-label="week by week, ${count(weeks.length)} weeks"
  >
    ${labels}
  </svg>`;
}

/** When a source could not be read, drawn on the strips' scale. */
export function gapStrip(weeks: Weeks, gaps: readonly Gap[], zone: string, words: string): Markup {
  return html`<svg
    class="map"
    role="img"
    width="${weeks.length * STEP}"
    height="12"
    viewBox="0 0 ${weeks.length * STEP} 12"
    aria-label="${words}"
  >
    ${gaps.map((gap) => {
      const x = position(weeks, localDay(gap.start, zone));
      // At least three units wide, so that an hour can be seen.
      const width = Math.max(3, position(weeks, localDay(gap.end, zone)) - x);
      return html`<rect class="gap" x="${x.toFixed(1)}" y="2" width="${width.toFixed(1)}" height="8" />`;
    })}
  </svg>`;
}

function position(weeks: Weeks, date: LocalDate): number {
  const first = weeks[0];
  if (first === undefined || date < first.from) return 0;
  const index = weeks.findIndex((week) => date >= week.from && date <= week.through);
  const week = weeks[index];
  if (week === undefined) return weeks.length * STEP;
  const days = dayNumber(week.through) - dayNumber(week.from) + 1;
  return (index + (dayNumber(date) - dayNumber(week.from)) / days) * STEP;
}

/** The cell of the table twin: one state's number in one week. */
export function weekCell(
  counts: Counts | undefined,
  state: (typeof stateOrder)[number],
  week: number,
  subject: Subject,
): Markup {
  const number = counts?.[state] ?? 0;
  return html`<td
    class="n${number === 0 && " zero"}"
    ${dataOf(subject)}
    data-week="${week}"
    data-state="${state}"
    data-count="${number}"
  >
    ${number}
  </td>`;
}
