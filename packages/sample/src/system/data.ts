/** data.yaml: where the invented company's data rests and moves, what contracts say of training, and the admitted data sets. */
import { digestOf, type Json } from "@countersign/kernel";
import type { SampleDataset } from "../data.ts";
import { yamlText } from "../yaml.ts";
import { head, type SystemParts } from "./parts.ts";

/** The day of the window from which one customer's contract forbids training. */
export const TERMS_CHANGE_DAY = 150;
export const BASE_CORPUS = "base-corpus-4";

export function dataYaml(parts: SystemParts): string {
  return `${head(
    "where data rests, for how long, and what models may learn from",
    "The monthly retention job (DAT-02) runs in the seven stores that have a term in days and hold data of customers or logs;",
    "snapshots expire by themselves.",
  )}${STORES}
${customers(parts)}
${datasetVersions(parts)}`;
}

const STORES = `
stores:
  - id: prompt-log
    name: Prompt log
    component: customer-data
    classes: [customer-content, model-output]
    origins: [customer-upload, generated]
    purpose: Finding faults and judging abuse.
    training: { allowed: false }
    retention: { days: 30, ground: "Master agreement, section 8" }
    deletion: The retention job drops each day's partition; its log names the day.
    owner: bessamy
    region: eu-central
    resources: [prompt-log]
  - id: error-log
    name: Error log
    component: observability
    classes: [customer-content, telemetry]
    origins: [observed, customer-upload]
    purpose: Finding faults. Prompts are cut out before an error is written; what slips through is why the term is short.
    training: { allowed: false }
    retention: { days: 30, ground: "Master agreement, section 8" }
    deletion: The retention job.
    owner: vesper
    region: eu-central
  - id: batch-results
    name: Results of batch jobs
    component: customer-data
    classes: [model-output]
    origins: [generated]
    purpose: Customers fetch them.
    training: { allowed: false }
    retention: { days: 30, ground: "Master agreement, section 8" }
    deletion: The retention job, or the customer.
    owner: lorcan
    region: eu-central
  - id: fine-tune-files
    name: Files for fine-tunes
    component: customer-data
    classes: [customer-content]
    origins: [customer-upload]
    purpose: The customer's own fine-tune.
    training: { allowed: true, ground: "Master agreement, section 10: for that customer's model alone" }
    retention: { days: 30, ground: "Master agreement, section 8" }
    deletion: The retention job, 30 days after the training job ended.
    owner: quenby
    region: eu-central
  - id: customer-index
    name: Indexes of customers' documents
    component: customer-data
    classes: [customer-content]
    origins: [customer-upload]
    purpose: Retrieval for the customer's own prompts.
    training: { allowed: false }
    retention: { days: 30, ground: "Master agreement, section 8" }
    deletion: The retention job, 30 days after the last upload; embeddings go with the document.
    owner: roswen
    region: eu-central
    resources: [retrieval-index]
  - id: support-mail
    name: Support mail
    component: support-desk
    classes: [personal-data, customer-metadata]
    origins: [customer-upload]
    purpose: Answering customers.
    training: { allowed: true, ground: "Order form, clause 9: talks of customers who agreed, after the opt-out filter" }
    retention: { days: 365, ground: Privacy notice }
    deletion: The retention job, through the desk's interface.
    owner: brielle
    region: eu-west
  - id: log-store
    name: Log store
    component: observability
    classes: [telemetry]
    origins: [observed]
    purpose: Alerts, and what an auditor asks of access.
    retention: { days: 400, ground: Logging policy }
    deletion: The retention job.
    owner: vesper
    region: eu-central
    resources: [log-store]
  - id: snapshots
    name: Database snapshots
    component: customer-data
    classes: [customer-metadata, personal-data]
    origins: [observed]
    purpose: Restoring the customer database.
    training: { allowed: false }
    retention: { days: 35, ground: Backup policy }
    deletion: Each expires by itself, unless somebody holds it by hand.
    owner: ulric
    region: eu-central
  - id: customer-database
    name: Customer database
    component: customer-data
    classes: [customer-metadata, personal-data]
    origins: [observed, customer-upload]
    purpose: Contracts, users, keys and usage.
    training: { allowed: false }
    retention: { ground: For as long as the contract runs. }
    deletion: On the end of the contract, by request LUM-DEL.
    owner: bessamy
    region: eu-central
  - id: dataset-lake
    name: Dataset lake
    component: training-data
    classes: [training-data]
    origins: [licensed, public, generated, customer-upload]
    purpose: Training and evaluation of our models.
    training: { allowed: true, ground: Each admitted version names its rights (DAT-01). }
    retention: { ground: Until the rights end or the version is withdrawn. }
    deletion: By request, with a decision on the models that learned from it.
    owner: quenby
    region: eu-central
    resources: [dataset-lake]
  - id: model-weights
    name: Model weights
    component: training-data
    classes: [model-weights]
    origins: [generated]
    purpose: Serving, and taking a release back.
    retention: { ground: Until the release before the last is out of use. }
    deletion: By hand, with the release's record.
    owner: quenby
    region: eu-central
    resources: [model-weights]

flows:
  - { id: prompts, sender: customers, receiver: api-service, classes: [customer-content], purpose: Inference }
  - { id: prompts-logged, sender: api-service, receiver: prompt-log, classes: [customer-content, model-output] }
  - { id: to-quillforge, sender: api-service, receiver: quillforge, classes: [customer-content], purpose: Inference }
  - { id: to-cindermap, sender: api-service, receiver: cindermap, classes: [customer-content], purpose: Fallback }
  - { id: uploads, sender: customers, receiver: fine-tune-files, classes: [customer-content], purpose: Fine-tuning }
  - { id: mail, sender: customers, receiver: support-desk, classes: [personal-data, customer-metadata] }
  - { id: invoices, sender: customer-database, receiver: parcelmint, classes: [customer-metadata], purpose: Billing }
  - { id: copies, sender: customer-database, receiver: softharbour, classes: [customer-metadata], purpose: Backup }
`;

