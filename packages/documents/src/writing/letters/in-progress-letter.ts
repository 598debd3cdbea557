/** A letter for a customer who waits: what is being examined, and how far its proof reaches. It concludes nothing. */
import { forEach, list, paragraph, type Block, type WrittenDocument } from "../blocks.ts";
import { factId } from "../facts.ts";
import { frontFacts } from "../front.ts";
import { chosen, ofThing } from "../gathered/keys.ts";
import type { Source } from "../gathered/source.ts";
import { dated, headed, listed, plain, worded, written, type Writer } from "../gathered/writer.ts";
import { exactly } from "../sentences.ts";
import { draftNote, signatureBlock } from "./unsigned.ts";

export function inProgressLetter(source: Source): WrittenDocument {
  return written(
    { name: "in-progress-letter", version: 1, title: "SOC 2 in progress: draft of a letter", write: blocks },
    source,
  );
}

function blocks(writer: Writer): readonly Block[] {
  const { facts, say, words } = writer;
  const { organization, from, through, zone, origin, size, root } = frontFacts;
  const services = chosen("services");
  return [
    draftNote(writer),
    headed(writer, "scope", "Scope", [
      paragraph(
        say`${organization} prepares for a ${worded(factId("document", "type"), (type) => (type === "type-1" ? "Type I" : "Type II"))} report on these trust services categories: ${listed(factId("program", "categories"), "none")}.`,
      ),
      forEach(facts, services, {
        none: () => plain(writer, services, "It covers no service."),
        some: (members) => [list(members.map((key) => say`${ofThing("services", key, "name")}`))],
      }),
    ]),
    headed(writer, "window", "Observation window", [
      paragraph(
        say`The window is ${dated(from)} through ${dated(through)}, inclusive, ${zone}.`,
        say`This letter speaks as of ${dated(factId("document", "day"))}.`,
      ),
    ]),
    headed(writer, "checkpoint", "Checkpoint", [
      paragraph(
        say`What was recorded until then is covered by the checkpoint of ${exactly(origin)} of size ${exactly(size)} with the root ${exactly(root)}.`,
        words("keep", "Whoever keeps it can see later whether any of those records was altered or removed."),
      ),
    ]),
    headed(writer, "not-said", "What this letter does not say", [
      paragraph(
        words(
          "no-conclusion",
          "No auditor has concluded anything. This letter says nothing of whether controls are suitably designed or operate effectively, and it is not a substitute for a report.",
        ),
      ),
    ]),
    signatureBlock(writer),
  ];
}
