/** policies.yaml and the texts of the invented company's fourteen policies, all approved in the yearly review (DOC-01). */
import { SAMPLE_MARK } from "../company.ts";
import { yamlText } from "../yaml.ts";
import { head, performedOn, type SystemParts } from "./parts.ts";

type Said = readonly [
  id: string,
  title: string,
  owner: string,
  criteria: readonly string[],
  version: string,
  text: readonly string[],
];

const POLICIES: readonly Said[] = [
  [
    "conduct",
    "Code of conduct",
    "delphine",
    ["CC1.1"],
    "5",
    [
      "We tell the truth to customers, to auditors and to each other.",
      "Whoever sees a breach reports it; nobody is treated worse for a report.",
    ],
  ],
  [
    "security",
    "Information security",
    "corvan",
    ["CC2.2", "CC5.3"],
    "7",
    [
      "Security is part of everybody's work; the head of security answers for the rules.",
      "A rule that cannot be kept is changed or excepted in writing, with an end.",
    ],
  ],
  [
    "access",
    "Access",
    "corvan",
    ["CC6.1", "CC6.2", "CC6.3"],
    "6",
    [
      "Access is granted on a ticket that another person approved, and for the work at hand.",
      "It ends within 24 hours of the end of employment. Lists are reviewed each quarter.",
      "Privileged access is held for a while and ends by itself.",
    ],
  ],
  [
    "change",
    "Changes and releases",
    "bessamy",
    ["CC8.1"],
    "8",
    [
      "Another person approves before the merge, and checks have passed.",
      "A model, prompt, guardrail or index serves only after its own digest met the threshold.",
    ],
  ],
  [
    "data",
    "Data classes and retention",
    "quenby",
    ["C1.1", "C1.2"],
    "4",
    [
      "Each store names its classes, its term and how an entry is deleted.",
      "A data set is admitted by another person than who brought it in, with rights, class and scan.",
    ],
  ],
  [
    "ai-use",
    "Use of models",
    "quenby",
    ["CC3.2", "CC8.1"],
    "3",
    [
      "Each model has an owner, an intended use and a risk.",
      "A provider's model is requested by an id that names one version.",
    ],
  ],
  [
    "vendors",
    "Vendors",
    "farrow",
    ["CC9.2"],
    "3",
    [
      "A vendor is looked at before it is sent anything, and once a year.",
      "Terms on retention and training are read and written down.",
    ],
  ],
  [
    "incidents",
    "Incidents",
    "corvan",
    ["CC7.3", "CC7.4", "CC7.5"],
    "6",
    [
      "Each incident has a lead, and a review within 30 days.",
      "Customers whose data was touched are told within 72 hours.",
    ],
  ],
  [
    "vulnerabilities",
    "Vulnerabilities",
    "farrow",
    ["CC7.1"],
    "4",
    [
      "Critical within 7 days, high within 30, medium within 90.",
      "Whoever fixed a finding does not retest it.",
    ],
  ],
  [
    "logging",
    "Logs and monitoring",
    "vesper",
    ["CC7.2"],
    "3",
    [
      "Logs of every system go to the log store and stay there for 400 days.",
      "Prompts are cut out before anything is logged.",
    ],
  ],
  [
    "backup",
    "Backup and recovery",
    "ulric",
    ["A1.2", "A1.3"],
    "4",
    [
      "Databases and model artefacts are backed up each day; snapshots expire after 35 days.",
      "A recovery is tested every year.",
    ],
  ],
  [
    "devices",
    "Devices",
    "emrin",
    ["CC6.7", "CC6.8"],
    "2",
    ["Disks are encrypted and wiped before they change hands."],
  ],
  [
    "acceptable-use",
    "Acceptable use of the service",
    "willa",
    ["CC2.3", "CC7.2"],
    "5",
    ["What customers may not do with the service, and what we do when they do it."],
  ],
  [
    "risk",
    "Risk management",
    "corvan",
    ["CC3.1", "CC3.2", "CC3.4"],
    "3",
    [
      "The register is looked through every autumn, fraud, change and models included.",
      "Whoever accepts a risk says so in it.",
    ],
  ],
];

export function policyFiles(parts: SystemParts): { path: string; text: string }[] {
  const approvedOn = performedOn(parts, "DOC-01");
  const list = POLICIES.map(([id, title, owner, criteria, version]) => ({
    id,
    title,
    owner,
    criteria: [...criteria],
    version,
    approvedBy: owner === "corvan" ? "avelin" : "corvan",
    approvedOn,
    text: `${id}.md`,
  }));
  return [
    {
      path: "countersign/policies.yaml",
      text: `${head("our policies, in the version that is in force")}\n${yamlText(
        ["The texts lie in policies/. A new version is a change with its day, never an edit."],
        { policies: list },
      )}`,
    },
    ...POLICIES.map(([id, title, , , version, text]) => ({
      path: `countersign/policies/${id}.md`,
      text: `# ${title}\n\n${SAMPLE_MARK}\nVersion ${version}, approved on ${approvedOn}.\n\n${text.map((line) => `- ${line}\n`).join("")}`,
    })),
  ];
}
