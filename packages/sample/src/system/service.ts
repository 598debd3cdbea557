/** service.yaml: what the invented company sells and promises, and what it leaves to its customers. */
import { addDays } from "@countersign/kernel";
import { head, type SystemParts } from "./parts.ts";

/** Not promised, and needed to keep what is. */
const NEED = "requirement";

export function serviceYaml({ calendar }: SystemParts): string {
  return `${head("what we sell, what we promise, and what our customers must do", "Customers are companies that hold a contract with us.")}
services:
  - id: completions
    name: Lumen API
    kind: api
    words: Answers prompts by language models, our own and those of two providers, over one interface.
  - id: fine-tunes
    name: Lumen fine-tunes
    kind: model-hosting
    words: Trains a model of ours on a customer's files and serves it to that customer alone.

# From the master agreement (signed by every customer), the SLA, and what we need ourselves to keep both.
commitments:
  - id: limited-access
    kind: commitment
    words: Access to prompts and answers is limited to people who need it for their work.
    about: security
    saidIn: contract
    reference: Master agreement, section 7
  - id: short-memory
    kind: commitment
    words: Prompts, answers and uploaded files are deleted after at most 30 days.
    about: confidentiality
    saidIn: contract
    reference: Master agreement, section 8
    keeping: { classes: [customer-content, model-output], days: 30 }
  - id: no-training
    kind: commitment
    words: Nothing that a customer sends trains a model for others, unless the customer has agreed in writing.
    about: confidentiality
    saidIn: contract
    reference: Master agreement, section 9
  - id: told-in-time
    kind: commitment
    words: Customers are told of an incident that touches their data within 72 hours.
    about: security
    saidIn: contract
    reference: Master agreement, section 11
  - id: uptime
    kind: commitment
    words: The API answers 99.9 percent of the requests of each month.
    about: availability
    saidIn: sla
    reference: SLA, section 2
    services: [completions]
  - id: tested-releases
    kind: ${NEED}
    words: A model, prompt or guardrail serves only after its own digest has met the threshold that was set before.
    about: security
    saidIn: documentation
    reference: Release handbook, page 3
  - id: restorable
    kind: ${NEED}
    words: Databases and model artefacts can be restored within four hours.
    about: availability
    saidIn: documentation
    reference: Operations handbook, page 12

# Two customers have asked; the earlier of their days counts.
reportNeeds:
  - { id: first-report, by: ${addDays(calendar.through, 92)}, type: type-2, typeOneFirst: false, fieldworkDays: 60 }

# Without these our own controls do not keep the promise.
userControls:
  - id: guard-keys
    words: Customers keep their API keys secret, and revoke those of people who leave.
    criteria: [CC6.1, CC6.2]
    commitments: [limited-access]
    toldIn: API guide, page Keys
  - id: name-contacts
    words: Customers name a contact for notices of incidents, and keep it current.
    criteria: [CC2.3]
    commitments: [told-in-time]
    toldIn: Onboarding checklist
  - id: own-sign-in
    words: Customers who use the console bring their own single sign-on with a second factor.
    criteria: [CC6.1]
    commitments: [limited-access]
    toldIn: Console guide, page Sign-in

# Good practice; no commitment depends on it.
userResponsibilities:
  - { id: no-card-numbers, words: Customers send no card numbers and no health records., toldIn: Acceptable use policy }
  - { id: check-answers, words: Customers check answers before they act on them., toldIn: API guide }
`;
}
