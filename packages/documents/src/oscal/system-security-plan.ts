/** OSCAL's system security plan: the system as the program describes it on a day, and what answers each criterion. */
import type { JsonObject } from "@countersign/kernel";
import { allOn, type DataStore } from "@countersign/program";
import { answersOf } from "./answers.ts";
import { characteristics } from "./characteristics.ts";
import { each, maybe, node, notSaid, paragraphs, plain, prop } from "./node.ts";
import { componentMembers, days, ownersOf, type On, type Part } from "./parts.ts";
import { criteriaResource, metadataOf, ownedBy, systemOf, uuids, type OscalProgram } from "./source.ts";
import { systemParts } from "./system-parts.ts";

export function systemSecurityPlan(source: OscalProgram): JsonObject {
  const parts = systemParts(source);
  const named = new Set(parts.map(({ uuid }) => uuid));
  const stores = allOn(systemOf(source).stores, source.day);
  const { href, resource } = criteriaResource(source);
  return {
    "system-security-plan": node({
      uuid: uuids(source)("oscal", "system-security-plan", source.digest, source.day),
      metadata: metadataOf(source, {
        title: "System security plan",
        lastModified: source.recordedAt,
        version: source.digest,
        props: [prop("as-on", source.day)],
        people: [...ownersOf(parts), ...stores.flatMap(({ owner }) => (owner === undefined ? [] : [owner]))],
        remarks: paragraphs(
          `The system as the program describes it for ${source.day}. It is the company's own statement, and says what is meant to be, not what operated: that is in the assessment results.`,
          "In control-id stands the id of a criterion. A property named not-said names what the program leaves open; where OSCAL asks for more than the program says, the state is other.",
        ),
      }),
      "import-profile": {
        href,
        remarks:
          "There is no OSCAL profile: the criteria are those of the categories that the program chose.",
      },
      "system-characteristics": characteristics(source),
      "system-implementation": node({
        components: parts.map((part) => systemComponent(source, part)),
        "inventory-items": stores.map((store) => storeItem(source, store, named)),
      }),
      "control-implementation": {
        description: `What the program says of each criterion of ${source.program.categories.join(", ")}.`,
        "implemented-requirements": [...answersOf(source)],
      },
      "back-matter": { resources: [resource] },
    }),
  };
}

function systemComponent(source: OscalProgram, part: Part): JsonObject {
  return node({
    ...componentMembers(source, part),
    status: {
      state: "other",
      remarks: "Not said: the program tells what is in force on a day, not whether it operates.",
    },
  });
}

function storeItem(source: OscalProgram, store: On<DataStore>, named: ReadonlySet<string>): JsonObject {
  const { id, name, component, classes, origins, purpose, training, retention, deletion, owner, region } =
    store;
  const uuid = uuids(source);
  return node({
    uuid: uuid("program", "stores", id),
    description: paragraphs(
      `The data store ${plain(name)}${purpose === undefined ? "" : `: ${plain(purpose)}`}`,
      retention === undefined
        ? "Not said: how long data is kept."
        : `Kept ${retention.days === undefined ? "without a term in days" : `${retention.days} days`}: ${plain(retention.ground)}`,
      deletion === undefined ? undefined : `Deletion: ${plain(deletion)}`,
    ),
    props: [
      prop("kind", "store"),
      prop("id", id),
      ...days(store),
      ...each("data-class", classes),
      ...each("origin", origins),
      ...maybe("component", component),
      ...maybe("retention-days", retention?.days),
      ...maybe("training-allowed", training?.allowed),
      ...maybe("training-ground", training?.ground),
      ...maybe("region", region),
      ...notSaid({ owner, purpose, origins, retention, training, deletion, region }),
    ],
    "responsible-parties": ownedBy(source, owner),
    "implemented-components":
      component === undefined || !named.has(uuid("program", "components", component))
        ? undefined
        : [{ "component-uuid": uuid("program", "components", component) }],
  });
}
