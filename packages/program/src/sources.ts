/** sources.yaml: where records come from, and how the list of a kind is made where several sources provide it. */
import { hasOnlySafeIntegers, type JsonObject, type LocalDate, type Problem } from "@countersign/kernel";
import { itemKindOf, type ItemKind } from "@countersign/records";
import type { PopulationPlan, Source } from "./model.ts";
import { problemsOfDate, problemsOfOrder } from "./people.ts";
import { nearest } from "./spelling.ts";
import { inDots, listed } from "./validate.ts";
import type { DataPath, YamlFile } from "./yaml-file.ts";

/** A time for which the company itself says that a source has no records. Inclusive dates in the program's zone. */
export type DeclaredGap = {
  readonly source: string;
  readonly from: LocalDate;
  readonly through: LocalDate;
  readonly reason: string;
};

type WrittenPlan = {
  readonly kind: string;
  readonly from: string;
  readonly join?: readonly {
    readonly source: string;
    readonly key: string;
    readonly unmatched?: JsonObject;
  }[];
  readonly reconcile?: readonly { readonly source: string; readonly key: string }[];
};

type Written = {
  readonly sources?: readonly (JsonObject & {
    readonly id: string;
    readonly connector: string;
    readonly provides: string;
    readonly keepsDays?: number;
  })[];
  readonly gaps?: readonly DeclaredGap[];
  readonly populations?: readonly WrittenPlan[];
};

export type Sources = {
  readonly sources: readonly Source[];
  readonly populations: readonly PopulationPlan[];
  readonly declaredGaps: readonly DeclaredGap[];
  readonly problems: readonly Problem[];
};

export function readSources(file: YamlFile): Sources {
  const written = file.value as unknown as Written;
  const problems: Problem[] = [];
  const sources = new Map<string, Source>();
  for (const [index, { id, connector, provides, keepsDays, ...settings }] of (
    written.sources ?? []
  ).entries()) {
    if (sources.has(id))
      problems.push({
        code: "duplicate-id",
        what: `there is a second source \`${id}\``,
        where: file.at(["sources", index, "id"]),
        next: "Give it an id of its own.",
      });
    problems.push(...problemsOfNumbers(file, ["sources", index], settings as JsonObject));
    sources.set(id, {
      id,
      connector,
      provides,
      ...(keepsDays !== undefined && { keepsDays }),
      settings: settings as JsonObject,
    });
  }
  for (const [index, gap] of (written.gaps ?? []).entries()) {
    const path = ["gaps", index];
    problems.push(...unknownSource(file, [...path, "source"], gap.source, sources));
    const dates = [
      ...problemsOfDate(file, [...path, "from"], gap.from),
      ...problemsOfDate(file, [...path, "through"], gap.through),
    ];
    problems.push(...dates, ...(dates.length > 0 ? [] : problemsOfOrder(file, path, gap.from, gap.through)));
  }
  const plans = plansOf(file, written.populations ?? [], sources, problems);
  return {
    sources: [...sources.values()],
    populations: [...plans, ...plansUnsaid(file, plans, sources, problems)],
    declaredGaps: written.gaps ?? [],
    problems,
  };
}

/** A program has no floats: another reader of its JSON might read another number. */
function problemsOfNumbers(file: YamlFile, path: DataPath, settings: JsonObject): readonly Problem[] {
  return Object.entries(settings)
    .filter(([, value]) => !hasOnlySafeIntegers(value))
    .map(([key]) => ({
      code: "not-an-integer",
      what: `\`${inDots([...path, key])}\` holds a number that is not whole, or too large`,
      where: file.at([...path, key]),
      next: "Write whole numbers, or put the value in quotes.",
    }));
}

function unknownSource(
  file: YamlFile,
  path: DataPath,
  id: string,
  sources: ReadonlyMap<string, Source>,
): readonly Problem[] {
  if (sources.has(id)) return [];
  const meant = nearest(id, sources.keys());
  return [
    {
      code: "unknown-source",
      what: `\`${id}\` is not a source`,
      where: file.at(path),
      why:
        sources.size === 0
          ? "The list of sources is empty."
          : `The sources are ${listed([...sources.keys()])}.`,
      next: meant === undefined ? "Name one of the sources, or add it." : `Write \`${meant}\` in its place.`,
    },
  ];
}

