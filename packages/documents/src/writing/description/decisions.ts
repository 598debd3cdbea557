/** DC4 and DC9: of each incident and each change a person decides whether the description must tell of it. */
import { forEach, given, paragraph, type Block, type Section } from "../blocks.ts";
import { factId } from "../facts.ts";
import { chosen, ofThing } from "../gathered/keys.ts";
import { dated, headed, plain, type Writer } from "../gathered/writer.ts";

export function incidents(writer: Writer): Section {
  const { facts } = writer;
  const all = chosen("incidents", "window");
  return headed(writer, "dc4", "DC4: Incidents", [
    forEach(facts, all, {
      none: () => plain(writer, all, "No incident was detected or went on in the window."),
      some: (members) => members.map((key) => incident(writer, key)),
    }),
  ]);
}

function incident(writer: Writer, key: string): Block {
  const { facts, say } = writer;
  const of = (...path: readonly string[]) => ofThing("incidents", key, ...path);
  const timeline = of("timeline");
  return given(facts, of("disclosure", "significant"), (significant) =>
    significant === true
      ? [
          paragraph(
            say`${of("title")} (severity: ${of("severity")}).`,
            say`It was detected on ${dated(of("detectedOn"))}.`,
            say`It was resolved on ${dated(of("resolvedOn"))}.`,
            say`It is told of because: ${of("disclosure", "reason")}`,
          ),
          forEach(facts, timeline, {
            none: () => plain(writer, timeline, "No step of it is recorded."),
            some: (steps) =>
              steps.map((step) =>
                paragraph(say`${dated(of("timeline", step, "on"))}: ${of("timeline", step, "words")}`),
              ),
          }),
        ]
      : [
          paragraph(
            say`Of one incident, detected on ${dated(of("detectedOn"))}, ${of("disclosure", "by")} decided on ${dated(of("disclosure", "on"))} that this description need not tell.`,
          ),
        ],
  );
}

export function changes(writer: Writer): Section {
  const { facts } = writer;
  const type = factId("document", "type");
  const all = chosen("changes", "window");
  return headed(writer, "dc9", "DC9: Significant changes in the window", [
    given(facts, type, (said) =>
      said === "type-1"
        ? [
            paragraph(
              plain(writer, type, "A Type I report speaks of one day, and does not call for changes."),
            ),
          ]
        : [
            forEach(facts, all, {
              none: () => plain(writer, all, "No change of the window was recorded as one to decide on."),
              some: (members) => members.map((key) => change(writer, key)),
            }),
          ],
    ),
  ]);
}

function change(writer: Writer, key: string): Block {
  const { facts, say } = writer;
  const of = (...path: readonly string[]) => ofThing("changes", key, ...path);
  return given(facts, of("disclosure", "significant"), (significant) => [
    paragraph(
      significant === true
        ? say`${dated(of("on"))}: ${of("words")}`
        : say`Of one change, of ${dated(of("on"))}, ${of("disclosure", "by")} decided on ${dated(of("disclosure", "on"))} that it is not significant.`,
    ),
  ]);
}
