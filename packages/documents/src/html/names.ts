/**
 * Where pages stand in the package. File names come from ids that anybody could have chosen, so they keep only letters,
 * digits, dots, dashes and underscores, differ without regard to case (Windows, macOS), and are the same for the same view.
 */
import { digestOf, hexOf } from "@countersign/kernel";
import type { ItemView, PackageView, PopulationView } from "@countersign/application/ports";

const SLUG_MAX = 60;
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** The id itself where it is a safe file name, else its safe part and eight digits of its SHA-256. */
export function slug(id: string): string {
  const safe = id.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[._-]+|[._-]+$/g, "");
  if (safe === id && safe.length <= SLUG_MAX && safe.length > 0 && !RESERVED.test(safe)) return safe;
  const short = safe.slice(0, SLUG_MAX).replace(/[.-]+$/, "");
  return `${short === "" || RESERVED.test(short) ? "x" : short}-${shortHash(id)}`;
}

function shortHash(text: string): string {
  return hexOf(digestOf(text.toWellFormed())).slice(0, 8);
}

export type Site = {
  readonly control: (id: string) => string;
  readonly item: (item: ItemView) => string;
  /** The page of an occurrence, where the view gives it one. */
  readonly occurrence: (control: string, activity: string, id: string) => string | undefined;
  /** By the population's record. */
  readonly population: (record: string) => string | undefined;
  readonly populationOf: (view: PopulationView) => string;
};

/** Allots every page its path, so that no two collide. */
export function siteOf(view: PackageView): Site {
  const taken = new Set<string>();
  const allot = (folder: string, name: string, identity: string): string => {
    let path = `${folder}/${name}.html`;
    for (let round = 0; taken.has(path.toLowerCase()); round++)
      path = `${folder}/${name}-${shortHash(round === 0 ? identity : `${identity}\n${round}`)}.html`;
    taken.add(path.toLowerCase());
    return path;
  };
  const controls = new Map<string, string>();
  for (const control of view.summary.controls)
    if (!controls.has(control.id)) controls.set(control.id, allot("controls", slug(control.id), control.id));
  const items = new Map<string, string>();
  for (const { occurrence } of view.items) {
    const key = occurrenceKey(occurrence.control, occurrence.activity, occurrence.id);
    if (items.has(key)) continue;
    const name = `${slug(occurrence.control).slice(0, 24)}-${slug(occurrence.id).slice(0, 24)}`;
    items.set(key, allot("items", name.replace(/[.-]+$/, ""), key));
  }
  const populations = new Map<string, string>();
  for (const { population } of view.populations) {
    const name = slug(population.body.population);
    populations.set(
      population.record,
      allot("populations", name, `${population.body.population}\n${population.body.version}`),
    );
  }
  return {
    control: (id) => controls.get(id) ?? "index.html",
    item: ({ occurrence }) =>
      items.get(occurrenceKey(occurrence.control, occurrence.activity, occurrence.id)) ?? "index.html",
    occurrence: (control, activity, id) => items.get(occurrenceKey(control, activity, id)),
    population: (record) => populations.get(record),
    populationOf: ({ population }) => populations.get(population.record) ?? "index.html",
  };
}

function occurrenceKey(control: string, activity: string, id: string): string {
  return JSON.stringify([control, activity, id]);
}

/** A relative link from one path of the package to another; undefined where the path would leave the package. */
export function href(from: string, to: string): string | undefined {
  const [path = "", fragment] = to.split("#", 2);
  if (path === from && fragment !== undefined) return `#${encodeURIComponent(fragment)}`;
  const target = path.split("/");
  if (target.some((part) => part === "" || part === "." || part === "..")) return undefined;
  const up = "../".repeat(from.split("/").length - 1);
  const encoded = target.map((part) => encodeURIComponent(part.toWellFormed())).join("/");
  return `${up}${encoded}${fragment === undefined ? "" : `#${encodeURIComponent(fragment)}`}`;
}
