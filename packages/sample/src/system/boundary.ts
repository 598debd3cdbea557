/** boundary.yaml: what the invented company's system is made of, and what was looked at and left out. */
import { head, type SystemParts } from "./parts.ts";

export function boundaryYaml({ calendar }: SystemParts): string {
  return `${head("what the system is made of", "Looked through with every change of architecture, and in the risk assessment each autumn.")}
environments:
  - { id: production, name: Production, serves: production }
  - { id: staging, name: Staging, serves: staging }

components:
  # What a request passes through.
  - id: api-service
    name: Completion API
    kind: software
    sort: service
    words: Takes requests, checks keys and rates, routes them to a model, and meters them.
    scope: in
    rationale: Every prompt passes through it.
    owner: bessamy
    environment: production
    holds: [customer-content, model-output]
    neededFor: [limited-access, short-memory, uptime]
    vendor: nimbus-yard
    knownAs: [api]
  - id: model-servers
    name: Model servers
    kind: software
    sort: model-serving
    words: Load one release of each model and answer with it.
    scope: in
    rationale: What they load is what customers get.
    owner: quenby
    environment: production
    holds: [customer-content, model-output]
    neededFor: [tested-releases, uptime]
    vendor: nimbus-yard
  - id: guardrails
    name: Guardrails
    kind: software
    sort: filter
    words: Look at prompts and answers before they go on, and raise abuse cases.
    scope: in
    rationale: They see prompts, and decide what is answered.
    owner: willa
    environment: production
    holds: [customer-content, model-output]
    neededFor: [tested-releases, limited-access]
    vendor: nimbus-yard
  - id: console
    name: Customer console
    kind: software
    sort: web-application
    words: Where customers see usage, and make and revoke keys.
    scope: in
    rationale: It hands out keys.
    owner: bessamy
    environment: production
    holds: [customer-metadata]
    neededFor: [limited-access]
    vendor: nimbus-yard

  # What changes it.
  - id: release-pipeline
    name: Conveyor
    kind: software
    sort: pipeline
    words: Builds what was merged, and carries it and model releases to production.
    scope: in
    rationale: Nothing else may write to production.
    owner: ulric
    environment: production
    neededFor: [tested-releases]
    vendor: forgework
    knownAs: [deploy-pipeline]
  - id: model-registry
    name: Model registry
    kind: software
    sort: model-registry
    words: Holds each release of a model, prompt, guardrail or index with its evaluation and approval.
    scope: in
    rationale: Whether a release may serve is decided there.
    owner: quenby
    environment: production
    holds: [model-weights]
    neededFor: [tested-releases, restorable]
    vendor: nimbus-yard
  - id: training-jobs
    name: Training jobs
    kind: software
    sort: pipeline
    words: Make models from admitted data sets, and fine-tunes from a customer's files.
    scope: in
    rationale: They read training data and customers' files.
    owner: quenby
    environment: production
    holds: [training-data, customer-content]
    neededFor: [no-training, short-memory]
    vendor: nimbus-yard

  # What it runs on.
  - id: production-cluster
    name: Production cluster
    kind: infrastructure
    sort: cluster
    words: Machines of the API, its queues and its databases, in two zones of one region.
    scope: in
    rationale: The service runs on it.
    owner: ulric
    environment: production
    neededFor: [uptime, limited-access]
    vendor: nimbus-yard
    knownAs: [cluster-audit-log]
  - id: gpu-cluster
    name: GPU cluster
    kind: infrastructure
    sort: cluster
    words: Machines that serve and train models.
    scope: in
    rationale: Models are served from it.
    owner: ulric
    environment: production
    neededFor: [uptime, limited-access]
    vendor: nimbus-yard
  - id: infrastructure-code
    name: Infrastructure code
    kind: infrastructure
    sort: repository
    words: Describes networks, clusters, identities and storage; applied by Conveyor alone.
    scope: in
    rationale: It sets who may reach what.
    owner: ulric
    environment: production
    neededFor: [limited-access, restorable]
    vendor: forgework
    knownAs: [infrastructure]
  - id: sign-in
    name: Staff sign-in
    kind: infrastructure
    sort: identity-provider
    words: Single sign-on with a second factor for every system of ours.
    scope: in
    rationale: Access of staff rests on it.
    owner: corvan
    environment: production
    neededFor: [limited-access]
    vendor: latchkey
  - id: observability
    name: Logs and monitors
    kind: infrastructure
    sort: log-platform
    words: Collects logs, measures quality and latency, and raises alerts.
    scope: in
    rationale: Alerts and incidents begin there.
    owner: vesper
    environment: production
    holds: [telemetry]
    neededFor: [told-in-time, uptime]
    vendor: nimbus-yard

  # Where data rests: data.yaml says what of it, and how long.
  - id: customer-data
    name: Customer data
    kind: data
    sort: database
    words: Contracts, users and usage of customers, their prompts while they are kept, and their files.
    scope: in
    rationale: It is what the promises are about.
    owner: bessamy
    environment: production
    holds: [customer-content, customer-metadata, personal-data, model-output]
    neededFor: [short-memory, limited-access]
    vendor: nimbus-yard
  - id: training-data
    name: Training data
    kind: data
    sort: data-lake
    words: Admitted data sets with their manifests, and weights.
    scope: in
    rationale: What models learned from must be answerable.
    owner: quenby
    environment: production
    holds: [training-data, model-weights]
    neededFor: [no-training]
    vendor: nimbus-yard
  - id: support-desk
    name: Support desk
    kind: software
    sort: ticket-system
    words: Mail and tickets of customers.
    scope: in
    rationale: Customers write to it about their data.
    owner: brielle
    environment: production
    holds: [personal-data, customer-metadata]
    neededFor: [limited-access, told-in-time]
    vendor: hearthdesk

  # Who and how.
  - id: engineering
    name: Engineering and site reliability
    kind: people
    sort: team
    words: Write, review and release the service, and answer its alerts at any hour.
    scope: in
    rationale: They change and run everything.
    owner: bessamy
    neededFor: [uptime, tested-releases]
  - id: model-team
    name: Model team
    kind: people
    sort: team
    words: Takes data sets in, trains, evaluates and releases models.
    scope: in
    rationale: They read training data.
    owner: quenby
    neededFor: [no-training, tested-releases]
  - id: trust-and-security
    name: Security, trust and safety
    kind: people
    sort: team
    words: Judges alerts and abuse cases, reviews access and vendors, and leads incidents.
    scope: in
    rationale: They watch the others.
    owner: corvan
    neededFor: [limited-access, told-in-time]
  - id: incident-procedure
    name: Incident procedure
    kind: procedures
    sort: procedure
    words: From the alert to the notice, the review and what it changes.
    scope: in
    rationale: Notices to customers follow it.
    owner: corvan
    neededFor: [told-in-time]
  - id: release-procedure
    name: Release procedure
    kind: procedures
    sort: procedure
    words: What a release needs before it serves, and how it is taken back.
    scope: in
    rationale: The pipeline carries it out.
    owner: quenby
    neededFor: [tested-releases]
  - id: billing-desk
    name: Billing desk
    kind: software
    sort: application
    words: Invoices and their corrections.
    scope: in
    rationale: It reads usage of customers.
    owner: zelda
    environment: production
    holds: [customer-metadata]
    neededFor: [limited-access]
    vendor: parcelmint
    from: ${calendar.day(95)}

  # Looked at, and left out.
  - id: evaluation-bench
    name: Evaluation bench
    kind: software
    sort: service
    words: Runs made-up prompts against candidates.
    scope: out
    rationale: Reaches neither production nor anything that a customer sent; its results are signed into the registry.
    owner: roswen
    environment: staging
  - id: public-site
    name: Public site
    kind: software
    sort: web-site
    words: What we publish of the service.
    scope: out
    rationale: Takes no data of customers; the status page and the policies on it are checked under COM-01.
    owner: emrin
`;
}
