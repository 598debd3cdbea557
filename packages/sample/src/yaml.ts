/** A small writer of YAML 1.2 for the sample's own files: block style, two spaces, strings quoted unless plainly safe. */
import type { Json } from "@countersign/kernel";

/** Letters, digits and a little punctuation that no YAML reader takes for anything but text. */
const PLAIN = /^[A-Za-z][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+()-]+)*$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const WORDS = new Set(["true", "false", "null", "yes", "no", "on", "off", "y", "n"]);

function scalar(value: string | number | boolean | null): string {
  if (typeof value !== "string") return String(value);
  // YAML 1.2's core schema has no dates, so a bare one is text.
  if (DATE.test(value)) return value;
  return PLAIN.test(value) && !WORDS.has(value.toLowerCase()) ? value : JSON.stringify(value);
}

function isScalar(value: Json): value is string | number | boolean | null {
  return value === null || typeof value !== "object";
}

/** One line, `[a, b]` or `{ a: 1 }`, for what is short and flat. */
function flow(value: Json): string | undefined {
  if (isScalar(value)) return scalar(value);
  const parts: string[] = [];
  if (Array.isArray(value)) {
    for (const member of value as readonly Json[]) {
      if (!isScalar(member)) return undefined;
      parts.push(scalar(member));
    }
    return `[${parts.join(", ")}]`;
  }
  for (const [key, member] of Object.entries(value)) {
    if (!isScalar(member)) return undefined;
    parts.push(`${scalar(key)}: ${scalar(member)}`);
  }
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

const LINE_MAX = 100;

function block(value: Json, indent: string): string {
  const lines: string[] = [];
  if (Array.isArray(value)) {
    for (const member of value as readonly Json[]) {
      const short = flow(member);
      if (short !== undefined && (isScalar(member) || indent.length + short.length + 2 <= LINE_MAX)) {
        lines.push(`${indent}- ${short}`);
      } else {
        lines.push(`${indent}- ${block(member, `${indent}  `).slice(indent.length + 2)}`);
      }
    }
    return lines.join("\n");
  }
  for (const [key, member] of Object.entries(value as { readonly [key: string]: Json })) {
    const short = flow(member);
    const line = short === undefined ? undefined : `${indent}${scalar(key)}: ${short}`;
    if (line !== undefined && (isScalar(member) || line.length <= LINE_MAX)) lines.push(line);
    else lines.push(`${indent}${scalar(key)}:`, block(member, `${indent}  `));
  }
  return lines.join("\n");
}

/** @param comment lines that stand above, each written behind `# `. */
export function yamlText(comment: readonly string[], value: { readonly [key: string]: Json }): string {
  return `${comment.map((line) => `# ${line}\n`).join("")}${block(value, "")}\n`;
}
