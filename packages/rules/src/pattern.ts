/** Regular expressions that cannot run away: RE2 syntax, matched in time linear in the text. */
import { RE2JS } from "@bufbuild/re2";
import { err, ok, type Result } from "@countersign/kernel";

export type Pattern = { test(text: string): boolean };

/** @returns why it was refused, in a few words, if it is not of RE2's syntax */
export function compilePattern(source: string): Result<Pattern, string> {
  try {
    return ok(new RE2JS(source));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return err(message.replace(/^error parsing regexp: /, ""));
  }
}
