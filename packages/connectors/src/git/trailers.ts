/**
 * Trailers of a commit message. git's own parser (git-interpret-trailers(1)) gives up on a last paragraph in which
 * other lines stand among the trailers, as "Fixes golang/go#1" does in real histories; losing an approval that way
 * would be a false finding. So every "Key: value" line of the last paragraph counts, and the paragraphs directly above
 * it count too where they hold nothing but trailers. The first paragraph is the title and never holds any.
 */

export type Trailer = { readonly key: string; readonly value: string };

/** A token as git has it: letters, digits, hyphens. "https://…" is no trailer. */
const TRAILER = /^([A-Za-z0-9-]+)[ \t]*:(?!\/\/)(.*)$/;
/** "Reviewed by:", "Differential Revision:": a trailer only where the key is one that the settings speak of. */
const SPACED = /^([A-Za-z0-9-]+(?: [A-Za-z0-9-]+){1,3})[ \t]*:(.*)$/;

/** A history repeats a dozen keys a hundred thousand times. */
const folded = new Map<string, string>();
const MOST_FOLDED = 1000;

/** Keys compare without case, and a space counts as a hyphen. */
export function foldKey(key: string): string {
  const known = folded.get(key);
  if (known !== undefined) return known;
  const fresh = key.toLowerCase().replaceAll(" ", "-");
  if (folded.size < MOST_FOLDED) folded.set(key, fresh);
  return fresh;
}

export class KeySet {
  readonly #folded: ReadonlySet<string>;

  constructor(keys: Iterable<string>) {
    this.#folded = new Set([...keys].map(foldKey));
  }

  has(key: string): boolean {
    return this.#folded.has(foldKey(key));
  }
}

/**
 * @param spacedKeys keys that also count when they are written with spaces for hyphens
 * @returns the trailers in the order of the message, continuation lines joined by one space
 */
export function parseTrailers(message: string, spacedKeys: KeySet): readonly Trailer[] {
  const paragraphs = lastParagraphs(message);
  const kept: (readonly Line[])[] = [];
  for (let index = paragraphs.length - 1; index >= 0; index -= 1) {
    const lines = (paragraphs[index] ?? []).map((line) => readLine(line, spacedKeys));
    const isLast = index === paragraphs.length - 1;
    if (!isLast && (lines[0]?.kind !== "trailer" || lines.some((line) => line.kind === "other"))) break;
    kept.unshift(lines);
  }
  return kept.flatMap(join);
}

type Line =
  | { readonly kind: "trailer"; readonly key: string; readonly value: string }
  | { readonly kind: "continuation"; readonly value: string }
  | { readonly kind: "other" };

function readLine(line: string, spacedKeys: KeySet): Line {
  if (/^[ \t]/.test(line)) return { kind: "continuation", value: line.trim() };
  const match = TRAILER.exec(line);
  if (match !== null) return { kind: "trailer", key: match[1] ?? "", value: (match[2] ?? "").trim() };
  const spaced = SPACED.exec(line);
  const key = spaced?.[1] ?? "";
  if (spaced !== null && spacedKeys.has(key))
    return { kind: "trailer", key, value: (spaced[2] ?? "").trim() };
  return { kind: "other" };
}

function join(lines: readonly Line[]): readonly Trailer[] {
  const trailers: { key: string; value: string }[] = [];
  let open: { key: string; value: string } | undefined;
  for (const line of lines) {
    if (line.kind === "trailer") {
      open = { key: line.key, value: line.value };
      trailers.push(open);
    } else if (line.kind === "other") {
      open = undefined;
    } else if (open !== undefined) {
      open.value = `${open.value} ${line.value}`.trim();
    }
  }
  return trailers;
}

/** Every paragraph but the first, each as its lines. */
function lastParagraphs(message: string): readonly (readonly string[])[] {
  const paragraphs: string[][] = [];
  let current: string[] | undefined;
  for (const line of message.split(/\r?\n/)) {
    if (line.trim() === "") {
      current = undefined;
      continue;
    }
    if (current === undefined) {
      current = [];
      paragraphs.push(current);
    }
    current.push(line);
  }
  return paragraphs.slice(1);
}
