/** The part of a system security plan that describes the system as a whole. */
import type { JsonObject } from "@countersign/kernel";
import { allOn, type DataClass } from "@countersign/program";
import { bullets, each, line, node, notSaid, paragraphs, plain, prop } from "./node.ts";
import { componentParts } from "./parts.ts";
import { systemOf, uuids, type OscalProgram } from "./source.ts";
import { thisSystem } from "./system-parts.ts";

/** What the system is, what it promises, what data is in it and where its boundary lies. */
export function characteristics(source: OscalProgram): JsonObject {
  const { program, day } = source;
  const { organization } = program;
  const system = systemOf(source);
  const services = allOn(system.services, day);
  const commitments = allOn(system.commitments, day);
  const responsibilities = allOn(system.userResponsibilities, day);
  const flows = allOn(system.flows, day);
  return node({
    "system-ids": [{ "identifier-type": "https://ietf.org/rfc/rfc4122", id: thisSystem(source) }],
    "system-name": line(organization.name),
    description:
      services.length === 0
        ? "Not said: the program does not say what customers buy."
        : paragraphs(
            "What customers buy:",
            bullets(
              services.map(
                ({ name, kind, words }) =>
                  `${plain(name)} (${kind})${words === undefined ? "" : `: ${plain(words)}`}`,
              ),
            ),
          ),
    props: [
      ...each("category", program.categories),
      ...services.map(({ id, name }) => prop("service", id, plain(name))),
      ...commitments.map(({ id, kind, words, about }) => prop(kind, id, `${plain(words)} (${about})`)),
      ...responsibilities.map(({ id, words }) => prop("user-responsibility", id, plain(words))),
      ...notSaid({
        "security-sensitivity-level": undefined,
        "security-impact-level": undefined,
        ...(services.length === 0 && { services: undefined }),
        ...(commitments.length === 0 && { commitments: undefined }),
      }),
    ],
    "system-information": { "information-types": [...informationTypes(source)] },
    status: {
      state: "other",
      remarks:
        "Not said: the program tells what is in force on a day, not in which state of its life the system is.",
    },
    "authorization-boundary": boundary(source),
    "data-flow":
      flows.length === 0
        ? undefined
        : {
            description: paragraphs(
              "Data that moves, as the program says:",
              bullets(
                flows.map(
                  ({ sender, receiver, classes, purpose }) =>
                    `${plain(sender)} to ${plain(receiver)}: ${classes.join(", ")}${purpose === undefined ? "" : ` (${plain(purpose)})`}`,
                ),
              ),
            ),
          },
  });
}

/** Scope is what the boundary is for: what is out stands here only, with its reason. */
function boundary(source: OscalProgram): JsonObject {
  const scoped = {
    in: componentParts(source, "in"),
    out: componentParts(source, "out"),
    undecided: componentParts(source, undefined),
  };
  const nothing = Object.values(scoped).every((parts) => parts.length === 0);
  return node({
    description: nothing
      ? "Not said: the program names no component."
      : `${scoped.in.length} components in scope, ${scoped.out.length} out of scope, ${scoped.undecided.length} about which nobody has decided.`,
    props: [
      ...outside(source),
      ...scoped.undecided.map(({ title }) => prop("scope-undecided", title)),
      ...(nothing ? [prop("not-said", "components")] : []),
    ],
  });
}

function outside(source: OscalProgram): readonly JsonObject[] {
  return allOn(systemOf(source).components, source.day)
    .filter(({ scope }) => scope === "out")
    .map(({ id, name, rationale }) =>
      prop(
        "out-of-scope",
        id,
        `${plain(name)}: ${rationale === undefined ? "not said why" : plain(rationale)}`,
      ),
    );
}

function informationTypes(source: OscalProgram): readonly JsonObject[] {
  const system = systemOf(source);
  const holders: readonly { readonly name: string; readonly classes: readonly DataClass[] }[] = [
    ...allOn(system.stores, source.day),
    ...allOn(system.components, source.day)
      .filter(({ scope }) => scope !== "out")
      .map(({ name, holds = [] }) => ({ name, classes: holds })),
  ];
  const classes = [...new Set(holders.flatMap((holder) => holder.classes))].sort();
  if (classes.length === 0)
    return [
      {
        uuid: uuids(source)("program", "data-classes"),
        title: "Not said",
        description: "Not said: the program names no data in the system.",
        props: [prop("not-said", "data-classes")],
      },
    ];
  return classes.map((name) => ({
    uuid: uuids(source)("program", "data-classes", name),
    title: name,
    description: paragraphs(
      `Data of the class ${name}, which the program names in:`,
      bullets(holders.filter((holder) => holder.classes.includes(name)).map((holder) => plain(holder.name))),
    ),
    props: [prop("data-class", name), prop("not-said", "impact-levels")],
  }));
}
