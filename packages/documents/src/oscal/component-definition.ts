/**
 * OSCAL's component definition: what there is, and which criteria it serves. A control of ours is a component there (a
 * process), since what OSCAL calls a control is what an outside catalog asks for: a criterion. docs/formats/oscal.md.
 */
import type { JsonObject } from "@countersign/kernel";
import { node, paragraphs, plain, prop } from "./node.ts";
import {
  componentMembers,
  componentParts,
  controlPart,
  controlsOn,
  modelParts,
  ownersOf,
  policyParts,
  type Part,
} from "./parts.ts";
import { criteriaResource, metadataOf, ownedBy, uuids, type OscalProgram } from "./source.ts";

/** Of what is in force on the source's day and, for components, in scope. */
export function componentDefinition(source: OscalProgram): JsonObject {
  const parts = [
    ...controlsOn(source).map((control) => controlPart(source, control)),
    ...policyParts(source),
    ...componentParts(source, "in"),
    ...modelParts(source),
  ];
  const { href, resource } = criteriaResource(source);
  return {
    "component-definition": node({
      uuid: uuids(source)("oscal", "component-definition", source.digest, source.day),
      metadata: metadataOf(source, {
        title: "Component definition",
        lastModified: source.recordedAt,
        version: source.digest,
        props: [prop("as-on", source.day)],
        people: ownersOf(parts),
        remarks: paragraphs(
          `What the program says for ${source.day}: controls and policies in force, components in scope, models.`,
          "In control-id stands the id of a criterion. The company's own controls are components of the type process-procedure. A property named not-said names what the program leaves open.",
        ),
      }),
      components: parts.map((part) => definedComponent(source, part, href)),
      "back-matter": { resources: [resource] },
    }),
  };
}

function definedComponent(source: OscalProgram, part: Part, criteria: string): JsonObject {
  const { does } = part;
  if (does === undefined || part.criteria.length === 0) return componentMembers(source, part);
  const uuid = uuids(source);
  return node({
    ...componentMembers(source, part),
    "control-implementations": [
      node({
        uuid: uuid(...does.path, "criteria"),
        source: criteria,
        description: `The criteria that ${plain(part.title)} serves, as the program says.`,
        "implemented-requirements": part.criteria.map((criterion) =>
          node({
            uuid: uuid(...does.path, "criteria", criterion),
            "control-id": criterion,
            description: plain(does.words),
            "responsible-roles": ownedBy(source, part.owner),
          }),
        ),
      }),
    ],
  });
}
