/** What an export is made from, and what every document of one says of itself. */
import type { Digest, JsonObject, LocalDate } from "@countersign/kernel";
import { noSystem, type Program, type System } from "@countersign/program";
import type { PersonId } from "@countersign/records";
import { PREPARED_BY } from "../html/layout.ts";
import { line, maybe, node, plain, paragraphs, prop, uuidOf } from "./node.ts";

/** Of NIST's models, whose published JSON schemas the documents are tested with. */
export const OSCAL_VERSION = "1.2.1";

/** A program as one record of the ledger has it. */
export type OscalProgram = {
  readonly program: Program;
  readonly digest: Digest;
  /** Absent: the log has a newer one, and an earlier assessment was made under this. */
  readonly record?: string;
  /** RFC 3339, UTC. */
  readonly recordedAt: string;
  /** The day that is described: what is in force then is in the documents. */
  readonly day: LocalDate;
};

export type OscalKind = "component-definition" | "system-security-plan" | "assessment-results";

export const SAMPLE_MARK =
  "SAMPLE DATA: an invented company. Nothing here describes anybody, and nothing can rest on it.";
const SAMPLE_TITLE = "SAMPLE DATA: ";

export function systemOf({ program }: OscalProgram): System {
  return program.system ?? noSystem;
}

/** Of this organization. */
export function uuids({ program }: OscalProgram): (...path: readonly string[]) => string {
  return (...path) => uuidOf(program.organization.id, ...path);
}

export function organizationUuid(source: OscalProgram): string {
  return uuids(source)("program", "organization");
}

export function personUuid(source: OscalProgram, person: PersonId): string {
  return uuids(source)("people", person);
}

/** The owner as OSCAL names a responsible party; nobody where none is said. */
export function ownedBy(source: OscalProgram, owner: PersonId | undefined): readonly JsonObject[] {
  return owner === undefined
    ? []
    : [node({ "role-id": "owner", "party-uuids": [personUuid(source, owner)] })];
}

export type Front = {
  readonly title: string;
  /** Of the record that the document is made from. */
  readonly lastModified: string;
  readonly version: string;
  readonly props: readonly JsonObject[];
  /** Whoever a responsible role names. */
  readonly people: readonly PersonId[];
  readonly remarks: string;
};

export function metadataOf(source: OscalProgram, front: Front): JsonObject {
  const { program } = source;
  const { organization, sampleData, window } = program;
  const people = [...new Set(front.people)].sort();
  return node({
    title: plain(`${sampleData ? SAMPLE_TITLE : ""}${front.title}, ${organization.name}`),
    "last-modified": front.lastModified,
    version: line(front.version),
    "oscal-version": OSCAL_VERSION,
    props: [
      ...(sampleData ? [prop("sample-data", true, SAMPLE_MARK)] : []),
      prop("window-from", window.from),
      prop("window-through", window.through),
      prop("window-zone", window.zone),
      prop("program-digest", source.digest),
      ...maybe("program-record", source.record),
      ...front.props,
    ],
    roles: [
      { id: "prepared-by", title: "Prepared by management" },
      ...(people.length > 0 ? [{ id: "owner", title: "Owner" }] : []),
    ],
    parties: [
      node({ uuid: organizationUuid(source), type: "organization", name: line(organization.name) }),
      ...people.map((person) =>
        node({
          uuid: personUuid(source, person),
          type: "person",
          props: [prop("person-id", person)],
        }),
      ),
    ],
    "responsible-parties": [{ "role-id": "prepared-by", "party-uuids": [organizationUuid(source)] }],
    remarks: paragraphs(sampleData ? SAMPLE_MARK : undefined, PREPARED_BY, front.remarks),
  });
}

/** Where `import-profile` and `source` lead: OSCAL knows no catalog of the criteria, and their text is not ours to give. */
export function criteriaResource(source: OscalProgram): {
  readonly href: string;
  readonly resource: JsonObject;
} {
  const uuid = uuids(source)("criteria");
  return {
    href: `#${uuid}`,
    resource: node({
      uuid,
      title: "Trust services criteria, named by their ids",
      description:
        "The criteria that the ids in control-id name, such as CC6.1. Their text is the AICPA's and is not in this document. No OSCAL catalog of them is published, so this reference leads to the name of the publication only.",
      citation: {
        text: "AICPA, TSP section 100, 2017 Trust Services Criteria for Security, Availability, Processing Integrity, Confidentiality, and Privacy (with revised points of focus, 2022)",
      },
    }),
  };
}

/** As a file: the same document gives the same bytes. */
export function oscalText(document: JsonObject): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
