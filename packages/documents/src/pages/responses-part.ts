/** What management answered to a deviation, and exceptions that were approved: beside it, never instead of it. */
import type { Deviation } from "@countersign/assessment";
import { html, nothing, type Markup } from "../html/markup.ts";
import type { Frame } from "../html/layout.ts";
import { facts, personInFull, time } from "../html/words.ts";

/** The answers to these deviations; nothing where there are none. */
export function responsesPart(frame: Frame, deviations: readonly Deviation[]): Markup {
  const { zone } = frame.view.summary.window;
  const responses = deviations.flatMap((one) => one.responses);
  const exceptions = deviations.flatMap((one) => one.exceptions);
  if (responses.length === 0 && exceptions.length === 0) return nothing;
  return html`${responses.map(
    (one) =>
      html`<h4>Management’s response</h4>
        ${facts([
          ["Cause, as management states it", one.cause],
          ["Response", one.response],
          ["Corrective action", one.correctiveAction],
          ["Retest", one.retest],
          ["Recorded", html`${time(one.at, zone)}, record <code>${one.record}</code>`],
        ])}`,
  )}${exceptions.map(
    (one) =>
      html`<h4>Approved exception</h4>
        ${facts([
          ["Reason", one.reason],
          ["Until", one.until],
          ["Compensating control", one.compensatingControl],
          ["Approver", personInFull(frame.view, one.approver)],
          ["Record", html`<code>${one.record}</code>`],
        ])}`,
  )}`;
}
