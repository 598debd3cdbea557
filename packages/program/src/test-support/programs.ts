/** Programs for laws: few ids and few words, so that two of them often speak of the same thing. */
import fc from "fast-check";
import { addDays, type JsonObject, type LocalDate } from "@countersign/kernel";
import type { ControlVersion, Program } from "../model.ts";
import type { Dated, InForce } from "../system/dated.ts";
import { noSystem } from "../system/read-system.ts";
import type { System } from "../system/model.ts";

const FIRST = "2025-01-01" as LocalDate;
export const day = (number: number): LocalDate => addDays(FIRST, number);

/** Sayings that follow each other, with or without days between them, open at either end or not. */
function sayings<T extends object>(said: fc.Arbitrary<T>): fc.Arbitrary<readonly (T & InForce)[]> {
  return fc
    .record({
      starts: fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 5 }),
      said: fc.array(said, { minLength: 5, maxLength: 5 }),
      rests: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 }),
      opens: fc.boolean(),
      ends: fc.boolean(),
    })
    .map(({ starts, said: all, rests, opens, ends }) => {
      const days = [...starts].sort((a, b) => a - b);
      return days.map((start, index) => {
        const next = days[index + 1];
        const rest = Math.min(rests[index] ?? 0, (next ?? 99) - start - 1);
        const last = next === undefined ? (ends ? start + 5 : undefined) : next - 1 - (rest > 6 ? rest : 0);
        return {
          ...(all[index] as T),
          ...(index === 0 && opens ? {} : { from: day(start) }),
          ...(last !== undefined && { through: day(last) }),
        };
      });
    });
}

function things<T extends object>(said: fc.Arbitrary<T>): fc.Arbitrary<readonly Dated<T>[]> {
  return fc.uniqueArray(fc.record({ id: fc.constantFrom("a", "b", "c"), versions: sayings(said) }), {
    selector: ({ id }) => id,
  });
}

const word = fc.constantFrom("x", "y", "z");
const vendor = fc.record(
  { name: word, tier: fc.constantFrom("high", "low"), regions: fc.array(word, { maxLength: 2 }) },
  { requiredKeys: ["name"] },
);
const component = fc.record(
  {
    name: word,
    kind: fc.constant("software"),
    sort: fc.constant("repository"),
    scope: fc.constantFrom("in", "out"),
  },
  { requiredKeys: ["name", "kind", "sort"] },
);

const system = fc
  .record({
    vendors: things(vendor),
    components: things(component),
    reportNeeds: things(fc.record({ by: word })),
  })
  .map((some) => ({ ...noSystem, ...some }) as unknown as System);

const controls = things(
  fc.record(
    {
      version: fc.integer({ min: 1, max: 3 }),
      statement: word,
      criteria: fc.array(word, { maxLength: 2 }),
      owner: word,
    },
    { requiredKeys: ["version", "statement", "criteria"] },
  ),
).map((all) =>
  all.flatMap(({ id, versions }) =>
    versions.map(
      ({ from, through, ...said }) =>
        ({
          id,
          ...said,
          ...(from !== undefined && { effectiveFrom: from }),
          ...(through !== undefined && { effectiveThrough: through }),
        }) as unknown as ControlVersion,
    ),
  ),
);

const listOf = (entry: fc.Arbitrary<JsonObject>, key: string) =>
  fc.uniqueArray(entry, { selector: (each) => each[key], maxLength: 3 });

export const programs: fc.Arbitrary<Program> = fc
  .record(
    {
      sampleData: fc.boolean(),
      window: fc.record({ from: word, through: word, zone: word }),
      categories: fc.uniqueArray(word),
      catalog: word,
      controls,
      sources: listOf(fc.record({ id: word, connector: word }), "id"),
      populations: listOf(fc.record({ kind: word, from: word }), "kind"),
      notRelevant: listOf(fc.record({ criterion: word, reason: word }), "criterion"),
      // Two organizations may answer one criterion, and one may stand there twice.
      subservice: fc.array(fc.record({ criterion: word, organization: word }), { maxLength: 3 }),
      procedures: fc.uniqueArray(fc.record({ control: word, textDigest: word }), {
        selector: ({ control }) => control,
        minLength: 1,
      }),
      system,
    },
    {
      requiredKeys: [
        "sampleData",
        "window",
        "categories",
        "catalog",
        "controls",
        "sources",
        "populations",
        "notRelevant",
        "subservice",
      ],
    },
  )
  .map(
    (some) =>
      ({
        format: "countersign-program-1",
        organization: { id: "example", name: "Example" },
        holidays: [],
        ...some,
      }) as unknown as Program,
  );
