/** Another window in program.yaml, with every other byte of the file as it was: comments, order, spelling. */
import { isMap, isScalar, parseDocument, type Scalar } from "yaml";
import { err, ok, type Problem, type Result } from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";
import type { TextFile } from "./yaml-file.ts";

/** @param file program.yaml as it stands; it was read without a problem before */
export function withWindow(
  file: TextFile,
  window: Pick<WindowBody, "from" | "through">,
): Result<TextFile, Problem> {
  const document = parseDocument(file.text, { schema: "core", version: "1.2" });
  const written = document.get("window", true);
  const values = (["from", "through"] as const).map((key) => {
    const node: unknown = isMap(written) ? written.get(key, true) : undefined;
    return isScalar(node) && node.range ? { node, day: window[key], range: node.range } : undefined;
  });
  let text = file.text;
  // From the end, so that the places before stay where they are.
  for (const value of values.toSorted((a, b) => (b?.range[0] ?? 0) - (a?.range[0] ?? 0))) {
    if (value === undefined)
      return err({
        code: "window-unwritten",
        what: "the window cannot be written into program.yaml",
        where: file.path,
        why: "it has no `window` with `from` and `through`",
        next: `write window: { from: ${window.from}, through: ${window.through}, zone: … } yourself`,
      });
    const [start, end] = value.range;
    text = text.slice(0, start) + spelled(value.node, value.day) + text.slice(end);
  }
  return ok({ ...file, text });
}

function spelled({ type }: Scalar, day: string): string {
  return type === "QUOTE_DOUBLE" ? `"${day}"` : type === "QUOTE_SINGLE" ? `'${day}'` : day;
}
