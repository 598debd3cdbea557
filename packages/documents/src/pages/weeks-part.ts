/** The table twin of the operating strips: every number of every week, for the occurrences and for each attribute. */
import type { ActivitySummary, AttributeSummary, ControlSummary } from "@countersign/assessment";
import { html, type Markup } from "../html/markup.ts";
import { table, type Frame } from "../html/layout.ts";
import { activityName, subjectOf } from "./activity-part.ts";
import { attributeWeek, weekCell, type Subject, type Weeks } from "../html/strip.ts";
import { shape, stateOrder, stateShapes } from "../html/shapes.ts";

const attributeStates = ["operated", "deviated", "unknown", "not-applicable"] as const;

export function weeksPart(frame: Frame, control: ControlSummary, activity: ActivitySummary): Markup {
  const { weeks } = frame.view.summary;
  const subject = subjectOf(control, activity);
  const whole = table(
    html`${activityName(control, activity)}
      <span class="note"
        >occurrences by state; a week runs from Monday to Sunday and is cut at the window’s ends</span
      >`,
    html`<tr>
      <th scope="col">week</th>
      ${stateOrder.map(
        (state) => html`<th scope="col" class="n">${shape(state)} ${stateShapes[state].word}</th>`,
      )}
    </tr>`,
    weeks.map(
      (week, index) =>
        html`<tr>
          <th scope="row">${week.from} through ${week.through}</th>
          ${stateOrder.map((state) => weekCell(activity.weeks[index], state, index, subject))}
        </tr>`,
    ),
  );
  if (activity.attributes.length === 0) return whole;
  return html`${whole}
    <div class="tables">
      ${activity.attributes.map((one) => attributeWeeks(weeks, { ...subject, attribute: one.id }, one))}
    </div>`;
}

function attributeWeeks(weeks: Weeks, subject: Subject, attribute: AttributeSummary): Markup {
  return table(
    html`${attribute.label} <span class="note">as an attribute</span>`,
    html`<tr>
      <th scope="col">week</th>
      ${attributeStates.map(
        (state) => html`<th scope="col" class="n">${shape(state)} ${stateShapes[state].word}</th>`,
      )}
    </tr>`,
    weeks.map((week, index) => {
      const counts = attributeWeek(attribute.weeks[index]);
      return html`<tr>
        <th scope="row">${week.from} through ${week.through}</th>
        ${attributeStates.map((state) => weekCell(counts, state, index, subject))}
      </tr>`;
    }),
  );
}
