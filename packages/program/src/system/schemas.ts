/** The files of the program folder that describe the system. Each description is written to be read where a file is wrong. */
import { categories } from "../criterion-ids.ts";
import {
  closed,
  criteriaOf,
  dataClasses,
  date,
  digest,
  flag,
  idOf,
  levels,
  listOf,
  listOfIds,
  matching,
  oneOf,
  origins,
  person,
  text,
  texts,
  things,
  whole,
  type FileSchema,
  type Schema,
} from "./parts.ts";
import { policies, registers } from "./register-schemas.ts";

const service: FileSchema = {
  services: things(
    "What customers buy",
    {
      name: text("What it is called"),
      kind: oneOf(
        ["api", "web-application", "model-hosting", "agent", "managed-platform"],
        "What sort of service it is",
      ),
      words: text("What customers get, in a sentence or two"),
    },
    ["words"],
  ),
  commitments: things(
    "Principal service commitments and system requirements",
    {
      kind: oneOf(["commitment", "requirement"], "Promised to customers, or needed to keep the promises"),
      words: text("What is promised or required, in a sentence"),
      about: oneOf(categories, "What it is about: the category of criteria that follows from it"),
      saidIn: oneOf(
        ["contract", "sla", "privacy-notice", "terms", "documentation", "law"],
        "What it is said in",
      ),
      reference: text("Which document, and where in it"),
      services: listOfIds("services", "The services that it is about; without it, all"),
      keeping: closed({
        classes: dataClasses,
        days: whole("Days for which data of these classes is kept at most", 36_500),
      }),
    },
    ["reference", "services", "keeping"],
  ),
  reportNeeds: things(
    "When a customer needs the report, and which",
    {
      by: date("The day on which the customer needs it"),
      type: oneOf(["type-1", "type-2"], "As of a date, or over a window"),
      typeOneFirst: flag("Whether a Type I comes first, as a milestone"),
      fieldworkDays: whole("Calendar days from the window's end until the report, as the auditor plans", 366),
    },
    ["typeOneFirst", "fieldworkDays"],
  ),
  userControls: things(
    "Complementary user entity controls: what customers must do for the commitments to be met",
    {
      words: text("What a customer does"),
      criteria: criteriaOf("The criteria that it serves"),
      commitments: listOfIds("commitments", "The commitments that need it"),
      toldIn: text("Where customers are told"),
    },
    ["toldIn"],
  ),
  userResponsibilities: things(
    "What users should do, on which no commitment depends",
    { words: text("What a user does or does not do"), toldIn: text("Where users are told") },
    ["toldIn"],
  ),
};

const boundary: FileSchema = {
  environments: things(
    "Environments",
    {
      name: text("What it is called"),
      serves: oneOf(["production", "staging", "development"], "What it serves"),
    },
    [],
  ),
  components: things(
    "What the system is made of, and what was looked at and left out",
    {
      name: text("What it is called"),
      kind: oneOf(
        ["infrastructure", "software", "people", "procedures", "data"],
        "Which of the five kinds of component it is (DC 200, DC3)",
      ),
      sort: matching(
        "^[a-z][a-z0-9-]{0,39}$",
        "What it is among its kind",
        "repository",
        "pipeline",
        "model-registry",
        "feature-store",
        "vector-index",
        "prompt-log",
        "team",
      ),
      words: text("What it does"),
      scope: oneOf(["in", "out"], "Inside the boundary or outside"),
      rationale: text("Why it is in or out"),
      owner: person("Who answers for it"),
      environment: idOf("environments", "The environment that it stands in"),
      holds: dataClasses,
      neededFor: listOfIds("commitments", "The commitments that need it"),
      vendor: idOf("vendors", "The vendor that runs it"),
      knownAs: texts("What connectors, spend lists and sign-on lists call it"),
    },
    ["words", "scope", "rationale", "owner", "environment", "holds", "neededFor", "vendor", "knownAs"],
  ),
};

const flowEnds = ["stores", "components", "vendors", "everyone"] as const;

const training: Schema = closed(
  {
    allowed: flag("Whether it may be used to train models"),
    ground: text("On what ground: the contract's clause, a licence, a consent"),
  },
  ["ground"],
);

const data: FileSchema = {
  stores: things(
    "Places where data rests",
    {
      name: text("What it is called"),
      component: idOf("components", "The component that it is part of"),
      classes: dataClasses,
      origins,
      purpose: text("What it is kept for"),
      training,
      retention: closed(
        {
          days: whole("Days that an entry is kept", 36_500),
          ground: text("Who or what says so: a contract, a notice, a law"),
        },
        ["days"],
      ),
      deletion: text("How an entry is deleted, and what shows it"),
      owner: person("Who answers for it"),
      region: text("Where it is kept"),
      resources: texts("What access lists call it"),
    },
    ["component", "origins", "purpose", "training", "retention", "deletion", "owner", "region", "resources"],
  ),
  flows: things(
    "Data that moves",
    {
      sender: idOf(flowEnds, "Where it comes from: a store, a component, a vendor, or `customers`"),
      receiver: idOf(flowEnds, "Where it goes: a store, a component, a vendor, or `customers`"),
      classes: dataClasses,
      purpose: text("What for"),
    },
    ["purpose"],
  ),
  customers: things(
    "What contracts say of training; customers stand under opaque ids of the company's own",
    {
      training: oneOf(
        ["allowed", "prohibited", "not-said"],
        "What the contract says of training on their data",
      ),
      contract: text("Which contract, and where in it"),
    },
    ["contract"],
  ),
  datasetVersions: things(
    "Versions of data sets: fixed bytes",
    {
      dataset: text("The data set"),
      version: text("The version"),
      store: idOf("stores", "Where it is kept"),
      digest: digest("Of its manifest or bytes"),
      origins,
      customers: listOfIds(
        "customers",
        "Customers whose data is in it; an empty list: none; without it: not known",
      ),
      madeFrom: listOfIds("datasetVersions", "Versions that it was made from"),
      intake: closed({ approvedBy: person("Who approved it"), approvedOn: date("When") }),
      optOutFilter: closed(
        {
          ranOn: date("When the filter ran"),
          removed: whole("Entries that it removed", Number.MAX_SAFE_INTEGER),
          listDigest: digest("Of the opt-out list that it used"),
        },
        ["listDigest"],
      ),
    },
    ["store", "digest", "origins", "customers", "madeFrom", "intake", "optOutFilter"],
  ),
};

