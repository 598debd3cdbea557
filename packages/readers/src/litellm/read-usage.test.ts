import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { formatProblem } from "@countersign/kernel";
import { readLiteLlmUsage } from "./read-usage.ts";

// Made up, after the gateway's own payload.
const call = (more: object = {}) => ({
  id: "chatcmpl-1",
  custom_llm_provider: "openai",
  model: "gpt-4o-2024-08-06",
  startTime: "2026-01-24 09:20:46.847371",
  status: "success",
  prompt_tokens: 10,
  metadata: { user_api_key_alias: "support-bot" },
  messages: [{ role: "user", content: "sk-secret-of-a-caller" }],
  ...more,
});
const read = (text: string) => readLiteLlmUsage(Buffer.from(text), "calls.jsonl");
const usageOf = (text: string) => {
  const found = read(text);
  assert.ok(found.ok, found.ok ? "" : found.error.map(formatProblem).join("\n"));
  return found.value;
};
const told = (text: string) => {
  const found = read(text);
  return found.ok ? "" : found.error.map(formatProblem).join("\n");
};
const lines = (...calls: readonly object[]) => calls.map((each) => JSON.stringify(each)).join("\n");

test("calls are counted by provider, model and key, whether they come as lines, as a list, or alone", () => {
  const calls = [
    call(),
    call({ prompt_tokens: 5, startTime: "2026-01-25 09:00:00", status: "failure" }),
    call({ metadata: { user_api_key_hash: "a".repeat(64) } }),
  ];
  const found = usageOf(lines(...calls));
  assert.deepEqual(found.usage, [
    {
      provider: "openai",
      model: "gpt-4o-2024-08-06",
      key: "a".repeat(64),
      calls: 1,
      tokensSent: 10,
      failed: 0,
      first: "2026-01-24 09:20:46.847371",
      last: "2026-01-24 09:20:46.847371",
    },
    {
      provider: "openai",
      model: "gpt-4o-2024-08-06",
      key: "support-bot",
      calls: 2,
      tokensSent: 15,
      failed: 1,
      first: "2026-01-24 09:20:46.847371",
      last: "2026-01-25 09:00:00",
    },
  ]);
  assert.deepEqual(usageOf(JSON.stringify(calls)), found);
  assert.equal(usageOf(JSON.stringify(call(), undefined, 2)).calls, 1);
});

test("no word of a prompt, an answer or a header is taken up", () => {
  const found = usageOf(
    lines(
      call({
        guardrail_information: [{ request: "Bearer sk-secret-of-a-caller" }],
        response: { content: "answer" },
      }),
    ),
  );
  assert.doesNotMatch(JSON.stringify(found), /secret|answer|Bearer/);
});

test("a line that is no call is told with its place and nothing is counted, and no message repeats what the line says", () => {
  const text = told(
    `${lines(call())}\n\n${lines(call({ model: undefined, messages: "sk-secret" }))}\n{broken`,
  );
  assert.match(text, /calls\.jsonl:3 is no call of a LiteLLM gateway: it names no `model`/);
  assert.match(text, /calls\.jsonl:4/);
  assert.doesNotMatch(text, /secret/);
  for (const more of [
    { custom_llm_provider: "" },
    { startTime: 1e12 },
    { startTime: "soon" },
    { prompt_tokens: -1 },
    { prompt_tokens: 1.5 },
  ])
    assert.notEqual(told(lines(call(more))), "", JSON.stringify(more));
  assert.match(told("[1]"), /calls\.jsonl\[1\]/);
});

test("a key that looks like neither an alias nor a hash is not taken up", () => {
  const found = usageOf(
    lines(call({ metadata: { user_api_key_alias: "a\u202eb", user_api_key_hash: "sk-1234" } })),
  );
  assert.ok(found.usage[0] !== undefined && !("key" in found.usage[0]));
  // Spend logs hold the metadata as a text.
  assert.equal(
    usageOf(lines(call({ metadata: JSON.stringify({ user_api_key_alias: "eval" }) }))).usage[0]?.key,
    "eval",
  );
});

const fixture = fileURLToPath(
  new URL("../../../../../shared/fixtures/ai/litellm/standard_logging_payload.json", import.meta.url),
);
test(
  "the gateway's own payload is read",
  { skip: existsSync(fixture) ? false : "no folder of fixtures beside the checkout" },
  () => {
    const found = readLiteLlmUsage(readFileSync(fixture), "payload.json");
    assert.deepEqual(found.ok && found.value.usage, [
      {
        provider: "openai",
        model: "gpt-4o",
        calls: 1,
        tokensSent: 10,
        failed: 0,
        first: "2025-01-24 09:20:46.847371",
        last: "2025-01-24 09:20:46.847371",
      },
    ]);
  },
);
