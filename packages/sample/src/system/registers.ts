/** registers.yaml: the invented company's risks, incidents, findings and changes, each carried to its end but for a few. */
import { addDays, type Json, type LocalDate } from "@countersign/kernel";
import type { SampleIncident } from "../incidents.ts";
import { yamlText } from "../yaml.ts";
import { head, performedOn, type SystemParts } from "./parts.ts";

/** The incident that nobody has decided to tell of or not: it broke a promised availability. */
export const UNDECIDED_SUMMARY = "a provider's outage outlasted the fallback's quota";
export const NOTICE_HOURS = 72;
export const OVERDUE_FINDING = "pentest-4";

export function registersYaml(parts: SystemParts): string {
  return `${head("risks, incidents, findings and changes")}
${yamlText(
  [
    "The eight that the risk assessment (RSK-01) put before the oversight meeting; its sheet has all thirty-four.",
  ],
  { risks: risks(performedOn(parts, "RSK-01")) },
)}
${yamlText(
  [
    "Incidents as the tracker has them, with the decision whether the system description tells of each (DC 200, DC4):",
    "it does where a control failed or a commitment was broken.",
  ],
  { incidents: incidents(parts) },
)}
${yamlText(["The findings of medium severity and above of the penetration test and red team (PEN-01), and one of our own."], { findings: findings(parts) })}
${yamlText(["Changes to the system in the window, and whether they are significant (DC 200, DC9)."], { changes: changes(parts) })}`;
}

const SEVERITY: { readonly [level: string]: string } = { "1": "high", "2": "medium", "3": "low" };

/** Why the description need not tell of it, or must; by a piece of its summary. */
const DECISIONS: readonly (readonly [words: string, significant: boolean, reason: string])[] = [
  [
    "prompt cache answered across",
    true,
    "Answers crossed two keys of one customer, and access to answers is promised to be limited.",
  ],
  [
    "error logs held prompts",
    true,
    "Prompts rested where they may not, and the notice went out after the promised hours.",
  ],
  [
    "rate limit was off",
    false,
    "No data was reached; the limit protects capacity alone, and the SLA was kept.",
  ],
  ["streaming answers stalled", false, "The month's availability stayed above the SLA."],
  ["usage counted twice", false, "Invoices were corrected before they were sent."],
  ["another model's stop words", false, "Answers were cut short; no commitment speaks of it."],
  ["expired prompt", false, "One canary pool, for forty minutes; no customer was routed to it."],
];

function incidents(parts: SystemParts): Json[] {
  const { calendar, records } = parts;
  return [
    ...records.incidents.map((incident) => incidentOf(parts, incident)),
    {
      id: "exercise-model-failure",
      title: "Exercise: a model answers with another customer's text",
      exercise: true,
      detectedOn: performedOn(parts, "INC-02"),
      owner: "corvan",
      postMortem: "wiki/exercises/model-failure",
    },
  ].filter((incident) => incident.detectedOn <= calendar.dateAt(calendar.asOf));
}

function incidentOf(
  { calendar }: SystemParts,
  incident: SampleIncident,
): { detectedOn: LocalDate } & { [member: string]: Json } {
  const date = (at: number) => calendar.dateAt(at);
  const detectedOn = date(incident.detectedAt);
  const decision = DECISIONS.find(([words]) => incident.summary.includes(words));
  const words = `${incident.summary.slice(0, 1).toUpperCase()}${incident.summary.slice(1)}`;
  return {
    id: incident.id.toLowerCase(),
    title: words,
    severity: SEVERITY[incident.severity] ?? "low",
    detectedOn,
    resolvedOn: date(incident.resolvedAt),
    ...(decision?.[1] === true
      ? {
          timeline: [
            { on: detectedOn, words: "An alert is judged an incident, and a lead is named." },
            { on: date(incident.resolvedAt), words: "The fault is taken out of production." },
            ...(incident.noticeSentAt === undefined
              ? []
              : [{ on: date(incident.noticeSentAt), words: "The customer is told." }]),
          ],
        }
      : {}),
    owner: incident.handledBy.handle,
    ...(incident.noticeRequired ? { noticeHours: NOTICE_HOURS } : {}),
    ...(incident.noticeSentAt === undefined ? {} : { noticeSentOn: date(incident.noticeSentAt) }),
    ...(incident.reviewedAt === undefined ? {} : { postMortem: `wiki/incidents/${incident.id}` }),
    ...(decision === undefined
      ? {}
      : {
          disclosure: {
            significant: decision[1],
            reason: decision[2],
            by: "corvan",
            on: incident.reviewedAt === undefined ? addDays(detectedOn, 4) : date(incident.reviewedAt),
          },
        }),
  };
}

