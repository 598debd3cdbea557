/** vendors.yaml: on whom the invented company's service rests, what each is sent, and what was read of each. */
import { addDays, type Json, type JsonObject, type LocalDate } from "@countersign/kernel";
import { VENDORS, type SampleVendor } from "../vendors.ts";
import { yamlText } from "../yaml.ts";
import { head, performedOn, type SystemParts } from "./parts.ts";

type Said = {
  readonly id: string;
  readonly provides: string;
  readonly tier: string;
  readonly owner: string;
  readonly dataSent: readonly string[];
  readonly reference: string;
  readonly subservice: JsonObject;
};

const control = (id: string, words: string, criteria: readonly string[]): Json => ({
  id,
  words,
  criteria: [...criteria],
  monitoredBy: "VEN-01",
});
const notOne = (why: string): JsonObject => ({ is: false, why });

/** By the name in the inventory; its days, its terms and who read them stand there. */
const SAID: { readonly [name: string]: Said } = {
  "Nimbus Yard": {
    id: "nimbus-yard",
    provides: "Machines, networks, storage and managed databases.",
    tier: "critical",
    owner: "emrin",
    dataSent: [
      "customer-content",
      "customer-metadata",
      "personal-data",
      "model-output",
      "telemetry",
      "training-data",
      "model-weights",
    ],
    reference: "Cloud agreement NY-311",
    subservice: {
      is: true,
      why: "The whole service runs on its machines.",
      method: "carve-out",
      services: "Hosting of production, GPU machines and storage.",
      criteria: ["CC6.4", "CC7.5", "A1.2"],
      controls: [
        control("guarded-sites", "Data centres are guarded, and visits are logged.", ["CC6.4"]),
        control("power-and-cooling", "Power and cooling outlast the failure of one supply.", ["A1.2"]),
        control("wiped-disks", "Disks are wiped or destroyed before they leave a site.", ["CC6.5"]),
      ],
    },
  },
  "Quillforge Models": {
    id: "quillforge",
    provides: "The Quill models, over their API.",
    tier: "critical",
    owner: "quenby",
    dataSent: ["customer-content"],
    reference: "Order form QF-8, with no retention",
    subservice: {
      is: true,
      why: "It sees every prompt that a customer sends to Quill.",
      method: "carve-out",
      services: "Inference of the Quill models.",
      criteria: ["CC6.1", "C1.1"],
      controls: [
        control("prompts-unread", "Its staff do not read prompts, but for abuse cases that it tells us of.", [
          "CC6.1",
        ]),
        control("nothing-kept", "Prompts are held in memory alone, and train nothing.", ["C1.1"]),
      ],
    },
  },
  "Cindermap Models": {
    id: "cindermap",
    provides: "The Cinder models, over their API, as fallback.",
    tier: "critical",
    owner: "quenby",
    dataSent: ["customer-content"],
    reference: "Order form CM-2",
    subservice: {
      is: true,
      why: "It sees every prompt while Quill does not answer.",
      method: "carve-out",
      services: "Inference of the Cinder models.",
      criteria: ["CC6.1", "C1.1"],
      controls: [control("nothing-kept", "Prompts are not kept, and train nothing.", ["C1.1"])],
    },
  },
  "Latchkey Sign-in": {
    id: "latchkey",
    provides: "Single sign-on of our staff.",
    tier: "high",
    owner: "corvan",
    dataSent: ["personal-data"],
    reference: "Subscription LK-90",
    subservice: {
      is: true,
      why: "Who of our staff may reach what is decided on its accounts.",
      method: "carve-out",
      services: "Sign-in with a second factor.",
      criteria: ["CC6.1"],
      controls: [control("factors-checked", "A sign-in without the second factor is refused.", ["CC6.1"])],
    },
  },
  "Parcelmint Billing": {
    id: "parcelmint",
    provides: "Invoices.",
    tier: "medium",
    owner: "zelda",
    dataSent: ["customer-metadata"],
    reference: "Terms of 2024",
    subservice: notOne("An invoice can wait; no commitment rests on it."),
  },
  Hearthdesk: {
    id: "hearthdesk",
    provides: "Mail and tickets of customers.",
    tier: "medium",
    owner: "brielle",
    dataSent: ["personal-data", "customer-metadata"],
    reference: "Subscription HD-15",
    subservice: notOne("Notices go out by two other ways as well."),
  },
  Forgework: {
    id: "forgework",
    provides: "Code hosting, reviews and checks.",
    tier: "high",
    owner: "bessamy",
    dataSent: ["confidential"],
    reference: "Subscription FW-2",
    subservice: notOne(
      "It holds code and no data of customers; what it builds is checked before it is deployed.",
    ),
  },
  "Owlpost Mail": {
    id: "owlpost",
    provides: "Mail of our staff.",
    tier: "low",
    owner: "emrin",
    dataSent: ["confidential"],
    reference: "Subscription OP-7",
    subservice: notOne("No data of customers goes there."),
  },
  Tallyroom: {
    id: "tallyroom",
    provides: "Bookkeeping.",
    tier: "low",
    owner: "zelda",
    dataSent: ["customer-metadata"],
    reference: "Engagement letter TR-1",
    subservice: notOne("It sees sums and names of customers; no commitment rests on it."),
  },
  "Brightwire Scanning": {
    id: "brightwire",
    provides: "Scans of code and images.",
    tier: "medium",
    owner: "farrow",
    dataSent: ["confidential"],
    reference: "Subscription BW-44",
    subservice: notOne("It reads images, and no data of customers."),
  },
  "Softharbour Backup": {
    id: "softharbour",
    provides: "A second place for backups.",
    tier: "high",
    owner: "ulric",
    dataSent: ["customer-metadata"],
    reference: "Order form SH-3",
    subservice: notOne("Copies are encrypted before they leave, and the first copy stays with Nimbus Yard."),
  },
  "Pebblecast Surveys": {
    id: "pebblecast",
    provides: "Surveys after support talks.",
    tier: "low",
    owner: "brielle",
    dataSent: ["personal-data"],
    reference: "Terms on their site",
    subservice: notOne("Nobody is served by it."),
  },
};

