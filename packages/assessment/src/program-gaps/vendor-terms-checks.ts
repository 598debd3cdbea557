/** Vendors: what they are sent and what their terms allow, against what this company promises its own customers. */
import type { DataClass, Vendor } from "@countersign/program";
import { promisedKeeping } from "./data-checks.ts";
import type { Check, Found, On, Seen } from "./model.ts";
import { byId, dataWords, factOf, hereOwner, named, notPublic, ofCustomers, sentTo } from "./seen.ts";

function of(vendor: On<Vendor>, seen: Seen, what: string, ...facts: readonly string[]): Found {
  return { what, facts, owner: hereOwner(seen, vendor.owner) };
}

const terms = (vendor: On<Vendor>, member: string): string => factOf("vendors", vendor, "terms", member);

/** Those that are sent data of customers, with the classes. */
function withCustomersData(
  seen: Seen,
): readonly { readonly vendor: On<Vendor>; readonly sent: readonly DataClass[] }[] {
  return seen.on.vendors
    .map((vendor) => ({ vendor, sent: ofCustomers(sentTo(seen, vendor)) }))
    .filter(({ sent }) => sent.length > 0);
}

function mayTrain(seen: Seen): readonly Found[] {
  return withCustomersData(seen).flatMap(({ vendor, sent }) => {
    if (vendor.terms?.training !== "allowed") return [];
    const reasons: { readonly words: string; readonly fact: string }[] = [];
    for (const store of seen.on.stores)
      if (store.training?.allowed === false && store.classes.some((each) => sent.includes(each)))
        reasons.push({
          words: `the store ${named(store)} is closed to training`,
          fact: factOf("stores", store, "training"),
        });
    for (const customer of seen.on.customers)
      if (customer.training === "prohibited")
        reasons.push({
          words: `the contract of ${customer.id} prohibits it`,
          fact: factOf("customers", customer, "training"),
        });
    const [first] = reasons;
    if (first === undefined) return [];
    const others = reasons.length === 1 ? "" : ` (and ${reasons.length - 1} more)`;
    return [
      of(
        vendor,
        seen,
        `The terms of ${named(vendor)} let it train on what it is sent, ${dataWords(sent)} among it, while ${first.words}${others}.`,
        terms(vendor, "training"),
        ...reasons.map(({ fact }) => fact),
      ),
    ];
  });
}

/** How long our own side keeps what the vendor is sent: the store that it comes from, else the longest of that class. */
function ownKeeping(vendor: On<Vendor>, sent: readonly DataClass[], seen: Seen) {
  const senders = new Set((seen.flowsTo.get(vendor.id) ?? []).map(({ sender }) => sender));
  const holding = seen.on.stores.filter(({ classes }) => classes.some((each) => sent.includes(each)));
  const from = holding.filter(({ id }) => senders.has(id));
  const stores = from.length > 0 ? from : holding;
  // One without a number of days may keep longer than any vendor.
  if (stores.length === 0 || stores.some(({ retention }) => retention?.days === undefined)) return undefined;
  return stores
    .map((store) => ({
      days: store.retention?.days ?? 0,
      words: `the store ${named(store)} keeps it`,
      fact: factOf("stores", store, "retention"),
    }))
    .sort((a, b) => b.days - a.days || (a.fact < b.fact ? -1 : 1))[0];
}

function keepsLonger(seen: Seen): readonly Found[] {
  return withCustomersData(seen).flatMap(({ vendor, sent }) => {
    const days = vendor.terms?.retentionDays;
    if (days === undefined) return [];
    const promise = promisedKeeping(seen, sent);
    const bound =
      promise === undefined
        ? ownKeeping(vendor, sent, seen)
        : { days: promise.days, words: `the commitment ${promise.commitment} promises`, fact: promise.fact };
    if (bound === undefined || days <= bound.days) return [];
    return [
      of(
        vendor,
        seen,
        `${named(vendor)} keeps ${dataWords(sent)} for ${days} days by its terms, and ${bound.words} for at most ${bound.days}.`,
        terms(vendor, "retentionDays"),
        bound.fact,
      ),
    ];
  });
}