function plansOf(
  file: YamlFile,
  written: readonly WrittenPlan[],
  sources: ReadonlyMap<string, Source>,
  problems: Problem[],
): readonly PopulationPlan[] {
  const plans = new Map<string, PopulationPlan>();
  for (const [index, plan] of written.entries()) {
    const path: DataPath = ["populations", index];
    const kind = itemKindOf(plan.kind);
    // The schema lists the kinds.
    if (kind === undefined) continue;
    if (plans.has(plan.kind))
      problems.push({
        code: "duplicate-id",
        what: `there is a second population of the kind \`${plan.kind}\``,
        where: file.at([...path, "kind"]),
        next: "Join the two entries.",
      });
    // A source may be joined and compared too: what it adds to items and whether its list agrees are different questions.
    const [joined, compared] = [new Set([plan.from]), new Set([plan.from])];
    problems.push(...problemsOfProvider(file, [...path, "from"], plan.from, kind, sources));
    for (const [position, join] of (plan.join ?? []).entries()) {
      const at = [...path, "join", position];
      problems.push(...problemsOfProvider(file, [...at, "source"], join.source, kind, sources));
      problems.push(...problemsOfKey(file, [...at, "key"], join.key, [kind]));
      problems.push(...problemsOfUnmatched(file, [...at, "unmatched"], join.unmatched ?? {}, kind));
      problems.push(...problemsOfReuse(file, [...at, "source"], join.source, joined));
    }
    for (const [position, other] of (plan.reconcile ?? []).entries()) {
      const at = [...path, "reconcile", position];
      problems.push(...unknownSource(file, [...at, "source"], other.source, sources));
      const otherKind = itemKindOf(sources.get(other.source)?.provides ?? "");
      problems.push(
        ...problemsOfKey(file, [...at, "key"], other.key, otherKind ? [kind, otherKind] : [kind]),
      );
      problems.push(...problemsOfReuse(file, [...at, "source"], other.source, compared));
    }
    plans.set(plan.kind, {
      kind: plan.kind,
      from: plan.from,
      join: (plan.join ?? []).map(({ source, key, unmatched }) => ({
        source,
        key,
        unmatched: unmatched ?? {},
      })),
      reconcile: plan.reconcile ?? [],
    });
  }
  return [...plans.values()];
}

/** A kind with one source needs no entry; one with several has to say which list is tested. */
function plansUnsaid(
  file: YamlFile,
  said: readonly PopulationPlan[],
  sources: ReadonlyMap<string, Source>,
  problems: Problem[],
): readonly PopulationPlan[] {
  const saidKinds = new Set(said.map((plan) => plan.kind));
  const byKind = Map.groupBy(sources.values(), (source) => source.provides);
  const plans: PopulationPlan[] = [];
  for (const [kind, providers] of byKind) {
    if (saidKinds.has(kind)) continue;
    // A source that another kind's list is reconciled with is there for that.
    const others = new Set(said.flatMap((plan) => plan.reconcile.map(({ source }) => source)));
    const own = providers.filter(({ id }) => !others.has(id));
    const [first] = own;
    if (first === undefined) continue;
    if (own.length > 1)
      problems.push({
        code: "ambiguous-population",
        what: `${listed(own.map(({ id }) => id))} all provide \`${kind}\`, and nothing says which list is tested`,
        where: file.at(["sources", [...sources.keys()].indexOf(own[1]?.id ?? first.id), "provides"]),
        next: `Add under \`populations\`: { kind: ${kind}, from: ${first.id}, join: [...], reconcile: [...] }.`,
      });
    plans.push({ kind, from: first.id, join: [], reconcile: [] });
  }
  return plans;
}

function problemsOfProvider(
  file: YamlFile,
  path: DataPath,
  id: string,
  kind: ItemKind,
  sources: ReadonlyMap<string, Source>,
): readonly Problem[] {
  const source = sources.get(id);
  if (source === undefined) return unknownSource(file, path, id, sources);
  if (source.provides === kind.kind) return [];
  return [
    {
      code: "wrong-kind",
      what: `\`${id}\` provides \`${source.provides}\`, not \`${kind.kind}\``,
      where: file.at(path),
      next: `Name a source that provides \`${kind.kind}\`.`,
    },
  ];
}

function problemsOfKey(
  file: YamlFile,
  path: DataPath,
  key: string,
  kinds: readonly ItemKind[],
): readonly Problem[] {
  const lacking = kinds.find((kind) => !kind.keys.includes(key));
  if (lacking === undefined) return [];
  const shared = lacking.keys.filter((each) => kinds.every((kind) => kind.keys.includes(each)));
  return [
    {
      code: "unknown-key-field",
      what: `\`${key}\` does not name an item of the kind \`${lacking.kind}\``,
      where: file.at(path),
      why:
        shared.length === 0
          ? "The two kinds have no field that names the same thing."
          : `The fields that do are ${listed(shared)}.`,
      next:
        shared.length === 0
          ? "Name another source."
          : `Write \`${nearest(key, shared) ?? shared[0]}\` in its place.`,
    },
  ];
}

function problemsOfUnmatched(
  file: YamlFile,
  path: DataPath,
  unmatched: JsonObject,
  kind: ItemKind,
): readonly Problem[] {
  const names = Object.keys(kind.fields).filter((name) => kind.fields[name]?.required === false);
  const problems: Problem[] = Object.keys(unmatched)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const meant = nearest(name, names);
      return {
        code: "unknown-field",
        what: `\`${name}\` is not an optional fact of \`${kind.kind}\``,
        where: file.atKey(path, name),
        why: "These facts are given to an item that the joined source does not hold.",
        next: meant === undefined ? "Remove it." : `Write \`${meant}\` in its place.`,
      };
    });
  return [...problems, ...problemsOfNumbers(file, path, unmatched)];
}

function problemsOfReuse(file: YamlFile, path: DataPath, id: string, used: Set<string>): readonly Problem[] {
  if (!used.has(id)) {
    used.add(id);
    return [];
  }
  return [
    {
      code: "source-twice",
      what: `\`${id}\` stands twice in one population`,
      where: file.at(path),
      why: "A list that is compared with itself shows nothing.",
      next: "Name another source, or remove it.",
    },
  ];
}
