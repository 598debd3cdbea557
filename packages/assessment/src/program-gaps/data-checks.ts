/** Data through its life: kept no longer than promised, used for training only on a ground, and every data set traceable. */
import {
  customerUse,
  isOn,
  lineageOf,
  type DataClass,
  type DatasetVersion,
  type DataStore,
  type Model,
  type ModelVersion,
  type TermsThen,
} from "@countersign/program";
import type { PersonId } from "@countersign/records";
import type { Check, Found, On, Seen } from "./model.ts";
import { dataWords, factOf, hereOwner, listOf, named, notPublic, ofCustomers } from "./seen.ts";

export type KeepingPromise = { readonly days: number; readonly commitment: string; readonly fact: string };

/** The shortest time that a commitment in force promises for a class of data. */
export function promisedKeeping(seen: Seen, classes: readonly DataClass[]): KeepingPromise | undefined {
  const promises = seen.on.commitments.flatMap((commitment) =>
    commitment.keeping !== undefined && commitment.keeping.classes.some((each) => classes.includes(each))
      ? [
          {
            days: commitment.keeping.days,
            commitment: commitment.id,
            fact: factOf("commitments", commitment, "keeping"),
          },
        ]
      : [],
  );
  return promises.sort((a, b) => a.days - b.days || (a.commitment < b.commitment ? -1 : 1))[0];
}

function retentionNotSaid(seen: Seen): readonly Found[] {
  return seen.on.stores
    .filter(({ retention, classes }) => retention === undefined && notPublic(classes).length > 0)
    .map((store) => ({
      what: `How long the store ${named(store)} keeps ${dataWords(notPublic(store.classes))} is not said.`,
      facts: [factOf("stores", store, "retention")],
      owner: storeOwner(seen, store),
    }));
}

function keptTooLong(seen: Seen): readonly Found[] {
  return seen.on.stores.flatMap((store) => {
    if (store.retention === undefined) return [];
    const promise = promisedKeeping(seen, store.classes);
    const { days } = store.retention;
    if (promise === undefined || (days !== undefined && days <= promise.days)) return [];
    const kept = days === undefined ? "without a number of days" : `for ${days} days`;
    return [
      {
        what: `The store ${named(store)} keeps data ${kept}, and the commitment ${promise.commitment} promises at most ${promise.days} days.`,
        facts: [factOf("stores", store, "retention"), promise.fact],
        owner: storeOwner(seen, store),
      },
    ];
  });
}

function trainingNotSaid(seen: Seen): readonly Found[] {
  return seen.on.stores
    .filter(({ training, classes }) => training === undefined && ofCustomers(classes).length > 0)
    .map((store) => ({
      what: `Whether models may learn from the store ${named(store)}, which holds ${dataWords(ofCustomers(store.classes))}, is not said.`,
      facts: [factOf("stores", store, "training")],
      owner: storeOwner(seen, store),
    }));
}

function trainingWithoutGround(seen: Seen): readonly Found[] {
  return seen.on.stores
    .filter(({ training }) => training?.allowed === true && training.ground === undefined)
    .map((store) => ({
      what: `Models may learn from the store ${named(store)}, and on what ground is not said.`,
      facts: [factOf("stores", store, "training", "ground")],
      owner: storeOwner(seen, store),
    }));
}

function storeOwner(seen: Seen, store: On<DataStore>) {
  const component = seen.on.components.find(({ id }) => id === store.component);
  return hereOwner(seen, store.owner, component?.owner);
}