function termNotSaid(
  seen: Seen,
  member: "retentionDays" | "training",
  words: (vendor: On<Vendor>, sent: readonly DataClass[]) => string,
): readonly Found[] {
  return withCustomersData(seen)
    .filter(({ vendor }) => {
      // Without any terms that is the gap, and not each of them.
      const said = vendor.terms?.[member];
      return vendor.terms !== undefined && (said === undefined || said === "not-said");
    })
    .map(({ vendor, sent }) => of(vendor, seen, words(vendor, sent), terms(vendor, member)));
}

function withoutContract(seen: Seen): readonly Found[] {
  return seen.on.vendors.flatMap((vendor) => {
    const sent = notPublic(sentTo(seen, vendor));
    if (sent.length === 0 || vendor.terms?.reference !== undefined) return [];
    return [
      of(
        vendor,
        seen,
        `${named(vendor)} is sent ${dataWords(sent)}, and no contract is named that covers it.`,
        terms(vendor, "reference"),
      ),
    ];
  });
}

function sentBeyond(seen: Seen): readonly Found[] {
  const vendors = byId(seen.on.vendors);
  return seen.on.flows.flatMap((flow) => {
    const vendor = vendors.get(flow.receiver);
    if (vendor === undefined) return [];
    const beyond = notPublic(flow.classes).filter((each) => !(vendor.dataSent ?? []).includes(each));
    if (beyond.length === 0) return [];
    return [
      of(
        vendor,
        seen,
        `The flow ${flow.id} sends ${dataWords(beyond)} to ${named(vendor)}, whose entry does not name ${beyond.length === 1 ? "that class" : "those classes"} under \`dataSent\`.`,
        factOf("flows", flow, "classes"),
        factOf("vendors", vendor, "dataSent"),
      ),
    ];
  });
}

function subserviceUndecided(seen: Seen): readonly Found[] {
  return withCustomersData(seen)
    .filter(({ vendor }) => vendor.subservice === undefined)
    .map(({ vendor, sent }) =>
      of(
        vendor,
        seen,
        `${named(vendor)} is sent ${dataWords(sent)}, and nobody has decided whether it is a subservice organization.`,
        factOf("vendors", vendor, "subservice"),
      ),
    );
}

function subserviceOrganizations(seen: Seen): readonly On<Vendor>[] {
  return seen.on.vendors.filter(({ subservice }) => subservice?.is === true);
}

function methodNotSaid(seen: Seen): readonly Found[] {
  return subserviceOrganizations(seen)
    .filter(({ subservice }) => subservice?.method === undefined)
    .map((vendor) =>
      of(
        vendor,
        seen,
        `Whether the subservice organization ${named(vendor)} is carved out or included is not said.`,
        factOf("vendors", vendor, "subservice", "method"),
      ),
    );
}

function withoutControls(seen: Seen): readonly Found[] {
  return subserviceOrganizations(seen)
    .filter(({ subservice }) => (subservice?.controls ?? []).length === 0)
    .map((vendor) =>
      of(
        vendor,
        seen,
        `What controls are assumed of the subservice organization ${named(vendor)} is not said.`,
        factOf("vendors", vendor, "subservice", "controls"),
      ),
    );
}

function unwatched(seen: Seen): readonly Found[] {
  return subserviceOrganizations(seen).flatMap((vendor) =>
    (vendor.subservice?.controls ?? [])
      .filter(({ monitoredBy }) => monitoredBy === undefined)
      .map(({ id }) =>
        of(
          vendor,
          seen,
          `No control of ours watches \`${id}\`, which is assumed of ${named(vendor)}.`,
          factOf("vendors", vendor, "subservice", "controls", id, "monitoredBy"),
        ),
      ),
  );
}

/** program.yaml lets a subservice organization answer a criterion; who that is stands in vendors.yaml. */
function answeredByNobody(seen: Seen): readonly Found[] {
  const names = new Set(
    subserviceOrganizations(seen).flatMap(({ id, name, knownAs = [] }) =>
      [id, name, ...knownAs].map((each) => each.toLowerCase()),
    ),
  );
  return seen.program.subservice
    .filter(({ organization }) => !names.has(organization.toLowerCase()))
    .map(({ criterion, organization }) => ({
      what: `${criterion} is answered by ${organization}, and no vendor of that name is a subservice organization.`,
      facts: [`program/subservice/${criterion}/organization`],
    }));
}

