import assert from "node:assert/strict";
import { test } from "node:test";
import { pinningOf } from "./pinning.ts";

const ids = {
  pinned: `gpt-4o-2024-08-06 gpt-4-0613 gpt-3.5-turbo-0125 gpt-4-0125-preview o3-2025-04-16 openai/gpt-5-2025-08-07
    claude-sonnet-4-5-20250929 claude-3-5-sonnet-20241022 claude-haiku-4-5@20251001 claude-sonnet-4-6 claude-opus-4-8 claude-sonnet-5
    anthropic.claude-3-5-sonnet-20240620-v1:0 us.anthropic.claude-opus-4-6-v1 anthropic.claude-sonnet-5
    gemini-1.5-pro-001 gemini-2.0-flash-001 gemini-2.5-flash-preview-04-17
    mistral-large-2411 codestral-2508 mistral.mistral-large-2402-v1:0 command-r-08-2024 command-r-plus-08-2024 grok-4-0709
    meta/llama@0123456789abcdef0123456789abcdef01234567`,
  alias: `gpt-4o gpt-5 o3 chatgpt-4o-latest openai/gpt-4o-mini claude-sonnet-4-5 claude-opus-4-0 claude-3-5-sonnet-latest claude-3-opus
    gemini-1.5-pro gemini-2.0-flash gemini-flash-latest mistral-large-latest cohere.command-latest ~anthropic/claude-opus-latest
    grok-4-latest llama3.2:latest`,
  unknown: `gemini-2.5-pro gemini-3.1-pro-preview mistral-embed command-r grok-4.5 claude-2.1 claude-mythos-preview
    text-embedding-3-small my-deployment llama-3.1-70b`,
} as const;

for (const state of ["pinned", "alias", "unknown"] as const)
  test(`ids that are ${state === "unknown" ? "of no form that a provider explains are unknown, never unpinned" : `${state}, as their providers say`}`, () => {
    for (const id of ids[state].split(/\s+/)) {
      const pinning = pinningOf(id);
      assert.equal(pinning.state, state, `${id}: ${pinning.because}`);
      assert.notEqual(pinning.because, "");
    }
  });
