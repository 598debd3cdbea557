/** The sample's files, as the company's tools would have left them, each marked as invented. */
import type { Json, JsonObject } from "@countersign/kernel";
import type { SampleActs } from "./acts.ts";
import type { Calendar } from "./calendar.ts";
import { REPOSITORIES } from "./changes.ts";
import { ORGANIZATION, SAMPLE_MARK, type SamplePerson } from "./company.ts";
import type { SampleEvidence } from "./evidence.ts";
import { programFiles, pullsPath } from "./program-folder.ts";
import { pullsText, type OtherPull } from "./pulls.ts";
import type { SeededRandom } from "./random.ts";
import type { SampleChange } from "./repositories.ts";
import type { SystemParts } from "./system/parts.ts";
import type { SampleTable } from "./table.ts";
import { yamlText } from "./yaml.ts";

/** `path` is relative to the sample's home and has forward slashes. */
export type SampleFile = { readonly path: string; readonly bytes: Uint8Array };

type Parts = {
  readonly people: readonly SamplePerson[];
  readonly records: SystemParts["records"] & {
    readonly changes: readonly SampleChange[];
    readonly otherPulls: readonly OtherPull[];
  };
  readonly tables: readonly SampleTable[];
  readonly evidence: SampleEvidence;
  readonly acts: SampleActs;
  readonly catalogLock: string | undefined;
};

export const EVIDENCE_LIST = "evidence/evidence.yaml";

export function sampleFiles(calendar: Calendar, parts: Parts, random: SeededRandom): SampleFile[] {
  const { changes, otherPulls } = parts.records;
  const texts = [
    ...programFiles({ ...parts, calendar, performances: parts.evidence.performances }),
    ...(parts.catalogLock === undefined
      ? []
      : [{ path: "countersign/catalog.lock", text: `# ${SAMPLE_MARK}\n${parts.catalogLock}` }]),
    ...REPOSITORIES.map((name) => ({
      path: pullsPath(name),
      text: pullsText(name, changes, otherPulls, random),
    })),
    ...parts.tables.map(({ path, text }) => ({ path, text })),
    { path: "exports/README.txt", text: exportsReadme(parts.tables) },
    ...parts.evidence.files,
    { path: EVIDENCE_LIST, text: evidenceYaml(parts.evidence, parts.acts) },
  ];
  return texts.map(({ path, text }) => ({ path, bytes: Buffer.from(text) }));
}

function exportsReadme(tables: readonly SampleTable[]): string {
  const widest = Math.max(...tables.map((table) => table.path.length));
  return [
    `${ORGANIZATION.name}: exports`,
    SAMPLE_MARK,
    "",
    "pulls*.json is what `gh pr list --state merged --json …` would have written for each repository; the rest are lists",
    "as their systems export them. Times carry their zone; dates without one are days of the company's own zone.",
    "",
    ...tables.map(
      (table) => `${table.path.padEnd(widest)}  ${String(table.rows).padStart(6)} rows  ${table.kind}`,
    ),
    "",
  ].join("\n");
}

/** What the `evidence add` use case and its neighbours are told, one entry for each call; people stand by handle. */
function evidenceYaml(evidence: SampleEvidence, acts: SampleActs): string {
  const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
  const content: JsonObject = {
    sampleData: true,
    performances: plain(evidence.performances),
    notApplicable: plain(acts.notApplicable),
    exceptions: plain(acts.exceptions),
    responses: plain(acts.responses),
    resolutions: plain(acts.resolutions),
  };
  return yamlText([SAMPLE_MARK, "Evidence that people add by hand, and what they decide."], content);
}