export const vendorTermsChecks: readonly Check[] = [
  {
    code: "vendor-may-train",
    criteria: ["CC9.2", "C1.1", "P6.4"],
    why: "The vendor's terms allow what this company's customers were promised would not happen.",
    next: "Agree on terms without training (or opt out, and keep the confirmation), or stop sending it.",
    look: mayTrain,
  },
  {
    code: "vendor-training-not-said",
    criteria: ["CC9.2", "C1.1", "P6.4"],
    why: "Whether the vendor may train on customers' data is the second thing that a reviewer asks.",
    next: "Read the terms and write `terms.training` in vendors.yaml; if they do not say, ask the vendor in writing.",
    look: (seen) =>
      termNotSaid(
        seen,
        "training",
        (vendor, sent) =>
          `Whether ${named(vendor)} may train on the ${dataWords(sent)} that it is sent is not said.`,
      ),
  },
  {
    code: "vendor-keeps-longer",
    criteria: ["CC9.2", "C1.2", "P6.4"],
    why: "A deletion that was promised does not reach the vendor's copy in time.",
    next: "Agree on a shorter retention (or none), send less, or change the promise with notice to customers.",
    look: keepsLonger,
  },
  {
    code: "vendor-retention-not-said",
    criteria: ["CC9.2", "C1.2", "P6.4"],
    why: "Without the vendor's term nobody can promise customers one.",
    next: "Read the terms and write `terms.retentionDays` in vendors.yaml; 0 where nothing is kept.",
    look: (seen) =>
      termNotSaid(
        seen,
        "retentionDays",
        (vendor, sent) =>
          `How long ${named(vendor)} keeps the ${dataWords(sent)} that it is sent is not said.`,
      ),
  },
  {
    code: "vendor-without-contract",
    criteria: ["CC9.2", "C1.1", "P6.4"],
    why: "What no contract covers binds the vendor to nothing.",
    next: "Name the contract under `terms.reference` in vendors.yaml, with what it says of retention and training.",
    look: withoutContract,
  },
  {
    code: "flow-beyond-data-sent",
    criteria: ["CC9.2", "C1.1", "CC6.7"],
    why: "The assessment of the vendor and its terms rest on the classes in its entry.",
    next: "Stop the flow, or add the classes to `dataSent` and review the vendor and its terms for them.",
    look: sentBeyond,
  },
  {
    code: "subservice-undecided",
    criteria: ["CC9.2", "CC3.2"],
    why: "The description must name every organization whose controls are needed, with the company's own (DC 200, DC7).",
    next: "Write `subservice` in vendors.yaml: whether it is one, and why.",
    look: subserviceUndecided,
  },
  {
    code: "subservice-method-not-said",
    criteria: ["CC9.2"],
    why: "The description says of each whether its controls are left out or included (DC 200, DC7).",
    next: "Write `subservice.method`: carve-out is usual; inclusive needs its own assertion.",
    look: methodNotSaid,
  },
  {
    code: "subservice-without-controls",
    criteria: ["CC9.2"],
    why: "What the company assumes of it belongs into the description (DC 200, DC7), and is what its report is read for.",
    next: "List the complementary subservice organization controls under `subservice.controls`.",
    look: withoutControls,
  },
  {
    code: "subservice-control-unwatched",
    criteria: ["CC9.2", "CC4.1"],
    why: "An assumption that nobody watches is not monitored (DC 200, DC7).",
    next: "Name the control of ours that watches it under `monitoredBy`: the yearly review, as a rule.",
    look: unwatched,
  },
  {
    code: "criterion-answered-by-no-vendor",
    criteria: ["CC9.2", "CC3.1"],
    why: "A criterion that nobody of the inventory answers is not answered.",
    next: "Add the vendor with `subservice: { is: true, … }`, or write the same name in program.yaml and vendors.yaml.",
    look: answeredByNobody,
  },
];