/** Customers from whose data served versions of models learned, with what the contract said when the data was taken in. */
function trained(seen: Seen, wanted: (training: string) => boolean): readonly Found[] {
  const uses = seen.on.models
    .flatMap((model) => usesOf(model, seen))
    .filter(({ terms }) => wanted(terms.training))
    .sort((a, b) => (a.version.id < b.version.id ? -1 : 1));
  return [...Map.groupBy(uses, ({ customer }) => customer)].flatMap(([customer, of]): readonly Found[] => {
    const [first] = of;
    if (first === undefined) return [];
    const { terms, path } = first;
    const versions = of.map(({ version }) => version.id).sort();
    const said = seen.system.customers.find(({ id }) => id === customer)?.versions ?? [];
    const then = said.find((each) => terms.on !== undefined && isOn(each, terms.on)) ?? said.at(-1);
    const datasets = new Set(of.flatMap((use) => use.path));
    return [
      {
        what: `${versions.length === 1 ? "The model version" : "The model versions"} ${listOf(versions)} learned from data of the customer ${customer} (through ${path.join(", made from ")}), and the contract ${terms.training === "prohibited" ? "prohibits it" : "does not say that it may"}.`,
        facts: [
          ...of.map(({ version }) => factOf("modelVersions", version, "trainedOn")),
          ...[...datasets].map((dataset) => factOf("datasetVersions", lastSaid(seen, dataset), "customers")),
          factOf("customers", { ...then, id: customer }, "training"),
        ].sort(),
        owner: hereOwner(seen, ...of.map(({ owner }) => owner)),
      },
    ];
  });
}

type Use = {
  readonly customer: string;
  readonly version: On<ModelVersion>;
  readonly owner: PersonId | undefined;
  readonly path: readonly string[];
  readonly terms: TermsThen;
};

/** Of the versions that are served on the day. */
function usesOf(model: On<Model>, seen: Seen): readonly Use[] {
  const served = new Map(
    seen.on.modelVersions.filter((each) => each.model === model.id).map((each) => [each.id, each]),
  );
  if (served.size === 0) return [];
  const inUse = lineageOf(seen.system, model.id).filter(({ id }) => served.has(id));
  const customers = new Set(inUse.flatMap(({ data }) => data.flatMap(({ said }) => said.customers ?? [])));
  return [...customers].sort().flatMap((customer) =>
    customerUse(seen.system, customer, model.id).flatMap(({ id, use }): readonly Use[] => {
      const version = served.get(id);
      if (version === undefined || use.state !== "used") return [];
      return [{ customer, version, owner: model.owner, path: use.through[0]?.path ?? [], terms: use.terms }];
    }),
  );
}

function lastSaid(seen: Seen, dataset: string): DatasetVersion & { readonly id: string } {
  const said = seen.system.datasetVersions.find(({ id }) => id === dataset)?.versions.at(-1);
  return { ...(said as DatasetVersion), id: dataset };
}

/** Whether customers' data may be in it: not where they are listed and there are none, or where it is all from elsewhere. */
function mayHoldCustomers({ customers, origins }: DatasetVersion): boolean {
  if (customers !== undefined) return customers.length > 0;
  const elsewhere = new Set(["public", "synthetic", "licensed"]);
  return origins === undefined || origins.some((each) => !elsewhere.has(each));
}

function lacking(
  seen: Seen,
  member: keyof DatasetVersion,
  words: string,
  applies: (version: DatasetVersion) => boolean = () => true,
): readonly Found[] {
  return seen.on.datasetVersions
    .filter((version) => version[member] === undefined && applies(version))
    .map((version) => {
      const store = seen.on.stores.find(({ id }) => id === version.store);
      return {
        what: `The dataset version ${version.id} (${version.dataset} ${version.version}) ${words}.`,
        facts: [factOf("datasetVersions", version, member)],
        owner: store === undefined ? undefined : storeOwner(seen, store),
      };
    });
}

function takenInLate(seen: Seen): readonly Found[] {
  return seen.on.datasetVersions.flatMap((version) => {
    const users = seen.on.modelVersions.filter(
      (model) =>
        model.trainedOn?.includes(version.id) === true &&
        model.from !== undefined &&
        version.intake !== undefined &&
        version.intake.approvedOn > model.from,
    );
    if (users.length === 0) return [];
    return [
      {
        what: `The dataset version ${version.id} was approved on ${version.intake?.approvedOn ?? ""}, after ${listOf(users.map(({ id, from }) => `${id}, served from ${from ?? ""} on,`))} had learned from it.`,
        facts: [
          factOf("datasetVersions", version, "intake"),
          ...users.map((model) => factOf("modelVersions", model, "trainedOn")),
        ],
      },
    ];
  });
}

