/** Lists of which nothing was written yet. */
import type { Collection } from "@countersign/program";
import type { Check, Found, Seen } from "./model.ts";

/** A company may have none of them and say so. Everyone has components, stores, policies and risks. */
const mayBeNone: ReadonlySet<Collection> = new Set<Collection>(["vendors", "models"]);

function empty(seen: Seen, collection: Collection, noun: string): readonly Found[] {
  if (seen.on[collection].length > 0) return [];
  const isSaid = seen.program.none?.includes(collection) === true;
  if (isSaid && mayBeNone.has(collection)) return [];
  const what = isSaid ? `The program says that there is no ${noun}.` : `No ${noun} is named.`;
  return [{ what, facts: [`program/${collection}`] }];
}

export const emptyChecks: readonly Check[] = [
  {
    code: "no-components",
    criteria: ["CC6.1", "CC2.1"],
    why: "What the system is made of is its boundary (DC 200, DC3); access, changes and assets are counted against it.",
    next: "Write the components in boundary.yaml: what serves production first, then what it rests on.",
    look: (seen) => empty(seen, "components", "component"),
  },
  {
    code: "no-stores",
    criteria: ["C1.1", "CC6.1"],
    why: "Where customers' data rests, and for how long, is among the first questions of every reviewer.",
    next: "Write the stores in data.yaml: prompts, uploads, logs, indexes, training data.",
    look: (seen) => empty(seen, "stores", "data store"),
  },
  {
    code: "no-vendors",
    criteria: ["CC9.2"],
    why: "A cloud and a model provider are vendors, and usually subservice organizations (DC 200, DC7).",
    next: "Write the vendors in vendors.yaml: what each is sent, and what its terms say.",
    look: (seen) => empty(seen, "vendors", "vendor"),
  },
  {
    code: "no-models",
    criteria: ["CC8.1", "CC2.1"],
    why: "Which models serve customers, in which version and whose, is what an AI company is asked.",
    next: "Write the models and their versions in models.yaml, those of providers too.",
    look: (seen) => empty(seen, "models", "model"),
  },
  {
    code: "no-policies",
    criteria: ["CC5.3", "CC2.2"],
    why: "Staff must be told what is expected of them, and reviewers ask for the list.",
    next: "Write the policies in policies.yaml, with version, approval and text.",
    look: (seen) => empty(seen, "policies", "policy"),
  },
  {
    code: "no-risks",
    criteria: ["CC3.2", "CC3.1"],
    why: "Controls answer risks; without a register nobody can say which.",
    next: "Write the risks in registers.yaml, with owner, treatment and controls.",
    look: (seen) => empty(seen, "risks", "risk"),
  },
];
