/** The front of every document: the same entries in the same order, each resting on a fact. */
import { formatInstant, parseInstant, parseLocalDate, type Digest, type Instant } from "@countersign/kernel";
import { PREPARED_BY } from "../html/layout.ts";
import { longDate, utc } from "../html/words.ts";
import type { Block, WrittenDocument } from "./blocks.ts";
import { nonEmpty } from "./blocks.ts";
import { factId, type Facts, type FactValue } from "./facts.ts";
import { exactly, sayer, worded, type Reference, type Template } from "./sentences.ts";

/** Ids that every document cites; whoever gathers facts declares them. */
export const frontFacts = {
  organization: factId("program", "organization", "name"),
  from: factId("program", "window", "from"),
  through: factId("program", "window", "through"),
  zone: factId("program", "window", "zone"),
  asOf: factId("document", "as-of"),
  program: factId("document", "program"),
  origin: factId("log", "checkpoint", "origin"),
  size: factId("log", "checkpoint", "size"),
  root: factId("log", "checkpoint", "root"),
} as const;

/** "July 1, 2025", of a fact that is a date. */
export function dated(fact: Reference["fact"]): Reference {
  return worded(fact, (value) => {
    const date = parseLocalDate(String(value));
    return date.ok ? longDate(date.value) : String(value);
  });
}

function timed(fact: Reference["fact"]): Reference {
  return worded(fact, (value: FactValue) => {
    const at = parseInstant(String(value));
    return at.ok ? utc(formatInstant(at.value)) : String(value);
  });
}

export type Written = {
  readonly template: Template;
  readonly title: string;
  readonly facts: Facts;
  readonly sampleData: boolean;
  readonly landscape?: boolean;
  readonly asOf: Instant;
  readonly program: Digest;
};

/** Puts the front before the blocks. */
export function writtenDocument(
  { template, title, facts, sampleData, landscape = false, asOf, program }: Written,
  blocks: readonly Block[],
): WrittenDocument {
  const say = sayer(facts);
  const { organization, from, through, zone, origin, size, root } = frontFacts;
  return {
    name: template.name,
    version: template.version,
    language: "en",
    sampleData,
    landscape,
    front: {
      title: template.words("title", title),
      organization: say`${organization}`,
      entries: [
        { term: template.words("organization", "Organization"), said: say`${organization}` },
        {
          term: template.words("window", "Observation window"),
          said: say`${dated(from)} through ${dated(through)}, inclusive, ${zone}`,
        },
        { term: template.words("as-of", "As of"), said: say`${timed(frontFacts.asOf)}` },
        { term: template.words("program", "Program"), said: say`${exactly(frontFacts.program)}` },
        {
          term: template.words("checkpoint", "Checkpoint"),
          said: say`${exactly(origin)}, size ${exactly(size)}, root ${exactly(root)}`,
        },
      ],
      notice: template.words("notice", PREPARED_BY),
    },
    blocks: nonEmpty(blocks, "a document"),
    asOf,
    program,
  };
}