const models: FileSchema = {
  models: things(
    "Models that serve customers or the company",
    {
      name: text("What it is called"),
      party: oneOf(["first", "third"], "Our own, or a provider's"),
      vendor: idOf("vendors", "The provider"),
      owner: person("Who answers for it"),
      risk: levels,
      intendedUse: text("What it is for"),
      endpoints: texts("Where it is served"),
    },
    ["vendor", "owner", "risk", "intendedUse", "endpoints"],
  ),
  modelVersions: things(
    "Versions of models, each served from its first day through its last",
    {
      model: idOf("models", "The model"),
      version: text("The version"),
      digest: digest("Of the weights, as deployed"),
      providerId: text("The id that requests to the provider name", { examples: ["gpt-4o-2024-08-06"] }),
      trainedOn: listOfIds(
        "datasetVersions",
        "Data sets of ours that it learned from; an empty list: none; without it: not known",
      ),
      code: text("The code that made it", { examples: ["trainer@4f2c9d1"] }),
      basedOn: text("The model that it was made from"),
    },
    ["digest", "providerId", "trainedOn", "code", "basedOn"],
  ),
};

const vendors: FileSchema = {
  vendors: things(
    "Vendors and subservice organizations",
    {
      name: text("What it is called"),
      provides: text("What we use of it"),
      tier: oneOf(["critical", "high", "medium", "low"], "How much depends on it"),
      owner: person("Who answers for the relationship"),
      dataSent: dataClasses,
      regions: texts("Where it keeps the data"),
      terms: closed(
        {
          reference: text("The contract"),
          retentionDays: whole("Days for which it keeps what we send; 0: not at all", 36_500),
          training: oneOf(["allowed", "prohibited", "not-said"], "Whether it may train on what we send"),
          subProcessors: texts("Whom it passes data to"),
        },
        ["reference", "retentionDays", "training", "subProcessors"],
      ),
      subservice: closed(
        {
          is: flag("Whether its controls are needed, with ours, to meet a commitment"),
          why: text("Why, or why not"),
          method: oneOf(["carve-out", "inclusive"], "Whether its controls are left out of the report"),
          services: text("What it does in the system"),
          criteria: criteriaOf("The criteria that it serves"),
          controls: listOf(
            closed(
              {
                id: matching("^[a-z][a-z0-9-]{0,39}$", "A short name", "physical-security"),
                words: text("What we assume that it does"),
                criteria: criteriaOf("The criteria that it serves"),
                monitoredBy: idOf("control", "Our control that watches it"),
              },
              ["monitoredBy"],
            ),
            "Complementary subservice organization controls",
          ),
        },
        ["method", "services", "criteria", "controls"],
      ),
      knownAs: texts("What spend lists, sign-on lists and egress lists call it"),
    },
    ["provides", "tier", "owner", "dataSent", "regions", "terms", "subservice", "knownAs"],
  ),
  vendorReviews: things(
    "Reviews of vendors, at onboarding and yearly",
    {
      vendor: idOf("vendors", "The vendor"),
      on: date("When it was reviewed"),
      by: person("Who reviewed it"),
      report: closed(
        {
          kind: oneOf(["soc-2-type-2", "soc-2-type-1", "iso-27001", "other"], "What report was read"),
          auditor: text("Who issued it"),
          from: date("The first day that it covers"),
          through: date("The last day that it covers, or the day as of which it speaks"),
          opinion: oneOf(["unqualified", "qualified", "adverse", "disclaimer"], "Its opinion"),
          coversProduct: flag("Whether its scope covers what we use"),
          exceptions: texts("What it reports as exceptions"),
          bridgeLetterThrough: date("The last day of the vendor's bridge letter"),
          carvedOut: texts("Subservice organizations that it carves out"),
          userControls: listOf(
            closed(
              { words: text("What it expects of us"), control: idOf("control", "Our control that does it") },
              ["control"],
            ),
            "Its complementary user entity controls",
          ),
        },
        [
          "auditor",
          "from",
          "opinion",
          "coversProduct",
          "exceptions",
          "bridgeLetterThrough",
          "carvedOut",
          "userControls",
        ],
      ),
      conclusion: text("What was concluded"),
    },
    ["report", "conclusion"],
  ),
};

/** Which file holds which collections. */
export const systemFiles: { readonly [file: string]: FileSchema } = {
  "service.yaml": service,
  "boundary.yaml": boundary,
  "data.yaml": data,
  "models.yaml": models,
  "vendors.yaml": vendors,
  "policies.yaml": policies,
  "registers.yaml": registers,
};

/** The same files as schemas. Each list may be left out: what is not said is a hole, not a mistake. */
export const systemSchemas: { readonly [file: string]: Schema } = Object.fromEntries(
  Object.entries(systemFiles).map(([name, lists]) => [
    name,
    {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: name,
      ...closed(lists as { readonly [name: string]: Schema }, Object.keys(lists)),
    },
  ]),
);
