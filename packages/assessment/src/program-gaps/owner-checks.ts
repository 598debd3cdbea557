/** Who answers for what: nobody, or somebody who has left without handing it over. */
import type { Collection } from "@countersign/program";
import type { PersonId } from "@countersign/records";
import type { Check, Found, Seen } from "./model.ts";
import { factOf, listOf } from "./seen.ts";

type Owned = { readonly words: string; readonly fact: string; readonly owner: PersonId | undefined };

/** Everything on the day that has an owner or should. What is closed, out of scope or over needs none any more. */
function owned(seen: Seen): readonly Owned[] {
  const { on, day } = seen;
  const of = (
    collection: Collection,
    noun: string,
    things: readonly { readonly id: string; readonly owner?: PersonId }[],
  ): readonly Owned[] =>
    things.map((thing) => ({
      words: `the ${noun} ${thing.id}`,
      fact: factOf(collection, thing, "owner"),
      owner: thing.owner,
    }));
  const isOver = (date: string | undefined): boolean => date !== undefined && date <= day;
  return [
    ...of(
      "components",
      "component",
      on.components.filter(({ scope }) => scope !== "out"),
    ),
    ...of("stores", "store", on.stores),
    ...of("models", "model", on.models),
    ...of("vendors", "vendor", on.vendors),
    ...of("policies", "policy", on.policies),
    ...of("risks", "risk", on.risks),
    ...of(
      "incidents",
      "incident",
      on.incidents.filter(
        ({ exercise, detectedOn, resolvedOn }) =>
          exercise !== true && detectedOn <= day && !isOver(resolvedOn),
      ),
    ),
    ...of(
      "findings",
      "finding",
      on.findings.filter(({ foundOn, retestedOn }) => foundOn <= day && !isOver(retestedOn)),
    ),
  ];
}

/** Controls in force. One without a person has the role that the catalog names. */
function controls({ program, day }: Seen): readonly Owned[] {
  return program.controls
    .filter(
      ({ owner, effectiveFrom, effectiveThrough }) =>
        owner !== undefined &&
        (effectiveFrom === undefined || effectiveFrom <= day) &&
        (effectiveThrough === undefined || effectiveThrough >= day),
    )
    .map(({ id, version, owner }) => ({
      words: `the control ${id}`,
      fact: `program/controls/${id}@${version}/owner`,
      owner,
    }));
}

/** What a person answers for on the day, in words and sorted. */
export function answersFor(seen: Seen, person: PersonId): readonly string[] {
  const all = [...owned(seen), ...controls(seen)];
  return all.flatMap(({ owner, words }) => (owner === person ? [words] : [])).sort();
}

function without(seen: Seen): readonly Found[] {
  return owned(seen)
    .filter(({ owner }) => owner === undefined)
    .map(({ words, fact }) => ({ what: `Nobody answers for ${words}.`, facts: [fact] }));
}

/** One gap a person: all that is to be handed over at once. */
function left(seen: Seen): readonly Found[] {
  const byOwner = Map.groupBy([...owned(seen), ...controls(seen)], ({ owner }) => owner);
  return [...byOwner].flatMap(([owner, things]): readonly Found[] => {
    if (owner === undefined) return [];
    const person = seen.people.get(owner);
    const words = listOf(things.map((each) => each.words).sort());
    const facts = things.map(({ fact }) => fact).sort();
    if (person === undefined)
      return [{ what: `${owner}, whom people.yaml does not know, answers for ${words}.`, facts }];
    if (person.through === undefined || person.through >= seen.day) return [];
    return [
      {
        what: `${owner} left on ${person.through} and still answers for ${words}.`,
        facts: [`program/people/${owner}/through`, ...facts],
      },
    ];
  });
}

export const ownerChecks: readonly Check[] = [
  {
    code: "owner-left",
    criteria: ["CC1.3", "CC1.5", "CC5.3"],
    why: "From that day on nobody does what the owner did, and nobody notices.",
    next: "Hand it over: add a change with the new `owner` and the day, or a new version of the control.",
    look: left,
  },
  {
    code: "without-owner",
    criteria: ["CC1.3", "CC1.5"],
    why: "What nobody answers for is nobody's to mend.",
    next: "Write `owner`: a handle of people.yaml.",
    look: without,
  },
];
