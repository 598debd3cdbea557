/** What a verification shows and what it does not: the same sentences on the first screen, in the package and in `key show`. */
import type { Instant } from "@countersign/kernel";
import { clockStepWords } from "./clock-steps.ts";
import type { ClockStep } from "./ports/index.ts";
import { holderWords, type Protection } from "./anchors/protection.ts";

export type Trust = {
  readonly keyMadeAt: Instant;
  readonly protection: Protection;
  readonly sampleData: boolean;
  readonly clockSteps: readonly ClockStep[];
};

export function trustWords(trust: Trust): { readonly shows: string[]; readonly doesNotShow: string[] } {
  const shows = [
    "every file, record and list is the one that was written when the package was made",
    "the records stand in the order in which they were sequenced, and none between them is missing",
    "each result can be re-performed from the items, under the rules that are in the package",
  ];
  const doesNotShow = [
    "that what a source said was true, or that a review that was recorded was a real one",
    "what a source held before it was read: a history can be rewritten before it is collected",
    "that a date which a person typed is right; such dates are marked",
  ];
  const { since, holders } = trust.protection;
  if (since === undefined)
    doesNotShow.unshift(
      `that nothing was rewritten before today: the key was made ${trust.keyMadeAt.slice(0, 10)}, no witness has signed and there is no time stamp, so whoever holds the database and the key could have written all of it anew`,
    );
  else {
    shows.push(
      `since ${since.slice(0, 10)}, by the clock of somebody outside, a rewriting of what was recorded by then can be shown`,
    );
    doesNotShow.unshift(
      `that nothing was rewritten before ${since.slice(0, 10)}, or since the newest anchor: times in records are those of this company's clock`,
    );
  }
  const clock = clockStepWords(trust.clockSteps);
  if (clock !== undefined) doesNotShow.push(`that times in records follow one another: ${clock}`);
  shows.push(...holders.map((holder) => holderWords(holder)));
  if (trust.sampleData) doesNotShow.unshift("anything about a real company: people and events are invented");
  return { shows, doesNotShow };
}
