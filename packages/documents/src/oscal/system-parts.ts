/** The components of a system security plan: the system itself, controls, policies, what is in scope, models and vendors. */
import type { JsonObject } from "@countersign/kernel";
import { allOn, type Vendor } from "@countersign/program";
import { bullets, each, maybe, notSaid, paragraphs, plain, prop } from "./node.ts";
import {
  componentParts,
  controlPart,
  controlsOn,
  days,
  modelParts,
  policyParts,
  type On,
  type Part,
} from "./parts.ts";
import { systemOf, uuids, type OscalProgram } from "./source.ts";

export function thisSystem(source: OscalProgram): string {
  return uuids(source)("program", "system");
}

export function systemParts(source: OscalProgram): readonly Part[] {
  const { organization } = source.program;
  return [
    {
      uuid: thisSystem(source),
      type: "this-system",
      title: organization.name,
      description: `The system of ${plain(organization.name)} as a whole.`,
      props: [prop("kind", "system")],
      criteria: [],
    },
    ...controlsOn(source).map((control) => controlPart(source, control)),
    ...policyParts(source),
    ...componentParts(source, "in"),
    ...componentParts(source, undefined),
    ...modelParts(source),
    ...vendorsOn(source).map((vendor) => vendorPart(source, vendor)),
    ...namedOnly(source).map((organizationName) => ({
      uuid: organizationPart(source, organizationName),
      type: "service",
      title: organizationName,
      description: `Not said: the program names ${plain(organizationName)} as a subservice organization and describes it no further.`,
      props: [
        prop("kind", "subservice-organization"),
        ...notSaid({ description: undefined, owner: undefined }),
      ],
      criteria: [],
    })),
  ];
}

export function vendorsOn(source: OscalProgram): readonly On<Vendor>[] {
  return allOn(systemOf(source).vendors, source.day);
}

/** The component of an organization that program.yaml names: the vendor of that id or name where there is one. */
export function organizationPart(source: OscalProgram, named: string): string {
  const vendor = vendorsOn(source).find(({ id, name }) => id === named || name === named);
  return vendor === undefined
    ? uuids(source)("program", "subservice", named)
    : uuids(source)("program", "vendors", vendor.id);
}

function namedOnly(source: OscalProgram): readonly string[] {
  const known = new Set(vendorsOn(source).flatMap(({ id, name }) => [id, name]));
  const named = source.program.subservice.map(({ organization }) => organization);
  return [...new Set(named)].filter((each) => !known.has(each));
}

function vendorPart(source: OscalProgram, vendor: On<Vendor>): Part {
  const { id, name, provides, tier, owner, dataSent, regions, terms, subservice } = vendor;
  return {
    uuid: uuids(source)("program", "vendors", id),
    type: "service",
    title: name,
    description: paragraphs(
      provides === undefined ? `Not said: what ${plain(name)} provides.` : plain(provides),
      subservice === undefined
        ? "Not said: whether it is a subservice organization."
        : `${subservice.is ? "A subservice organization" : "Not a subservice organization"}: ${plain(subservice.why)}`,
      bullets((subservice?.controls ?? []).map((control) => `${plain(control.id)}: ${plain(control.words)}`)),
    ),
    props: [
      prop("kind", "vendor"),
      prop("id", id),
      ...days(vendor),
      ...maybe("tier", tier),
      ...maybe("subservice-organization", subservice?.is),
      ...maybe("subservice-method", subservice?.method),
      ...each("data-sent", dataSent),
      ...each("region", regions),
      ...termProps(terms),
      ...notSaid({ owner, tier, provides, terms, "data-sent": dataSent, regions, subservice }),
    ],
    owner,
    criteria: [],
  };
}

function termProps(terms: Vendor["terms"]): readonly JsonObject[] {
  if (terms === undefined) return [];
  return [
    ...maybe("terms-reference", terms.reference),
    ...maybe("terms-retention-days", terms.retentionDays),
    ...maybe("terms-training", terms.training),
    ...each("sub-processor", terms.subProcessors),
  ];
}