function findings(parts: SystemParts): Json[] {
  const tested = performedOn(parts, "PEN-01");
  const done = (after: number, by = "ginevra") => ({
    fixedOn: addDays(tested, after),
    retestedOn: addDays(tested, after + 6),
    retestedBy: by,
  });
  const found = { foundOn: tested };
  return [
    {
      id: "pentest-1",
      title: "A customer can list names of another's indexes",
      foundBy: "penetration-test",
      severity: "high",
      ...found,
      owner: "bessamy",
      due: addDays(tested, 30),
      ...done(9),
      controls: ["IAM-01"],
    },
    {
      id: "pentest-2",
      title: "Tokens of the console outlive a sign-out",
      foundBy: "penetration-test",
      severity: "medium",
      ...found,
      owner: "bessamy",
      due: addDays(tested, 90),
      ...done(41),
      controls: ["IAM-01"],
    },
    {
      id: "pentest-3",
      title: "The batch endpoint answers without a rate limit",
      foundBy: "penetration-test",
      severity: "medium",
      ...found,
      owner: "ulric",
      due: addDays(tested, 90),
      ...done(22),
      controls: ["NET-01"],
    },
    {
      id: OVERDUE_FINDING,
      title: "The model registry accepts an old signing key",
      foundBy: "penetration-test",
      severity: "medium",
      ...found,
      owner: "quenby",
      due: addDays(tested, 90),
      controls: ["MDL-01"],
    },
    {
      id: "redteam-1",
      title: "A guardrail is passed by text in another alphabet",
      foundBy: "red-team",
      severity: "high",
      ...found,
      owner: "willa",
      due: addDays(tested, 30),
      ...done(17, "farrow"),
      controls: ["ABU-01", "MDL-01"],
    },
    {
      id: "own-1",
      title: "The retention job passed one of seven stores over",
      foundBy: "deviation",
      severity: "medium",
      foundOn: addDays(tested, 12),
      owner: "silas",
      due: addDays(tested, 60),
      fixedOn: addDays(tested, 16),
      retestedOn: addDays(tested, 40),
      retestedBy: "farrow",
      controls: ["DAT-02"],
    },
  ].filter(({ foundOn }) => foundOn <= parts.calendar.dateAt(parts.calendar.asOf));
}

function risks(reviewedOn: LocalDate): Json[] {
  const risk = (
    id: string,
    title: string,
    [likelihood, impact]: readonly [string, string],
    owner: string,
    controls: readonly string[],
    more: { readonly [member: string]: Json },
  ): Json => ({
    id,
    title,
    likelihood,
    impact,
    treatment: "mitigate",
    owner,
    controls: [...controls],
    reviewedOn,
    ...more,
  });
  return [
    risk(
      "prompt-leak",
      "Prompts of one customer reach another",
      ["low", "high"],
      "corvan",
      ["IAM-01", "LOG-01"],
      { criteria: ["CC6.1", "C1.1"], owasp: ["LLM02"] },
    ),
    risk(
      "prompt-injection",
      "Text in a document makes a model act against its customer",
      ["high", "medium"],
      "willa",
      ["ABU-01", "MDL-01"],
      { criteria: ["CC7.2"], owasp: ["LLM01"], atlas: ["AML.T0051"] },
    ),
    risk(
      "poisoned-data",
      "A data set that was tampered with is trained on",
      ["low", "high"],
      "quenby",
      ["DAT-01"],
      { criteria: ["CC8.1"], owasp: ["LLM04"], atlas: ["AML.T0020"] },
    ),
    risk(
      "silent-swap",
      "A provider puts another model behind the same id",
      ["medium", "medium"],
      "quenby",
      ["VEN-01", "MDL-04"],
      { criteria: ["CC9.2", "CC3.4"] },
    ),
    risk(
      "kept-too-long",
      "Prompts outlive the promised thirty days",
      ["medium", "high"],
      "bessamy",
      ["DAT-02"],
      { criteria: ["C1.2"] },
    ),
    risk(
      "release-in-haste",
      "A release serves that was not the one evaluated",
      ["low", "high"],
      "quenby",
      ["MDL-01", "MDL-02"],
      { criteria: ["CC8.1"] },
    ),
    risk(
      "capacity",
      "Demand outgrows the pools, and the fallback's quota with them",
      ["medium", "medium"],
      "vesper",
      ["CAP-01"],
      { criteria: ["A1.1"], owasp: ["LLM10"] },
    ),
    risk(
      "insider-fraud",
      "Somebody with access sells prompts or weights",
      ["low", "high"],
      "corvan",
      ["IAM-04", "IAM-05"],
      { criteria: ["CC3.3", "CC6.3"] },
    ),
  ];
}

function changes({ calendar }: SystemParts): Json[] {
  const change = (id: string, day: number, words: string, significant: boolean, reason: string) => ({
    id,
    words,
    on: calendar.day(day),
    disclosure: { significant, reason, by: "corvan", on: calendar.day(day + 6) },
  });
  return [
    change(
      "second-provider",
      44,
      "Cindermap Models was added as a second provider of models, as fallback.",
      true,
      "Prompts go to another company.",
    ),
    change(
      "billing-desk",
      95,
      "The billing desk came into use.",
      false,
      "It reads usage, and serves nothing to customers.",
    ),
    change(
      "leaver-term",
      120,
      "Access of leavers is removed within 24 hours, where five days were allowed before.",
      true,
      "The control that customers ask for was tightened.",
    ),
    change(
      "code-monitoring",
      160,
      "The quality of Lumen Code is monitored like that of the others.",
      false,
      "Widens what was done before.",
    ),
    change(
      "second-backup",
      238,
      "Backups have a second place, with Softharbour Backup.",
      true,
      "Copies of usage records go to another company, encrypted.",
    ),
    change(
      "office-closed",
      244,
      "The only office was given up.",
      true,
      "Physical access is the hosting provider's alone from then on.",
    ),
  ].filter(({ disclosure }) => disclosure.on <= calendar.dateAt(calendar.asOf));
}
