/**
 * The seed of a draw (docs/formats/draw.md). It binds a population that was recorded, and covered by a checkpoint,
 * before the auditor's nonce was known: whoever made the population cannot steer the draw, and whoever gives the nonce
 * cannot change the population.
 */
import { digestOf, err, hexOf, ok, type Problem, type Result } from "@countersign/kernel";

export const DRAW_DOMAIN = "countersign/sample/v1";

export type SeedParts = {
  /** The log's origin, as its checkpoints name it. */
  readonly origin: string;
  /** Size and root (standard base64, as on the checkpoint's third line) of a checkpoint that covers the population. */
  readonly checkpointSize: number;
  readonly checkpointRoot: string;
  /** Index of the population's record in the log. */
  readonly populationIndex: number;
  /** Lowercase hex of the root over the population's lines. */
  readonly populationRoot: string;
  readonly count: number;
  /** The auditor's nonce: 32 bytes in lowercase hex. */
  readonly nonce: string;
};

const HEX_32_BYTES = /^[0-9a-f]{64}$/;
const BASE64_32_BYTES = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** The bytes that are hashed, as text: eight lines, each ended by a line feed. */
export function seedText(parts: SeedParts): Result<string, Problem> {
  const fault = faultOf(parts);
  if (fault !== undefined) {
    return err({
      code: "draw.seed",
      what: "The seed of the draw cannot be derived.",
      why: fault,
      next: "countersign sample draw --help",
    });
  }
  const lines = [
    DRAW_DOMAIN,
    parts.origin,
    String(parts.checkpointSize),
    parts.checkpointRoot,
    String(parts.populationIndex),
    parts.populationRoot,
    String(parts.count),
    parts.nonce,
  ];
  return ok(`${lines.join("\n")}\n`);
}

/** SHA-256 over `seedText`, as 64 lowercase hex digits: the string that the sampler takes as its seed. */
export function seedOf(parts: SeedParts): Result<string, Problem> {
  const text = seedText(parts);
  return text.ok ? ok(hexOf(digestOf(text.value))) : text;
}

function faultOf(parts: SeedParts): string | undefined {
  if (parts.origin === "" || /[\n\r]/.test(parts.origin) || !parts.origin.isWellFormed()) {
    return "the log's origin is empty or holds a line break";
  }
  for (const [name, value] of [
    ["checkpoint's size", parts.checkpointSize],
    ["population's index", parts.populationIndex],
    ["population's count", parts.count],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 0) return `the ${name} is not a whole number`;
  }
  if (!BASE64_32_BYTES.test(parts.checkpointRoot)) {
    return "the checkpoint's root is not 32 bytes in base64";
  }
  if (!HEX_32_BYTES.test(parts.populationRoot)) {
    return "the population's root is not 32 bytes in lowercase hex";
  }
  if (!HEX_32_BYTES.test(parts.nonce)) return "the nonce is not 32 bytes in lowercase hex (64 digits)";
  if (parts.populationIndex >= parts.checkpointSize) {
    return "the checkpoint does not cover the population: the population was recorded after it";
  }
  return undefined;
}
