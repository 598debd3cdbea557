/** What the program names for each criterion in scope, as implemented requirements; a criterion that nothing answers stays visible. */
import type { JsonObject } from "@countersign/kernel";
import { allOn, categoryOf, criterionIds } from "@countersign/program";
import { bullets, node, paragraphs, plain, prop } from "./node.ts";
import { controlPart, controlsOn, policyParts } from "./parts.ts";
import { ownedBy, systemOf, uuids, type OscalProgram } from "./source.ts";
import { organizationPart, thisSystem, vendorsOn } from "./system-parts.ts";

export function criteriaInScope({ program }: OscalProgram): readonly string[] {
  return criterionIds.filter((criterion) => program.categories.includes(categoryOf(criterion)));
}

export function answersOf(source: OscalProgram): readonly JsonObject[] {
  const parts = [
    ...controlsOn(source).map((control) => controlPart(source, control)),
    ...policyParts(source),
  ];
  return criteriaInScope(source).map((criterion) => {
    const own = parts.flatMap(({ uuid, does, owner, criteria }) =>
      does === undefined || !criteria.includes(criterion)
        ? []
        : [
            node({
              "component-uuid": uuid,
              uuid: uuids(source)(...does.path, "criteria", criterion),
              description: plain(does.words),
              "responsible-roles": ownedBy(source, owner),
            }),
          ],
    );
    const others = organizationAnswers(source, criterion);
    const system = systemAnswer(source, criterion, own.length + others.length === 0);
    return node({
      uuid: uuids(source)("program", "criteria", criterion),
      "control-id": criterion,
      "by-components": [...own, ...others, ...(system === undefined ? [] : [system])],
    });
  });
}

/** What is left to a subservice organization, and the controls that are assumed of it: one answer for each organization. */
function organizationAnswers(source: OscalProgram, criterion: string): readonly JsonObject[] {
  const uuid = uuids(source);
  const lefts = source.program.subservice.filter((left) => left.criterion === criterion);
  const names = new Map(
    lefts.map(({ organization }) => [organizationPart(source, organization), organization]),
  );
  const assumed = new Map<string, { readonly id: string; readonly words: string; readonly by?: string }[]>();
  for (const { id, name, subservice } of vendorsOn(source)) {
    if (subservice?.is !== true) continue;
    const controls = (subservice.controls ?? []).filter(({ criteria }) => criteria.includes(criterion));
    if (controls.length === 0 && subservice.criteria?.includes(criterion) !== true) continue;
    const part = uuid("program", "vendors", id);
    names.set(part, name);
    assumed.set(
      part,
      controls.map(({ id: control, words, monitoredBy: by }) => ({
        id: control,
        words,
        ...(by !== undefined && { by }),
      })),
    );
  }
  return [...names].map(([part, name]) =>
    node({
      "component-uuid": part,
      uuid: uuid("program", "criteria", criterion, "organization", part),
      description: paragraphs(
        `Answered at the subservice organization ${plain(name)}, as the program says. Its controls are not assessed here.`,
        (assumed.get(part) ?? []).length === 0
          ? "Not said: which controls of it are assumed for this criterion."
          : undefined,
      ),
      props: [prop("answered-by", "subservice-organization")],
      inherited: (assumed.get(part) ?? []).map(({ id, words, by }) =>
        node({
          uuid: uuid("program", "criteria", criterion, "organization", part, "controls", id),
          description: plain(words),
          props: [
            prop("assumed-control", id),
            by === undefined ? prop("not-said", "monitored-by") : prop("monitored-by", by),
          ],
        }),
      ),
    }),
  );
}

/** What speaks of the system as a whole: no relevance, what customers must do, or that nothing answers. */
function systemAnswer(source: OscalProgram, criterion: string, alone: boolean): JsonObject | undefined {
  const uuid = uuids(source);
  const reasons = source.program.notRelevant.filter((each) => each.criterion === criterion);
  const users = allOn(systemOf(source).userControls, source.day).filter(({ criteria }) =>
    criteria.includes(criterion),
  );
  if (!alone && reasons.length === 0 && users.length === 0) return undefined;
  const told = reasons.map(({ reason }) => plain(reason));
  const open = alone && told.length === 0;
  return node({
    "component-uuid": thisSystem(source),
    uuid: uuid("program", "criteria", criterion, "system"),
    description: paragraphs(
      told.length > 0 ? "Not relevant, as the program says:" : undefined,
      bullets(told),
      open ? `Not said: for ${source.day} the program names nothing that answers ${criterion}.` : undefined,
      users.length > 0 ? "Customers have controls of their own to operate, listed under export." : undefined,
    ),
    props: open ? [prop("not-said", "answer")] : undefined,
    "implementation-status":
      told.length === 0 ? undefined : node({ state: "not-applicable", remarks: bullets(told) }),
    export:
      users.length === 0
        ? undefined
        : {
            responsibilities: users.map(({ id, words, toldIn }) =>
              node({
                uuid: uuid("program", "criteria", criterion, "user-controls", id),
                description: plain(words),
                props: [
                  prop("user-control", id),
                  toldIn === undefined ? prop("not-said", "told-in") : prop("told-in", toldIn),
                ],
              }),
            ),
          },
  });
}
