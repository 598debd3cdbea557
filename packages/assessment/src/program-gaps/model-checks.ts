/** Models: what is served is one version of it, and where it comes from is said. */
import type { ModelVersion } from "@countersign/program";
import type { Check, Found, On, Seen } from "./model.ts";
import { byId, factOf, hereOwner, named } from "./seen.ts";
import { pinningOf } from "./pinning.ts";

function thirdPartyVersions(seen: Seen): readonly On<ModelVersion>[] {
  return versionsOf(seen, "third");
}

function versionsOf(seen: Seen, party: "first" | "third"): readonly On<ModelVersion>[] {
  const models = byId(seen.on.models);
  return seen.on.modelVersions.filter(({ model }) => models.get(model)?.party === party);
}

function ownerOf(seen: Seen, { model }: ModelVersion) {
  return hereOwner(seen, seen.on.models.find(({ id }) => id === model)?.owner);
}

function byPinning(seen: Seen, state: "alias" | "unknown"): readonly Found[] {
  return thirdPartyVersions(seen).flatMap((version) => {
    // Weights with a digest are one version, whatever they are called.
    if (version.providerId === undefined || version.digest !== undefined) return [];
    const pinning = pinningOf(version.providerId);
    if (pinning.state !== state) return [];
    const is = state === "alias" ? "is an alias" : "may or may not name one version";
    return [
      {
        what: `The id \`${version.providerId}\` of ${version.model} ${is}: ${pinning.because}.`,
        facts: [factOf("modelVersions", version, "providerId")],
        owner: ownerOf(seen, version),
      },
    ];
  });
}

function withoutId(seen: Seen): readonly Found[] {
  return thirdPartyVersions(seen)
    .filter(({ providerId, digest }) => providerId === undefined && digest === undefined)
    .map((version) => ({
      what: `Which id requests name for ${version.id} (a version of ${version.model}) is not said.`,
      facts: [factOf("modelVersions", version, "providerId")],
      owner: ownerOf(seen, version),
    }));
}

function withoutVersion(seen: Seen): readonly Found[] {
  const served = new Set(seen.on.modelVersions.map(({ model }) => model));
  return seen.on.models
    .filter(({ id }) => !served.has(id))
    .map((model) => ({
      what: `Which version of the model ${named(model)} is served is not said.`,
      facts: [factOf("models", model)],
      owner: hereOwner(seen, model.owner),
    }));
}

function firstPartyLacking(
  seen: Seen,
  member: "digest" | "code" | "trainedOn",
  words: string,
): readonly Found[] {
  return versionsOf(seen, "first")
    .filter((version) => version[member] === undefined)
    .map((version) => ({
      what: `${words} the model version ${version.id} is not said.`,
      facts: [factOf("modelVersions", version, member)],
      owner: ownerOf(seen, version),
    }));
}

function modelLacking(seen: Seen, member: "risk" | "vendor", words: string): readonly Found[] {
  return seen.on.models
    .filter((model) => model[member] === undefined && (member === "risk" || model.party === "third"))
    .map((model) => ({
      what: `${words} the model ${named(model)} is not said.`,
      facts: [factOf("models", model, member)],
      owner: hereOwner(seen, model.owner),
    }));
}

export const modelChecks: readonly Check[] = [
  {
    code: "model-id-alias",
    criteria: ["CC8.1", "CC9.2", "CC3.4", "PI1.3"],
    why: "The provider can put another model behind it on any day: a production change that nobody here tested or approved.",
    next: "Request the provider's pinned id, and make each move to another one a release.",
    look: (seen) => byPinning(seen, "alias"),
  },
  {
    code: "model-id-unclear",
    criteria: ["CC9.2", "CC8.1"],
    why: "If it is an alias, the model can change without a release.",
    next: "Ask the provider whether the id names one version; for weights that you hold, write their digest.",
    look: (seen) => byPinning(seen, "unknown"),
  },
  {
    code: "model-version-without-id",
    criteria: ["CC8.1", "CC9.2"],
    why: "Without it nobody can tell whether requests name one version or an alias.",
    next: "Write `providerId` in models.yaml, as requests send it.",
    look: withoutId,
  },
  {
    code: "model-without-version",
    criteria: ["CC8.1", "CC6.1", "PI1.3"],
    why: "A model in production is a version of it: approvals, evaluations and lineage are the version's.",
    next: "Add the version that is served to `modelVersions` in models.yaml, or end the model with `through`.",
    look: withoutVersion,
  },
  {
    code: "model-version-without-data",
    criteria: ["C1.1", "PI1.1", "P4.1", "CC2.1"],
    why: "Whether a customer's data is in the model cannot be answered.",
    next: "List its dataset versions under `trainedOn`; an empty list says that none of ours went in.",
    look: (seen) => firstPartyLacking(seen, "trainedOn", "What data went into"),
  },
  {
    code: "model-version-without-digest",
    criteria: ["CC8.1", "CC6.8", "PI1.5"],
    why: "The evaluated and the served weights cannot be shown to be the same.",
    next: "Write the digest of the weights, as deployed, under `digest`.",
    look: (seen) => firstPartyLacking(seen, "digest", "The digest of"),
  },
  {
    code: "model-version-without-code",
    criteria: ["CC8.1", "PI1.1"],
    why: "It could not be made again, and its change could not be reviewed.",
    next: "Write the commit that made it under `code`.",
    look: (seen) => firstPartyLacking(seen, "code", "The code of"),
  },
  {
    code: "model-without-risk",
    criteria: ["CC3.2", "CC9.2"],
    why: "How carefully a release is tested and who must approve it follow from the risk.",
    next: "Write `risk` in models.yaml.",
    look: (seen) => modelLacking(seen, "risk", "The risk of"),
  },
  {
    code: "model-without-vendor",
    criteria: ["CC9.2"],
    why: "Terms on retention and training, and the provider's own report, hang on the vendor.",
    next: "Name the `vendor` in models.yaml.",
    look: (seen) => modelLacking(seen, "vendor", "The provider of"),
  },
];
