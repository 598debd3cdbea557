/** The first page: what was owed, what was done, what is not known, what was read, and how to check it. */
import { html, join, nothing, type Markup } from "../html/markup.ts";
import { link, page, PREPARED_BY, table, type Frame } from "../html/layout.ts";
import { count, counted, facts, list, local, time, utc, windowWords, type Pair } from "../html/words.ts";
import { controlSections } from "./control-section.ts";
import { deviationsTable } from "./deviation-part.ts";
import { PROGRAM_GAPS_PATH } from "./program-gaps-page.ts";
import { mapPart } from "./map-part.ts";
import { readPart } from "./read-part.ts";
import { sheetsWords } from "./sheets-part.ts";

/** The first page stays readable with thousands of deviations; all of them stand on their own page. */
const DEVIATIONS_SHOWN = 200;

export function indexPage(frame: Frame): string {
  const { summary } = frame.view;
  return page(
    frame,
    {
      title: "Operating record",
      kicker:
        summary.mode === "window"
          ? "Operating record over the observation window, prepared by management"
          : "Controls as of a date, prepared by management",
      h1: html`<bdi>${summary.organization.name}</bdi>: ${windowWords(summary.window)}`,
    },
    html`${windowPart(frame)} ${summary.mode === "as-of" ? walkthroughPart(frame) : nothing} ${mapPart(frame)}
    ${deviationsPart(frame)} ${readPart(frame)} ${gapsPart(frame)} ${controlSections(frame)}
    ${concentrationPart(frame)} ${checkPart(frame)} ${contentsPart(frame)}`,
  );
}

function windowPart(frame: Frame): Markup {
  const { view } = frame;
  const { summary } = view;
  const { window } = summary;
  const localBounds =
    window.zone === "UTC"
      ? undefined
      : html`in ${window.zone}: from ${local(window.start, window.zone)} up to, and not including,
        ${local(window.end, window.zone)}`;
  const pairs: Pair[] = [
    ["Organization", html`<bdi>${summary.organization.name}</bdi> <code>${summary.organization.id}</code>`],
    [
      "Observation window",
      html`<b>${windowWords(window)}</b>, inclusive, time zone ${window.zone}
        <span class="note">${window.from} through ${window.through}</span>`,
    ],
    [
      "As instants, half-open",
      html`from <time datetime="${window.start}">${utc(window.start)}</time> up to, and not including,
        <time datetime="${window.end}">${utc(window.end)}</time
        >${localBounds !== undefined && html` <span class="note">${localBounds}</span>`}`,
    ],
    [
      "What is assessed",
      summary.mode === "window"
        ? "operation over the window: every occurrence of every control’s activities"
        : "design and implementation as of a date, with one walkthrough instance per control",
    ],
    ["As of", time(summary.asOf, window.zone)],
    ["Controls", html`${link(frame, "index.html#controls", controlsWords(frame))}`],
    [
      "Deviations",
      html`${link(frame, "index.html#deviations", counted(summary.deviations.length, "deviation"))}`,
    ],
    [
      "Recorded after the window",
      summary.recordedAfterWindow === 0
        ? "no record that speaks of it"
        : html`<b>${counted(summary.recordedAfterWindow, "record")}</b> that
            ${summary.recordedAfterWindow === 1 ? "speaks" : "speak"} of it`,
    ],
    ["Assessment run", html`<code>${view.run}</code>, rules ${summary.rules}`],
    [
      "Log key’s fingerprint",
      html`<code>${view.verification.fingerprint}</code>
        ${link(frame, "verification.html#keys", "compare it by another way")}`,
    ],
  ];
  return html`<p class="lead">${PREPARED_BY}</p>
    ${facts(pairs, "Window and run")}${
      view.redactions.length > 0 &&
      html`<div class="warn">
        <p><b>Redacted for its reader.</b> What was taken out:</p>
        ${list(view.redactions, "")}
      </div>`
    }`;
}

function controlsWords({ view }: Frame): string {
  const { controls } = view.summary;
  const silent = controls.filter((control) =>
    control.activities.every((activity) => activity.nothing === "no-records"),
  ).length;
  return `${counted(controls.length, "control")}, ${silent === 0 ? "all with records" : `${count(silent)} without any record`}`;
}

function deviationsPart(frame: Frame): Markup {
  const { deviations } = frame.view.summary;
  const shown = deviations.slice(0, DEVIATIONS_SHOWN);
  return html`<h2 id="deviations">Deviations</h2>
    ${
      deviations.length === 0
        ? html`<p class="none">
            No deviation was found. What is unknown is not counted as operated: see the map.
          </p>`
        : deviationsTable(
            frame,
            shown,
            html`${counted(deviations.length, "deviation")}
              <span class="note">each leads to its item, from the raw bytes to the result</span>`,
          )
    }${
      shown.length < deviations.length &&
      html`<p>
        The first ${count(shown.length)} of ${count(deviations.length)}:
        ${link(frame, "deviations.html", "all of them")}.
      </p>`
    }`;
}

