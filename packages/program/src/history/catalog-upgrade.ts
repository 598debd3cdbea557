/** What it means to take another catalog while a window is running: which controls say something else, on which of its days. */
import { dayNumber, type LocalDate } from "@countersign/kernel";
import type { Program } from "../model.ts";
import type { Change } from "./diff.ts";

/** What a control promises and how it is tested; the rest (owner, number of the version) is the company's own. */
const meaning: readonly string[] = ["title", "statement", "criteria", "ownerRole", "procedure", "activities"];

export type UpgradedControl = {
  readonly control: string;
  readonly change: Change["change"];
  /** Which of its members say something else; none for one that comes or goes. */
  readonly members: readonly string[];
  /** Days of the window on which it does, both inclusive. */
  readonly from: LocalDate;
  readonly through: LocalDate;
  /** How many of those days lie before the day of recording: they would be assessed by other words than were in force on them. */
  readonly pastDays: number;
};

export type CatalogUpgrade = {
  /** The catalogs' names, as the programs give them without their digests. */
  readonly before: string;
  readonly after: string;
  readonly controls: readonly UpgradedControl[];
  /** How many controls are taken from the other catalog and say what they said. */
  readonly unchanged: number;
};

/** @returns undefined where both programs take the same catalog */
export function catalogUpgrade(
  before: Program,
  after: Program,
  changes: readonly Change[],
  recordedOn: LocalDate,
): CatalogUpgrade | undefined {
  if (before.catalog === after.catalog) return undefined;
  const { window } = after;
  const own = new Set(
    [...before.controls, ...after.controls].flatMap(({ id, from }) => (from === undefined ? [] : [id])),
  );
  const ofCatalog = changes.filter(({ part, thing }) => part === "controls" && own.has(thing));
  const controls = ofCatalog.flatMap((each): readonly UpgradedControl[] => {
    const members = each.members.map(({ member }) => member).filter((member) => meaning.includes(member));
    if (each.change === "changed" && members.length === 0) return [];
    const from = each.from !== undefined && each.from > window.from ? each.from : window.from;
    const through =
      each.through !== undefined && each.through < window.through ? each.through : window.through;
    if (from > through) return [];
    const past = Math.min(dayNumber(recordedOn) - 1, dayNumber(through)) - dayNumber(from) + 1;
    return [
      {
        control: each.thing,
        change: each.change,
        members: each.change === "changed" ? members : [],
        from,
        through,
        pastDays: Math.max(0, past),
      },
    ];
  });
  const changed = new Set(controls.map(({ control }) => control));
  return {
    before: nameOf(before.catalog),
    after: nameOf(after.catalog),
    controls,
    unchanged: new Set(ofCatalog.map(({ thing }) => thing).filter((id) => !changed.has(id))).size,
  };
}

/** Whether a change says only that the control is now taken from a catalog of another name. */
export function isOfCatalogAlone({ part, change, members }: Change): boolean {
  return part === "controls" && change === "changed" && members.every(({ member }) => member === "from");
}

function nameOf(catalog: string): string {
  return catalog.slice(0, catalog.lastIndexOf(" "));
}
