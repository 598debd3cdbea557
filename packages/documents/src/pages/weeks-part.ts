/** The table twin of the operating strips: every number of every week, for the occurrences and for each attribute. */
import type { ActivitySummary, ControlSummary } from "@countersign/assessment";
import { html, type Markup } from "../html/markup.ts";
import { table, type Frame } from "../html/layout.ts";
import { activityName, subjectOf } from "./activity-part.ts";
import { attributeWeek, weekCell } from "../html/strip.ts";
import { shape, stateOrder, stateShapes } from "../html/shapes.ts";

const attributeStates = ["operated", "deviated", "unknown", "not-applicable"] as const;

export function weeksPart(frame: Frame, control: ControlSummary, activity: ActivitySummary): Markup {
  const { weeks } = frame.view.summary;
  const subject = subjectOf(control, activity);
  const whole = table(
    `${subject.words}: weeks as numbers`,
    html`Weeks as numbers
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
  const byAttribute = table(
    `${subject.words}: weeks as numbers, by attribute`,
    html`${activityName(control, activity)}, by attribute
      <span class="note">operated / deviated / unknown / not applicable</span>`,
    html`<tr>
        <td></td>
        ${activity.attributes.map((one) => html`<th scope="colgroup" colspan="4">${one.label}</th>`)}
      </tr>
      <tr>
        <th scope="col">week</th>
        ${activity.attributes.map((one) =>
          attributeStates.map(
            (state) =>
              html`<th scope="col" class="n">
                ${shape(state)}<span class="hidden">${one.label}: ${stateShapes[state].word}</span>
              </th>`,
          ),
        )}
      </tr>`,
    weeks.map(
      (week, index) =>
        html`<tr>
          <th scope="row">${week.from} through ${week.through}</th>
          ${activity.attributes.map((one) => {
            const counts = attributeWeek(one.weeks[index]);
            return attributeStates.map((state) =>
              weekCell(counts, state, index, { ...subject, attribute: one.id }),
            );
          })}
        </tr>`,
    ),
  );
  return html`${whole}${byAttribute}`;
}