/** Customers stand under numbers that say nothing to others. */
function customers({ calendar }: SystemParts): string {
  return yamlText(
    [
      "What contracts say of training, of the customers with a clause of their own. Everybody else's is the master agreement's: no.",
      "customer-0017 withdrew its consent; what was taken in before stays, by the clause that it had signed.",
    ],
    {
      customers: [
        {
          id: "customer-0017",
          training: "allowed",
          contract: "Order form 17, clause 9",
          changes: [
            {
              from: calendar.day(TERMS_CHANGE_DAY),
              training: "prohibited",
              contract: "Order form 17, amendment 1",
            },
          ],
        },
        { id: "customer-0042", training: "allowed", contract: "Order form 42, clause 9" },
        { id: "customer-0108", training: "prohibited", contract: "Master agreement, section 9" },
        { id: "customer-0231", training: "allowed", contract: "Order form 231, clause 9" },
      ],
    },
  );
}

/** Whose data each version holds, by the list of consents on the day of its intake. */
export function heldBy({ calendar }: SystemParts, dataset: SampleDataset): readonly string[] {
  if (dataset.name === "code pairs") return ["customer-0042"];
  if (dataset.name !== "support talks") return [];
  const consents = calendar.dateAt(dataset.approvedAt) < calendar.day(TERMS_CHANGE_DAY);
  return consents ? ["customer-0017", "customer-0042"] : ["customer-0042", "customer-0231"];
}

/** The first data set with customers' data whose form does not say that the opt-out filter ran. */
export function unfiltered(parts: SystemParts): string | undefined {
  return parts.records.datasets.find((dataset) => heldBy(parts, dataset).length > 0)?.id;
}

const ORIGINS: { readonly [name: string]: readonly string[] } = {
  "support talks": ["customer-upload"],
  "code pairs": ["customer-upload", "licensed"],
  "evaluation set": ["synthetic"],
  "help pages": ["generated"],
  "refusal set": ["synthetic"],
};

function datasetVersions(parts: SystemParts): string {
  const { calendar, records } = parts;
  const without = unfiltered(parts);
  return yamlText(
    [
      "As the dataset catalogue admitted them, with the digest of the manifest; `customers: []` says that no customer's data is in it.",
    ],
    {
      datasetVersions: [
        {
          id: BASE_CORPUS,
          dataset: "base corpus",
          version: "4",
          store: "dataset-lake",
          digest: digestOf(Buffer.from(`${BASE_CORPUS} of the sample company`)),
          origins: ["licensed", "public"],
          customers: [],
          intake: { approvedBy: "quenby", approvedOn: calendar.day(-150) },
        },
        ...records.datasets.map((dataset, index): Json => {
          const whose = heldBy(parts, dataset);
          return {
            id: dataset.id,
            dataset: dataset.name,
            version: dataset.id.slice("dataset-".length),
            store: "dataset-lake",
            digest: dataset.digest,
            origins: [...(ORIGINS[dataset.name] ?? ["generated"])],
            customers: [...whose],
            intake: {
              approvedBy: dataset.approvedBy.handle,
              approvedOn: calendar.dateAt(dataset.approvedAt),
            },
            ...(whose.length === 0 || dataset.id === without
              ? {}
              : { optOutFilter: { ranOn: calendar.dateAt(dataset.approvedAt), removed: 40 + 17 * index } }),
          };
        }),
      ],
    },
  );
}
