/**
 * The shapes of the states. Each is told from the others by its form alone, in greyscale, on paper and by a reader who
 * sees no colour; the words stand beside them wherever they are shown.
 */
import type { Counts, OccurrenceState } from "@countersign/assessment";
import { constant, html, type Markup } from "./markup.ts";
import { count } from "./words.ts";

/** `nothing`: the week holds no occurrence at all. */
export type CellState = OccurrenceState | "nothing";

export type StateShape = {
  readonly state: CellState;
  readonly word: string;
  readonly meaning: string;
  /** One character for a terminal. */
  readonly glyph: string;
  /** Drawn in a square of 12 units. */
  readonly svg: string;
};

/** The order of columns, counts in words, and the legend. */
export const stateOrder: readonly OccurrenceState[] = [
  "operated",
  "late",
  "missed",
  "deviated",
  "unknown",
  "not-due",
  "not-applicable",
];

export const stateShapes: { readonly [state in CellState]: StateShape } = {
  operated: {
    state: "operated",
    word: "operated",
    meaning: "performed as the control states, with the record that shows it",
    glyph: "■",
    svg: '<rect class="f-operated" x="2.3" y="2.3" width="7.4" height="7.4"/>',
  },
  late: {
    state: "late",
    word: "late",
    meaning: "performed, but after it was due: a deviation that operated",
    glyph: "◧",
    svg: '<rect class="o-late" x="2" y="2" width="8" height="8"/><rect class="f-late" x="2" y="2" width="4" height="8"/>',
  },
  missed: {
    state: "missed",
    word: "missed",
    meaning: "owed, and not performed by the time it was due",
    glyph: "✕",
    svg: '<path class="o-missed" d="M2 2L10 10M10 2L2 10"/>',
  },
  deviated: {
    state: "deviated",
    word: "deviated",
    meaning: "performed, but not as the control states",
    glyph: "▲",
    svg: '<path class="f-deviated" d="M6 0.5L11.8 11H0.2Z"/>',
  },
  unknown: {
    state: "unknown",
    word: "unknown",
    meaning: "the records do not say; neither operated nor deviated, and the reason is given",
    glyph: "◌",
    svg: '<circle class="o-unknown" cx="6" cy="6" r="4.1"/>',
  },
  "not-due": {
    state: "not-due",
    word: "not due",
    meaning: "its term had not ended at the as-of date",
    glyph: "·",
    svg: '<circle class="f-not-due" cx="6" cy="6" r="1.9"/>',
  },
  "not-applicable": {
    state: "not-applicable",
    word: "not applicable",
    meaning: "a person decided so, with a reason and an approver",
    glyph: "–",
    svg: '<path class="o-not-applicable" d="M2.5 6H9.5"/>',
  },
  nothing: {
    state: "nothing",
    word: "nothing owed",
    meaning: "no occurrence falls into the week",
    glyph: " ",
    svg: '<path class="o-nothing" d="M6 9.5V11"/>',
  },
};

/** What a cell shows when its week holds several states: the one that a reader must not overlook. */
export const mostNotable: readonly OccurrenceState[] = [
  "missed",
  "deviated",
  "late",
  "unknown",
  "operated",
  "not-due",
  "not-applicable",
];

/** The state that a cell with these counts shows, and how many occurrences have it. */
export function shownState(counts: Counts): { readonly state: CellState; readonly count: number } {
  for (const state of mostNotable) if (counts[state] > 0) return { state, count: counts[state] };
  return { state: "nothing", count: 0 };
}

/** "16 operated, 1 deviated": every state that is not zero, in the order of the legend. */
export function countsInWords(counts: Counts): string {
  const words = stateOrder
    .filter((state) => counts[state] > 0)
    .map((state) => `${count(counts[state])} ${stateShapes[state].word}`);
  return words.length === 0 ? stateShapes.nothing.word : words.join(", ");
}

/** A shape in running text, next to its word. */
export function shape(state: CellState): Markup {
  return html`<svg
    class="shape"
    width="12"
    height="12"
    viewBox="0 0 12 12"
    aria-hidden="true"
    focusable="false"
  >
    <use href="#${`s-${state}`}" />
  </svg>`;
}

/** The shape with its word. */
export function stateMark(state: CellState): Markup {
  return html`<span class="state">${shape(state)} ${stateShapes[state].word}</span>`;
}

/** Defines the shapes once a page. */
export const shapeSymbols: Markup = constant(
  `<svg class="symbols" width="0" height="0" aria-hidden="true" focusable="false"><defs>${Object.values(
    stateShapes,
  )
    .map((one) => `<symbol id="s-${one.state}" viewBox="0 0 12 12">${one.svg}</symbol>`)
    .join(
      "",
    )}<pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse"><path class="o-gap" d="M-1 1L1 -1M0 4L4 0M3 5L5 3"/></pattern></defs></svg>`,
);

/** What the shapes mean, wherever shapes are shown. */
export function legend(): Markup {
  return html`<div class="legend">
    <p class="legend-title">What the shapes mean</p>
    <ul>
      ${Object.values(stateShapes).map(
        (one) =>
          html`<li>
            ${shape(one.state)} <span><b>${one.word}:</b> ${one.meaning}</span>
          </li>`,
      )}
    </ul>
    <p class="note">
      A week that holds several states shows the first of: missed, deviated, late, unknown, operated. The
      numbers of every state stand in the tables.
    </p>
  </div>`;
}
