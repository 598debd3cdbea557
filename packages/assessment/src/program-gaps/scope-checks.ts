/** The boundary: what is left out though the service rests on it, and what is in though no commitment needs it. */
import type { Component } from "@countersign/program";
import type { Check, Found, On, Seen } from "./model.ts";
import {
  byId,
  dataWords,
  factOf,
  hereOwner,
  isCarvedOut,
  listOf,
  named,
  notPublic,
  ofCustomers,
} from "./seen.ts";

type Reason = { readonly words: string; readonly fact: string };

/** Why a component belongs inside, whatever its entry says. */
function reasonsFor(component: On<Component>, seen: Seen): readonly Reason[] {
  const reasons: Reason[] = [];
  const environment = seen.on.environments.find(({ id }) => id === component.environment);
  if (environment?.serves === "production")
    reasons.push({ words: "serves production", fact: factOf("components", component, "environment") });
  const held = ofCustomers(component.holds);
  if (held.length > 0)
    reasons.push({ words: `holds ${dataWords(held)}`, fact: factOf("components", component, "holds") });
  for (const store of seen.storesOf.get(component.id) ?? [])
    if (notPublic(store.classes).length > 0)
      reasons.push({ words: `holds the store ${named(store)}`, fact: factOf("stores", store, "component") });
  for (const flow of seen.flowsTo.get(component.id) ?? [])
    if (ofCustomers(flow.classes).length > 0)
      reasons.push({
        words: `receives ${dataWords(ofCustomers(flow.classes))}`,
        fact: factOf("flows", flow, "receiver"),
      });
  if ((component.neededFor ?? []).length > 0)
    reasons.push({ words: "is needed for a commitment", fact: factOf("components", component, "neededFor") });
  return reasons;
}

function leftOut(seen: Seen): readonly Found[] {
  const vendors = byId(seen.on.vendors);
  return seen.on.components.flatMap((component) => {
    // What a carved-out subservice organization runs is outside by its method, and said there.
    if (component.scope !== "out" || isCarvedOut(vendors.get(component.vendor ?? ""))) return [];
    const reasons = reasonsFor(component, seen);
    if (reasons.length === 0) return [];
    return [
      {
        what: `The component ${named(component)} is out of scope, and it ${listOf([...new Set(reasons.map(({ words }) => words))])}.`,
        facts: [factOf("components", component, "scope"), ...reasons.map(({ fact }) => fact)],
        owner: hereOwner(seen, component.owner),
      },
    ];
  });
}

function undecided(seen: Seen): readonly Found[] {
  return seen.on.components
    .filter(({ scope }) => scope === undefined)
    .map((component) => {
      const reasons = reasonsFor(component, seen).map(({ words }) => words);
      const and = reasons.length === 0 ? "" : `; it ${listOf([...new Set(reasons)])}`;
      return {
        what: `Nobody has decided whether the component ${named(component)} is in scope${and}.`,
        facts: [factOf("components", component, "scope")],
        owner: hereOwner(seen, component.owner),
      };
    });
}

function withoutRationale(seen: Seen): readonly Found[] {
  return seen.on.components
    .filter(({ scope, rationale }) => scope !== undefined && rationale === undefined)
    .map((component) => ({
      what: `The component ${named(component)} is ${component.scope ?? ""}${component.scope === "out" ? " of" : ""} scope, and no rationale is given.`,
      facts: [factOf("components", component, "rationale")],
      owner: hereOwner(seen, component.owner),
    }));
}

function unneeded(seen: Seen): readonly Found[] {
  const promised = new Set(seen.on.commitments.map(({ id }) => id));
  // Without any commitment nothing can be needed for one, and that is a gap of its own.
  if (promised.size === 0) return [];
  return seen.on.components
    .filter(({ scope, neededFor }) => scope === "in" && !(neededFor ?? []).some((id) => promised.has(id)))
    .map((component) => ({
      what: `The component ${named(component)} is in scope, and no commitment that is in force needs it.`,
      facts: [factOf("components", component, "neededFor")],
      owner: hereOwner(seen, component.owner),
    }));
}

function homeless(seen: Seen): readonly Found[] {
  const there = new Set(seen.on.components.map(({ id }) => id));
  return seen.on.stores
    .filter(({ component }) => component === undefined || !there.has(component))
    .map((store) => ({
      what:
        store.component === undefined
          ? `The store ${named(store)} is part of no component, so nobody can tell whether it is in scope.`
          : `The store ${named(store)} is part of the component ${store.component}, which is no longer there.`,
      facts: [factOf("stores", store, "component")],
      owner: hereOwner(seen, store.owner),
    }));
}

export const scopeChecks: readonly Check[] = [
  {
    code: "left-out-of-scope",
    criteria: ["CC6.1", "CC3.4"],
    why: "A report says nothing of what is outside its boundary, and customers read it as if it spoke of their data.",
    next: "Bring it into scope, move what it serves elsewhere, or name the carved-out subservice organization that runs it.",
    look: leftOut,
  },
  {
    code: "scope-undecided",
    criteria: ["CC3.4", "CC6.1"],
    why: "What is neither in nor out is in nobody's population: access lists, changes and reviews pass it over.",
    next: "Write `scope` and `rationale` in boundary.yaml.",
    look: undecided,
  },
  {
    code: "scope-without-rationale",
    criteria: ["CC3.4"],
    why: "An auditor asks why, and whoever decided may have left by then.",
    next: "Write `rationale` in boundary.yaml: what rests on it, or why nothing does.",
    look: withoutRationale,
  },
  {
    code: "in-scope-unneeded",
    criteria: ["CC3.1"],
    why: "Everything in scope is tested for the whole window. What no commitment needs costs work and can deviate.",
    next: "Name the commitment under `neededFor`, or take it out of scope with a rationale.",
    look: unneeded,
  },
  {
    code: "store-without-component",
    criteria: ["CC6.1"],
    why: "Scope, environment and owner follow from the component. A store without one has none of them.",
    next: "Name its `component` in data.yaml, and add the component to boundary.yaml if it is not there.",
    look: homeless,
  },
];
