/** The facts of a verdict, in the words of the page. */
import type { PackageFacts } from "../src/verdict.ts";

export function factsOf(facts: PackageFacts): [term: string, value: string][] {
  const { organization, window, checkpoint, logKey, attestationKey } = facts;
  const said: [string, string | undefined][] = [
    [
      "Organization",
      organization && `${organization.name}${facts.sampleData === true ? " (sample data)" : ""}`,
    ],
    ["Window", window && `${window.from} through ${window.through} (${window.zone})`],
    ["Made", facts.createdAt && `${facts.createdAt} by ${facts.generator ?? "an unknown program"}`],
    ["Checkpoint", checkpoint && `${checkpoint.origin}, ${checkpoint.size} records, root ${checkpoint.root}`],
    ["Log key", logKey?.fingerprint.short],
    ["Signed by", attestationKey?.fingerprint.short],
    ["Items", `${facts.items} in ${facts.populations} populations, ${facts.results} results`],
    ["Files", `${facts.files}, of ${facts.bytes} bytes`],
  ];
  return said.flatMap(([term, value]) => (value === undefined ? [] : [[term, value]]));
}
