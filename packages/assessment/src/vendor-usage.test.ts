import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { LocalDate } from "@countersign/kernel";
import { noSystem, type Component, type DataClass, type System, type Vendor } from "@countersign/program";
import { sentAgainstContract, type SentUsage } from "./vendor-usage.ts";

const DAY = "2026-03-01" as LocalDate;
// Made up.
const bot: Component = {
  name: "Support bot",
  kind: "software",
  sort: "service",
  knownAs: ["litellm-key:support-bot"],
  holds: ["customer-content"],
};
const maker: Vendor = {
  name: "Modelmaker",
  knownAs: ["litellm:modelmaker"],
  dataSent: ["customer-content"],
  terms: { training: "prohibited" },
};
const systemOf = (vendor: Partial<Vendor>, component: Partial<Component> = {}): System => ({
  ...noSystem,
  vendors: [{ id: "modelmaker", versions: [{ ...maker, ...vendor }] }],
  components: [{ id: "bot", versions: [{ ...bot, ...component }] }],
});
const usage: SentUsage = {
  provider: "modelmaker",
  model: "m-1",
  key: "support-bot",
  calls: 3,
  tokensSent: 90,
};
const verdict = (system: System, more: Partial<SentUsage> = {}) =>
  sentAgainstContract(system, [{ ...usage, ...more }], DAY)[0]?.verdict;
const without = <T extends object, K extends keyof T>(thing: T, key: K): Omit<T, K> => {
  const { [key]: _gone, ...rest } = thing;
  return rest;
};

test("what a key's component holds, and the vendor may receive on terms that are said, is as contracted", () => {
  assert.deepEqual(verdict(systemOf({})), {
    state: "as-contracted",
    vendor: "modelmaker",
    classes: ["customer-content"],
  });
});

test("a class that the vendor is not said to receive, and customers' data where it may train, go beyond", () => {
  assert.deepEqual(verdict(systemOf({ dataSent: ["telemetry"] })), {
    state: "beyond",
    vendor: "modelmaker",
    notSaid: ["customer-content"],
    mayBeTrainedOn: [],
  });
  const trains = verdict(systemOf({ terms: { training: "allowed" } }));
  assert.deepEqual(trains?.state === "beyond" && trains.mayBeTrainedOn, ["customer-content"]);
});

test("what is not said is unknown, each for its own reason, and never as contracted", () => {
  const reasons = (system: System, more: Partial<SentUsage> = {}) => {
    const found = verdict(system, more);
    return found?.state === "unknown" ? found.reasons.join(" ") : found?.state;
  };
  assert.equal(reasons(systemOf({}), { provider: "other" }), "vendor-not-named");
  assert.equal(reasons(systemOf({}), { key: "stray" }), "key-not-named");
  assert.deepEqual(sentAgainstContract(systemOf({}), [without(usage, "key")], DAY)[0]?.verdict, {
    state: "unknown",
    vendor: "modelmaker",
    reasons: ["key-not-told"],
  });
  const noHolds = { ...systemOf({}), components: [{ id: "bot", versions: [without(bot, "holds")] }] };
  assert.equal(reasons(noHolds), "classes-not-said");
  const noData = { ...systemOf({}), vendors: [{ id: "modelmaker", versions: [without(maker, "dataSent")] }] };
  assert.equal(reasons(noData), "data-sent-not-said");
  assert.equal(reasons(systemOf({ terms: { training: "not-said" } })), "training-terms-not-said");
  assert.equal(reasons(systemOf({ terms: {} }, { holds: ["telemetry"] })), "beyond");
});

test("as contracted means that every class may be sent and none that is guarded may be trained on", () => {
  const classes = fc.subarray<DataClass>(["customer-content", "telemetry", "confidential", "public"]);
  const training = fc.constantFrom("allowed", "prohibited", "not-said", undefined);
  fc.assert(
    fc.property(classes, classes, training, (holds, dataSent, terms) => {
      const found = verdict(
        systemOf({ dataSent, terms: terms === undefined ? {} : { training: terms } }, { holds }),
      );
      const hasGuarded = holds.some((each) => each === "customer-content" || each === "confidential");
      const isBeyond = holds.some((each) => !dataSent.includes(each)) || (terms === "allowed" && hasGuarded);
      const isUnknown = !isBeyond && hasGuarded && terms !== "prohibited";
      assert.equal(found?.state, isBeyond ? "beyond" : isUnknown ? "unknown" : "as-contracted");
    }),
  );
});
