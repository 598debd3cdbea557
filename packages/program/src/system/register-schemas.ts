/** policies.yaml and registers.yaml: what is decided, what may happen, what happened, and what was found. */
import {
  closed,
  criteriaOf,
  date,
  flag,
  idOf,
  levels,
  listOf,
  listOfIds,
  matching,
  oneOf,
  person,
  severities,
  text,
  things,
  whole,
  type FileSchema,
  type Schema,
} from "./parts.ts";

/** A person's decision on whether the description tells of it. */
const decision: Schema = closed({
  significant: flag("Whether the description tells of it"),
  reason: text("Why"),
  by: person("Who decided"),
  on: date("When it was decided"),
});

export const policies: FileSchema = {
  policies: things(
    "Policies, with the version in force",
    {
      title: text("What it is called"),
      owner: person("Who answers for it"),
      criteria: criteriaOf("The criteria that it serves"),
      version: text("The version in force"),
      approvedBy: person("Who approved this version"),
      approvedOn: date("When"),
      text: idOf("policy-text", "The file with its text, in the folder policies/"),
    },
    ["owner", "criteria", "approvedBy", "approvedOn", "text"],
  ),
};

export const registers: FileSchema = {
  risks: things(
    "Risks",
    {
      title: text("What could happen"),
      words: text("How, and what it would do"),
      likelihood: levels,
      impact: levels,
      treatment: oneOf(["mitigate", "accept", "transfer", "avoid"], "What is done about it"),
      owner: person("Who answers for it"),
      criteria: criteriaOf("The criteria that it bears on"),
      controls: listOfIds("control", "The controls that treat it"),
      atlas: listOf(
        matching("^AML\\.(?:TA|T|M)\\d{4}(?:\\.\\d{3})?$", "A tactic, technique or mitigation", "AML.T0051"),
        "MITRE ATLAS ids",
        { uniqueItems: true },
      ),
      owasp: listOf(
        oneOf(
          ["LLM01", "LLM02", "LLM03", "LLM04", "LLM05", "LLM06", "LLM07", "LLM08", "LLM09", "LLM10"],
          "An entry of the OWASP Top 10 for LLM applications, 2025",
        ),
        "OWASP ids",
        { uniqueItems: true },
      ),
      reviewedOn: date("When it was last looked at"),
    },
    [
      "words",
      "likelihood",
      "impact",
      "treatment",
      "owner",
      "criteria",
      "controls",
      "atlas",
      "owasp",
      "reviewedOn",
    ],
  ),
  incidents: things(
    "Incidents and exercises",
    {
      title: text("What happened, in a few words"),
      exercise: flag("True for an exercise"),
      severity: severities,
      detectedOn: date("When it was noticed"),
      resolvedOn: date("When it was over"),
      timeline: listOf(closed({ on: date("The day"), words: text("What happened") }), "What happened when"),
      owner: person("Who led the response"),
      noticeHours: whole("Hours within which customers are to be told, by contract", 8_784),
      noticeSentOn: date("When they were told"),
      postMortem: text("Where the post-mortem is"),
      disclosure: decision,
    },
    [
      "exercise",
      "severity",
      "resolvedOn",
      "timeline",
      "owner",
      "noticeHours",
      "noticeSentOn",
      "postMortem",
      "disclosure",
    ],
  ),
  findings: things(
    "What tests and reviews found",
    {
      title: text("What was found"),
      foundBy: oneOf(
        ["penetration-test", "red-team", "internal-review", "deviation", "other"],
        "What found it",
      ),
      severity: severities,
      foundOn: date("When"),
      owner: person("Who mends it"),
      due: date("Until when"),
      fixedOn: date("When it was mended"),
      retestedOn: date("When it was tested again"),
      retestedBy: person("Who tested it again"),
      controls: listOfIds("control", "The controls that it bears on"),
    },
    ["severity", "owner", "due", "fixedOn", "retestedOn", "retestedBy", "controls"],
  ),
  changes: things(
    "Changes to the system, with the decision whether they are significant (DC 200, DC9)",
    { words: text("What changed"), on: date("When"), disclosure: decision },
    ["disclosure"],
  ),
};
