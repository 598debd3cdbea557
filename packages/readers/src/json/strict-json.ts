/** JSON that strangers wrote: one reading of it, or none. */
import { err, JSON_DEPTH_MAX, ok, type Json, type Result } from "@countersign/kernel";

/**
 * Well-formed UTF-8 without a byte order mark, RFC 8259, and no member named twice in an object: readers differ on which
 * of the two counts.
 */
export function parseStrictJson(bytes: Uint8Array, bytesMax: number): Result<Json, string> {
  if (bytes.length > bytesMax) return err(`${bytes.length} bytes: at most ${bytesMax} are read`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return err("not UTF-8");
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return err(`not JSON: ${error instanceof Error ? error.message.slice(0, 120) : "unreadable"}`);
  }
  const fault = faultOf(text);
  return fault === undefined ? ok(value) : err(fault);
}

/** @param text is JSON already; only what JSON leaves open is looked at. */
function faultOf(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === "{" || sign === "[") {
      open.push(sign === "{" ? new Set() : undefined);
      if (open.length > JSON_DEPTH_MAX) return `nested deeper than ${JSON_DEPTH_MAX}`;
    } else if (sign === "}" || sign === "]") open.pop();
    else if (sign === '"') {
      const end = endOfText(text, at);
      const names = open.at(-1);
      if (names !== undefined && /^[\t\n\r ]*:/.test(text.slice(end + 1, end + 65))) {
        const name = JSON.parse(text.slice(at, end + 1)) as string;
        if (names.has(name))
          return `the member ${JSON.stringify(name.slice(0, 60))} stands twice in an object`;
        names.add(name);
      }
      at = end;
    }
  }
  return undefined;
}

function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