export function vendorIdOf(name: string): string {
  const said = SAID[name];
  if (said === undefined) throw new TypeError(`nothing is said of the vendor ${name}`);
  return said.id;
}

export function vendorsYaml(parts: SystemParts): string {
  return `${head("on whom we rest, what each is sent, and what we read of each", "The inventory that finance and sign-on are held against is exports/vendors.csv; this file says what the terms say.")}
${yamlText(["A provider of models sees prompts. Its order form must say that it keeps and trains nothing."], { vendors: vendors(parts) })}
${yamlText(["Each look: before use, and once a year (VEN-01). A report is the vendor's own, read under its terms."], { vendorReviews: reviews(parts) })}`;
}

function vendors({ calendar, records }: SystemParts): Json[] {
  return VENDORS.map(({ name, day, retentionDays }): Json => {
    const { id, reference, subservice, dataSent, ...rest } = SAID[name] as Said;
    const inUse = records.vendors.find((vendor) => vendor.name === name);
    return {
      id,
      name,
      ...rest,
      dataSent: [...dataSent],
      // Of one that nobody read the terms of, nothing is said.
      ...(inUse?.termsRead === false
        ? {}
        : { terms: { reference, retentionDays, training: "prohibited", subProcessors: [] } }),
      subservice,
      from: calendar.nextBusinessDay(addDays(calendar.from, day - 1)),
    };
  });
}

type Report = JsonObject;

/** What was read of each subservice organization in the course of the window. */
function reports(parts: SystemParts): {
  readonly [name: string]: readonly (readonly [LocalDate, Report, string])[];
} {
  const { calendar } = parts;
  const yearly = performedOn(parts, "VEN-01");
  const report = (from: number, through: number, more: JsonObject): Report => ({
    kind: "soc-2-type-2",
    auditor: "Brackenfell Assurance",
    from: calendar.day(from),
    through: calendar.day(through),
    opinion: "unqualified",
    coversProduct: true,
    ...more,
  });
  const ofUs = {
    userControls: [{ words: "Users of the service manage their own accounts.", control: "IAM-04" }],
  };
  const nothing = { userControls: [] };
  return {
    "Nimbus Yard": [
      [performedOn(parts, "PHY-01"), report(-272, 92, ofUs), "Nothing in it touches our zones."],
      [
        calendar.day(295),
        report(-272, 92, { ...ofUs, bridgeLetterThrough: calendar.day(274) }),
        "Bridge letter read: no change that touches us.",
      ],
    ],
    "Quillforge Models": [
      [yearly, report(-90, 183, nothing), "No prompt is kept; matches our order form."],
      [calendar.day(344), report(-90, 275, nothing), "As before; the newest report covers the spring."],
    ],
    "Cindermap Models": [
      [yearly, report(-180, 153, nothing), "No prompt is kept. Ask for the next report in spring."],
    ],
    "Latchkey Sign-in": [
      [yearly, report(-90, 183, ofUs), "One exception on its own joiners, not on sign-ins."],
      [calendar.day(330), report(-90, 275, ofUs), "As before."],
    ],
  };
}

function reviews(parts: SystemParts): Json[] {
  const { calendar, records } = parts;
  const yearly = performedOn(parts, "VEN-01");
  const read = reports(parts);
  return records.vendors.flatMap((vendor): Json[] => {
    const id = vendorIdOf(vendor.name);
    const before = calendar.dateAt(vendor.assessedAt);
    const own = read[vendor.name] ?? [];
    const look = (on: LocalDate, words: string, by: string, rest: JsonObject = {}): Json => ({
      id: `${id}-${on}`,
      vendor: id,
      on,
      by,
      ...rest,
      conclusion: words,
    });
    return [
      look(before, firstWords(vendor), vendor.assessedBy.handle),
      ...(own.some(([on]) => on === yearly) || before >= yearly || vendor.onboardedAt > calendar.at(yearly, 0)
        ? []
        : [look(yearly, "Yearly look: data sent and terms are as before.", "farrow")]),
      // A look that lies after the day on which the sample's files are taken has not happened.
      ...own
        .filter(([on]) => on <= calendar.dateAt(calendar.asOf))
        .map(([on, report, words]) => look(on, words, "farrow", { report })),
    ];
  });
}

function firstWords({ name, termsRead }: SampleVendor): string {
  if (!termsRead) return "Used by the support team since a trial; the terms were not at hand.";
  return name === "Brightwire Scanning"
    ? "Looked at after it was in use already; reads code alone."
    : "Before use: terms read, data classes agreed.";
}