const LINEAGE = ["C1.1", "PI1.1", "P4.1", "CC6.1"];

export const dataChecks: readonly Check[] = [
  {
    code: "prohibited-data-trained",
    criteria: ["C1.1", "P4.1", "CC2.3"],
    why: "It breaks a contract, and taking data out of a model means training it again.",
    next: "Take the version out of service or agree with the customer in writing; then filter the data set and train anew.",
    look: (seen) => trained(seen, (training) => training === "prohibited"),
  },
  {
    code: "training-terms-not-said",
    criteria: ["C1.1", "P4.1", "CC2.3"],
    why: "Silence in a contract is no ground, and customers ask for the clause.",
    next: "Write what the contract said on the day of intake under `customers` in data.yaml.",
    look: (seen) => trained(seen, (training) => training === "not-said" || training === "unknown"),
  },
  {
    code: "training-not-said",
    criteria: ["C1.1", "P4.1", "CC2.3"],
    why: "Whether models learn from their data is what customers of an AI company ask first.",
    next: "Write `training: { allowed: … }` for the store in data.yaml, with the ground where it is allowed.",
    look: trainingNotSaid,
  },
  {
    code: "training-without-ground",
    criteria: ["C1.1", "P4.1", "CC2.3"],
    why: "Permission to train comes from a contract, a licence or a consent; without it the use is not shown to be allowed.",
    next: "Name the clause, licence or consent under `training.ground` in data.yaml.",
    look: trainingWithoutGround,
  },
  {
    code: "kept-longer-than-promised",
    criteria: ["C1.2", "P4.2", "CC2.3"],
    why: "The promise is what is tested: every entry older than it is a deviation.",
    next: "Shorten the retention of the store, or change the promise with notice to customers.",
    look: keptTooLong,
  },
  {
    code: "retention-not-said",
    criteria: ["C1.2", "P4.2", "CC6.5"],
    why: "What has no term is never deleted, and a deletion request cannot be shown to have reached it.",
    next: "Write `retention` in data.yaml: days, and who or what says so.",
    look: retentionNotSaid,
  },
  {
    code: "dataset-customers-not-said",
    criteria: LINEAGE,
    why: "Without it nobody can say whether a customer's data was used.",
    next: "List the customers under `customers`; an empty list says that there are none.",
    look: (seen) =>
      lacking(seen, "customers", "may hold customers' data, and whose is not said", mayHoldCustomers),
  },
  {
    code: "dataset-without-intake",
    criteria: ["C1.1", "PI1.2", "P3.1", "CC8.1"],
    why: "Approval at intake is where rights, class and personal data are looked at.",
    next: "Write who approved it and when under `intake`; if nobody did, review it now and say so.",
    look: (seen) => lacking(seen, "intake", "was taken in without a recorded approval"),
  },
  {
    code: "dataset-approved-after-use",
    criteria: ["C1.1", "PI1.2", "CC8.1"],
    why: "An approval after training approves nothing: the data is in the model.",
    next: "Say what happened in the register of findings, and what keeps it from happening again.",
    look: takenInLate,
  },
  {
    code: "dataset-without-opt-out-filter",
    criteria: ["C1.1", "P2.1", "P4.1", "CC2.3"],
    why: "A customer who opted out is only out if the filter ran on these bytes.",
    next: "Run the filter and write `optOutFilter`: the day, and how many entries it removed.",
    look: (seen) =>
      lacking(
        seen,
        "optOutFilter",
        "may hold customers' data, and no opt-out filter run is recorded",
        mayHoldCustomers,
      ),
  },
  {
    code: "dataset-without-digest",
    criteria: ["PI1.5", "CC8.1"],
    why: "Without a digest the version is a name: its bytes can change under it.",
    next: "Write the digest of its manifest under `digest`.",
    look: (seen) => lacking(seen, "digest", "has no digest"),
  },
];
