/**
 * What went through a LiteLLM gateway, from its StandardLoggingPayload: one object, a list, or one object a line. Only who
 * called, what was called and how much is taken up: prompts, answers, guardrail findings and errors can hold whole prompts and even
 * a caller's token (LiteLLM issue 20240), and are let fall here, before anything is kept.
 */
import { err, ok, type Json, type JsonObject, type Problem, type Result } from "@countersign/kernel";
import { isPlainText } from "../json/shape.ts";
import { parseStrictJson } from "../json/strict-json.ts";

/** Calls of one key to one model of one provider. */
export type GatewayUsage = {
  readonly provider: string;
  /** As the call named it; an alias is an alias. */
  readonly model: string;
  /** The key's alias, else its hash; absent: the gateway did not tell. */
  readonly key?: string;
  readonly calls: number;
  readonly tokensSent: number;
  /** Calls that failed: what they would have sent may have been sent all the same. */
  readonly failed: number;
  /** First and last start as the gateway wrote them. Without a zone they are its own local time, and are not turned into instants. */
  readonly first: string;
  readonly last: string;
};

export type ReadUsage = { readonly usage: readonly GatewayUsage[]; readonly calls: number };

const FILE_BYTES_MAX = 512 * 1024 * 1024;
const TEXT_MAX = 512;

/** @param name of the file, as messages name it */
export function readLiteLlmUsage(bytes: Uint8Array, name: string): Result<ReadUsage, readonly Problem[]> {
  const groups = new Map<string, GatewayUsage>();
  const problems: Problem[] = [];
  let calls = 0;
  for (const { value, where } of payloadsOf(bytes, name)) {
    const call = value.ok ? callOf(value.value) : value;
    if (!call.ok) {
      problems.push({
        code: "gateway-log",
        what: `${where} is no call of a LiteLLM gateway: ${call.error}`,
        where,
        why: "A line that is passed over would make what was sent look smaller.",
        next: "export StandardLoggingPayload objects, one a line or in a list, and read the file again",
      });
      // The first few tell what is wrong with the file.
      if (problems.length >= 5) break;
      continue;
    }
    calls++;
    const { provider, model, key } = call.value;
    const id = JSON.stringify([provider, model, key ?? null]);
    groups.set(id, added(groups.get(id), call.value));
  }
  if (problems.length > 0) return err(problems);
  const usage = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  return ok({ usage, calls });
}

type Payload = { readonly value: Result<Json, string>; readonly where: string };

function* payloadsOf(bytes: Uint8Array, name: string): Generator<Payload> {
  if (bytes.length > FILE_BYTES_MAX) {
    yield {
      value: err(`the file has ${bytes.length} bytes, and at most ${FILE_BYTES_MAX} are read`),
      where: name,
    };
    return;
  }
  const whole = parseStrictJson(bytes, FILE_BYTES_MAX);
  if (whole.ok) {
    const list = Array.isArray(whole.value) ? (whole.value as readonly Json[]) : [whole.value];
    for (const [at, value] of list.entries()) yield { value: ok(value), where: `${name}[${at + 1}]` };
    return;
  }
  let start = 0;
  for (let line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    const text = bytes.subarray(start, end);
    start = end + 1;
    // An empty line says nothing.
    if (text.every((byte) => byte === 13 || byte === 32)) continue;
    yield { value: parseStrictJson(text, FILE_BYTES_MAX), where: `${name}:${line}` };
  }
}

type Call = {
  readonly provider: string;
  readonly model: string;
  readonly key?: string;
  readonly failed: boolean;
  readonly tokensSent: number;
  readonly at: string;
};

function callOf(value: Json): Result<Call, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return err("not an object");
  const payload = value as JsonObject;
  const provider = textOf(payload["custom_llm_provider"]);
  const model = textOf(payload["model"]);
  const at = startOf(payload["startTime"]);
  const tokens = payload["prompt_tokens"];
  if (model === undefined) return err("it names no `model`");
  if (provider === undefined) return err("it names no `custom_llm_provider`");
  if (at === undefined) return err("it has no `startTime`");
  if (!Number.isSafeInteger(tokens) || (tokens as number) < 0) return err("`prompt_tokens` is no count");
  const key = keyOf(payload["metadata"]);
  return ok({
    provider,
    model,
    ...(key !== undefined && { key }),
    failed: payload["status"] !== "success",
    tokensSent: tokens as number,
    at,
  });
}

/** In spend logs the metadata are JSON inside a text. */
function keyOf(metadata: unknown): string | undefined {
  let found = metadata;
  if (typeof found === "string") {
    const parsed = parseStrictJson(Buffer.from(found), FILE_BYTES_MAX);
    if (!parsed.ok) return undefined;
    found = parsed.value;
  }
  if (typeof found !== "object" || found === null) return undefined;
  const { user_api_key_alias: alias, user_api_key_hash: hash } = found as JsonObject;
  return textOf(alias) ?? (typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= TEXT_MAX && isPlainText(value)
    ? value
    : undefined;
}

/** The documentation says seconds as a number; what is written is a text without a zone. */
function startOf(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0 && value < 1e11)
    return new Date(value * 1000).toISOString();
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}[\d.:+Z-]{0,20}$/.test(value)
    ? value
    : undefined;
}

function added(group: GatewayUsage | undefined, call: Call): GatewayUsage {
  const { provider, model, key, failed, tokensSent, at } = call;
  return {
    provider,
    model,
    ...(key !== undefined && { key }),
    calls: (group?.calls ?? 0) + 1,
    tokensSent: (group?.tokensSent ?? 0) + tokensSent,
    failed: (group?.failed ?? 0) + (failed ? 1 : 0),
    first: group === undefined || at < group.first ? at : group.first,
    last: group === undefined || at > group.last ? at : group.last,
  };
}