function gapsPart(frame: Frame): Markup {
  const { gaps, warnings, window } = frame.view.summary;
  return html`<h2 id="gaps">Gaps and warnings</h2>
    ${
      gaps.length === 0
        ? html`<p class="none">No source is recorded as having been out of reach within the window.</p>`
        : table(
            counted(gaps.length, "gap"),
            html`<tr>
              <th scope="col">source</th>
              <th scope="col">from</th>
              <th scope="col">until</th>
              <th scope="col">reason</th>
              <th scope="col">controls it starves</th>
            </tr>`,
            gaps.map(
              (gap) =>
                html`<tr>
                  <th scope="row"><bdi>${gap.source}</bdi></th>
                  <td>${time(gap.start, window.zone)}</td>
                  <td>${time(gap.end, window.zone)}</td>
                  <td>${gap.reason}</td>
                  <td>
                    ${join(
                      gap.controls.map((id) => link(frame, frame.site.control(id), id, true)),
                      ", ",
                    )}
                  </td>
                </tr>`,
            ),
          )
    }${list(warnings, "No warnings about the program or the window.")}${programGapsPart(frame)}`;
}

function programGapsPart(frame: Frame): Markup {
  const gaps = frame.view.programGaps;
  if (gaps === undefined) return html``;
  return html`<p>
    ${link(frame, PROGRAM_GAPS_PATH, `What the program lacks: ${counted(gaps.length, "program gap")}`)}, as
    management sees them.
  </p>`;
}

function walkthroughPart(frame: Frame): Markup {
  const { walkthroughs, window } = frame.view.summary;
  return html`<h2 id="walkthroughs">Design and implementation</h2>
    ${table(
      html`One instance per control
        <span class="note"
          >that a control was implemented once does not show that it operated over time</span
        >`,
      html`<tr>
        <th scope="col">control</th>
        <th scope="col">designed</th>
        <th scope="col">implemented</th>
        <th scope="col">instance</th>
      </tr>`,
      walkthroughs.map(({ control, designed, implemented, instance }) => {
        const target = instance && frame.site.occurrence(instance.control, instance.activity, instance.id);
        return html`<tr>
          <th scope="row">${link(frame, frame.site.control(control), control, true)}</th>
          <td>${designed ? "yes, with statement, activities and attributes" : "no"}</td>
          <td>${implemented === "not-shown" ? "not shown" : implemented}</td>
          <td>
            ${
              instance === undefined
                ? html`<span class="absent">none</span>`
                : html`${link(frame, target, html`<code>${instance.id}</code>`)}
                  ${time(instance.at, window.zone)}`
            }
          </td>
        </tr>`;
      }),
    )}`;
}

function concentrationPart(frame: Frame): Markup {
  const { view } = frame;
  const { concentrations } = view.summary;
  if (concentrations.length === 0) return nothing;
  return html`<h2 id="concentration">Where deviations gather</h2>
    ${list(
      concentrations.map((one) => {
        const who =
          one.by === "week"
            ? html`the week of ${one.key}`
            : html`<bdi>${[...view.names].find(([id]) => id === one.key)?.[1].name ?? one.key}</bdi>`;
        return html`${link(frame, frame.site.control(one.control), one.control, true)}:
        ${count(one.deviations)} of ${count(one.of)} with ${who}`;
      }),
      "",
    )}`;
}

function checkPart(frame: Frame): Markup {
  const { verification } = frame.view;
  return html`<h2 id="check">How to check this package</h2>
    <p>
      No network, no account and none of our code is needed:
      ${link(frame, "verification.html", "the steps with openssl and sha256sum")}. The log’s key has the
      fingerprint <code>${verification.fingerprint}</code>, made
      ${time(verification.keyMadeAt, frame.view.summary.window.zone)};
      ${
        verification.firstOutsideAnchor === undefined
          ? "no checkpoint is known to be held outside: nothing yet proves that the log was not written anew"
          : html`the first checkpoint known to be held outside is of
            ${time(verification.firstOutsideAnchor, frame.view.summary.window.zone)}`
      }.
    </p>
    <div class="two">
      <section aria-labelledby="shows">
        <h3 id="shows">What the check shows</h3>
        ${list(verification.shows, "Nothing is stated.")}
      </section>
      <section aria-labelledby="shows-not">
        <h3 id="shows-not">What it does not show</h3>
        ${list(verification.doesNotShow, "Nothing is stated.")}
      </section>
    </div>`;
}

function contentsPart(frame: Frame): Markup {
  const { view } = frame;
  return html`<h2 id="contents">What else is in the package</h2>
    ${list(
      [
        html`${link(frame, "deviations.html", "Deviations")}: every one, with responses and exceptions`,
        html`${link(frame, "evidence.html", "Evidence")}: ${counted(view.evidence.length, "record")} with
        files`,
        view.draws.length === 0
          ? html`No draw was made: every item was tested.`
          : html`${link(frame, "draws.html", "Draws")}: ${count(view.draws.length)}`,
        html`${link(frame, "changes.html", "Activity")}: what was read and run, in the order of the log`,
        sheetsWords(frame),
      ],
      "",
    )}`;
}
