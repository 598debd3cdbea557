/** models.yaml: the invented company's own models with every version that served, and the two providers'. */
import { addDays, DAY_MS, type Json } from "@countersign/kernel";
import { MODELS } from "../company.ts";
import type { SampleRelease } from "../model-releases.ts";
import { yamlText } from "../yaml.ts";
import { BASE_CORPUS } from "./data.ts";
import { head, type SystemParts } from "./parts.ts";

/** Days of the window from which the second provider's models serve. */
export const SECOND_PROVIDER_DAY = 44;

/** What each model learns from, beside the base corpus: data sets by name. */
const LEARNS: { readonly [model: string]: readonly string[] } = {
  "lumen-small": ["support talks", "refusal set"],
  "lumen-large": ["support talks", "code pairs", "refusal set"],
  "lumen-embed": ["help pages"],
  "lumen-code": ["code pairs"],
};

export function modelsYaml(parts: SystemParts): string {
  const { calendar } = parts;
  return `${head(
    "the models that serve customers, and each version of them from its first day through its last",
    "Prompts, guardrails and the help index are released the same way; the registry lists them, and this file does not.",
  )}
models:
  - id: lumen-small
    name: Lumen Small
    party: first
    owner: quenby
    risk: medium
    intendedUse: Short answers, where speed counts.
    endpoints: [/v2/completions]
  - id: lumen-large
    name: Lumen Large
    party: first
    owner: quenby
    risk: high
    intendedUse: Long answers and tools.
    endpoints: [/v2/completions, /v2/agents]
  - id: lumen-embed
    name: Lumen Embed
    party: first
    owner: roswen
    risk: low
    intendedUse: Vectors for retrieval.
    endpoints: [/v2/embeddings]
  - id: lumen-code
    name: Lumen Code
    party: first
    owner: silas
    risk: medium
    intendedUse: Code completion.
    endpoints: [/v2/code]
  - id: quill
    name: Quill
    party: third
    vendor: quillforge
    owner: quenby
    risk: medium
    intendedUse: Answers where a customer asks for it by name.
    endpoints: [/v2/completions]
  - id: cinder
    name: Cinder
    party: third
    vendor: cindermap
    owner: quenby
    risk: medium
    intendedUse: Takes over when Quill does not answer.
    endpoints: [/v2/completions]
    from: ${calendar.day(SECOND_PROVIDER_DAY)}

${yamlText(
  [
    "Of ours: what the registry promoted and the servers loaded, with the digest of the weights. Of theirs: the id in our requests.",
  ],
  {
    modelVersions: [
      ...MODELS.flatMap((model) => ownVersions(parts, model)),
      {
        id: "quill-9",
        model: "quill",
        version: "9",
        providerId: `quillforge/quill:sha256:${"9e41c07b".repeat(8)}`,
        trainedOn: [],
      },
      {
        id: "cinder-current",
        model: "cinder",
        version: "current",
        providerId: "cindermap/cinder-latest",
        trainedOn: [],
        from: calendar.day(SECOND_PROVIDER_DAY),
      },
    ],
  },
)}`;
}

/** @returns in the order of time; one that was withdrawn before any server loaded it served nobody */
export function servedReleases({ records }: SystemParts, model: string): readonly SampleRelease[] {
  return records.releases.filter(
    (release) => release.model === model && release.digest !== records.releaseDifferences.unserved,
  );
}

export function versionIdOf({ model, version }: SampleRelease): string {
  return `${model}-${version.replaceAll(".", "-")}`;
}

function ownVersions(parts: SystemParts, model: string): Json[] {
  const { calendar } = parts;
  const releases = servedReleases(parts, model);
  return releases.map((release, index): Json => {
    const from = calendar.dateAt(release.deployedAt);
    const next = releases[index + 1];
    const before = next === undefined ? undefined : addDays(calendar.dateAt(next.deployedAt), -1);
    return {
      id: versionIdOf(release),
      model,
      version: release.version,
      digest: release.digest,
      // The inventory names no data for it; that is one of the deviations of MDL-03.
      ...(release.story === "no-lineage" ? {} : { trainedOn: [...learnedFrom(parts, release)] }),
      code: release.codeRevision,
      from,
      ...(before === undefined ? {} : { through: before < from ? from : before }),
    };
  });
}

/** Of each data set that the model learns from the newest version that was admitted three days before the release. */
function learnedFrom({ records }: SystemParts, release: SampleRelease): readonly string[] {
  const newest = (LEARNS[release.model] ?? []).flatMap((name) => {
    const admitted = records.datasets.filter(
      (dataset) => dataset.name === name && dataset.admittedAt <= release.deployedAt - 3 * DAY_MS,
    );
    const last = admitted.at(-1);
    return last === undefined ? [] : [last.id];
  });
  return [BASE_CORPUS, ...newest];
}
