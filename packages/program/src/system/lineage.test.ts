import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parsed } from "../test-support/files.ts";
import { customerUse, lineageOf } from "./lineage.ts";
import type { System } from "./model.ts";

// Made up.
const files = (data: string, models: string): { readonly [path: string]: string } => ({
  "people.yaml": `people: [{ handle: ada, identities: ["email:ada@example.com"] }]\n`,
  "data.yaml": data,
  "models.yaml": `models: [{ id: chat, name: Chat, party: first }]\nmodelVersions:\n${models}`,
});
const systemOf = (data: string, models: string): System => {
  const { system } = parsed(files(data, models)).program;
  assert.ok(system);
  return system;
};

const data = `customers:
  - { id: cust-1, training: allowed, contract: "MSA 4.2", changes: [{ from: 2026-02-01, training: prohibited }] }
  - { id: cust-2, training: prohibited }
datasetVersions:
  - { id: raw-1, dataset: raw, version: "1", customers: [cust-1], intake: { approvedBy: ada, approvedOn: 2026-01-15 } }
  - { id: raw-2, dataset: raw, version: "2", customers: [cust-1], intake: { approvedBy: ada, approvedOn: 2026-02-15 } }
  - { id: public-1, dataset: public, version: "1", customers: [] }
  - { id: old-1, dataset: old, version: "1" }
  - { id: tuned-1, dataset: tuned, version: "1", customers: [], madeFrom: [raw-1, public-1] }
`;

test("use is found through data sets that were made from others, with the contract of that day", () => {
  const system = systemOf(
    data,
    `  - { id: chat-1, model: chat, version: "1", trainedOn: [tuned-1], from: 2026-03-01 }
  - { id: chat-2, model: chat, version: "2", trainedOn: [raw-2], from: 2026-04-01 }
`,
  );
  const [one, two] = customerUse(system, "cust-1", "chat");
  assert.deepEqual(one?.use.state === "used" && one.use.through.map(({ path }) => path), [
    ["tuned-1", "raw-1"],
  ]);
  assert.deepEqual(one?.use.state === "used" && one.use.terms, {
    training: "allowed",
    contract: "MSA 4.2",
    on: "2026-01-15",
  });
  // The same contract, after it was changed.
  assert.equal(two?.use.state === "used" && two.use.terms.training, "prohibited");
  assert.deepEqual(
    customerUse(system, "cust-2", "chat").map(({ use }) => use.state),
    ["not-used", "not-used"],
  );
});

test("a data set whose customers are not said makes the answer unknown, and names it", () => {
  const system = systemOf(
    data,
    `  - { id: chat-1, model: chat, version: "1", trainedOn: [public-1, old-1] }\n`,
  );
  assert.deepEqual(customerUse(system, "cust-1", "chat")[0]?.use, {
    state: "unknown",
    why: [{ fact: "program/datasetVersions/old-1/customers", words: "whose data is in old-1 is not said" }],
  });
});

test("a version that does not say what it learned from is unknown; one made from none of ours is not", () => {
  const system = systemOf(
    data,
    `  - { id: chat-1, model: chat, version: "1" }\n  - { id: chat-2, model: chat, version: "2", trainedOn: [] }\n`,
  );
  assert.deepEqual(
    customerUse(system, "cust-1", "chat").map(({ use }) => use.state),
    ["unknown", "not-used"],
  );
});

test("what an earlier version of ours learned is in the version that is based on it", () => {
  const system = systemOf(
    data,
    `  - { id: chat-1, model: chat, version: "1", trainedOn: [raw-1], from: 2026-02-01 }
  - { id: chat-2, model: chat, version: "2", trainedOn: [], basedOn: chat-1, from: 2026-03-01 }
`,
  );
  assert.equal(customerUse(system, "cust-1", "chat")[1]?.use.state, "used");
});

test("a customer without terms in the program is used on terms unknown", () => {
  const system = systemOf(
    data.replace(
      "customers: [cust-1], intake: { approvedBy: ada, approvedOn: 2026-01-15 }",
      "customers: [cust-1]",
    ),
    `  - { id: chat-1, model: chat, version: "1", trainedOn: [raw-1] }\n`,
  );
  // No day is said anywhere, and the contract changed: which terms held cannot be told.
  const [one] = customerUse(system, "cust-1", "chat");
  assert.deepEqual(one?.use.state === "used" && one.use.terms, { training: "unknown" });
});

test("over any graph of data sets, used means that a path leads there, not-used that all is said and none does", () => {
  const graph = fc.record({
    sets: fc.array(
      fc.record({
        from: fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 3 }),
        holds: fc.constantFrom("yes", "no", "unsaid"),
      }),
      { minLength: 8, maxLength: 8 },
    ),
    trained: fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(graph, ({ sets, trained }) => {
      const system = {
        customers: [],
        models: [],
        modelVersions: [
          { id: "m", versions: [{ model: "chat", version: "1", trainedOn: trained.map((n) => `d-${n}`) }] },
        ],
        datasetVersions: sets.map(({ from, holds }, n) => ({
          id: `d-${n}`,
          versions: [
            {
              dataset: "d",
              version: String(n),
              madeFrom: from.map((each) => `d-${each}`),
              ...(holds !== "unsaid" && { customers: holds === "yes" ? ["c"] : [] }),
            },
          ],
        })),
      } as unknown as System;
      // Closure by repetition: another way than the search's.
      const reached = new Set(trained);
      for (let round = 0; round < sets.length; round++)
        for (const n of [...reached]) for (const each of sets[n]?.from ?? []) reached.add(each);
      const held = [...reached].map((n) => sets[n]?.holds);
      const expected = held.includes("yes") ? "used" : held.includes("unsaid") ? "unknown" : "not-used";
      assert.equal(customerUse(system, "c", "chat")[0]?.use.state, expected);
      const [lineage] = lineageOf(system, "chat");
      assert.deepEqual(
        new Set(lineage?.data.map(({ id }) => id)),
        new Set([...reached].map((n) => `d-${n}`)),
      );
      for (const { path } of lineage?.data ?? [])
        for (const [at, id] of path.entries()) {
          const from = at === 0 ? trained : (sets[Number(path[at - 1]?.slice(2))]?.from ?? []);
          assert.ok(from.includes(Number(id.slice(2))));
        }
    }),
  );
});
