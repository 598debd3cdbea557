/** The program of one day: of every control and every thing of the system the version that was in force then. */
import type { LocalDate } from "@countersign/kernel";
import type { ControlVersion, Program } from "../model.ts";
import { allOn, type InForce } from "../system/dated.ts";
import type { Collection, System } from "../system/model.ts";
import { collections } from "./parts.ts";

export type InForceThing = InForce & { readonly id: string };

export type ProgramOnDay = {
  readonly day: LocalDate;
  /** At most one version of each. */
  readonly controls: readonly ControlVersion[];
  /** What is there on that day; absent where the program describes no system. */
  readonly system?: {
    readonly [C in Collection]: readonly (System[C][number]["versions"][number] & InForceThing)[];
  };
};

export function programOn({ controls, system }: Program, day: LocalDate): ProgramOnDay {
  return {
    day,
    controls: controls.filter(
      ({ effectiveFrom, effectiveThrough }) =>
        (effectiveFrom === undefined || effectiveFrom <= day) &&
        (effectiveThrough === undefined || day <= effectiveThrough),
    ),
    ...(system !== undefined && {
      // Each collection gives things of its own kind.
      system: Object.fromEntries(
        collections.map((name) => [name, allOn<object>(system[name], day)]),
      ) as unknown as NonNullable<ProgramOnDay["system"]>,
    }),
  };
}
