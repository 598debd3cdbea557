/** Puts countersign-verify.html together: the verifier's file, the code and the style of the page, and its policy. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), "utf8");

function sourceHash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/**
 * @param verifier the built file, which stands in the page byte for byte and is started as a worker.
 * @param sha256 of it, in hex.
 */
export async function pageOf(verifier: string, sha256: string): Promise<string> {
  if (/<\/script|<!--/i.test(verifier)) throw new Error("the verifier cannot stand in a script element");
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "page.ts")],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  const script = outputFiles[0]?.text ?? "";
  const style = read("page.css");
  // Nothing is fetched, not even from where the page lies: the worker's text is in the page.
  const policy = [
    "default-src 'none'",
    `script-src ${sourceHash(script)}`,
    `style-src ${sourceHash(style)}`,
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const parts: { readonly [name: string]: string } = { policy, style, sha256, verifier, script };
  return read("page.html").replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`page.html asks for ${name}`);
    return part;
  });
}
