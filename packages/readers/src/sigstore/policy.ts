/** Whether the signer is whom the caller demands. */
import type { Policy, Signer } from "./outcome.ts";

/** @returns what is not met, in words; undefined where everything demanded is. */
export function meetsPolicy({ identity, issuer }: Policy, signer: Signer): string | undefined {
  if (identity === undefined && issuer === undefined) return undefined;
  if (signer.kind === "key") return "a key signed it: a key has neither identity nor issuer";
  if (identity !== undefined && !matches(identity, signer.name.text)) {
    // A person's address is not repeated: what is printed is kept in many places.
    const who = signer.name.form === "uri" ? `, but ${signer.name.text}` : "";
    return `the signer is not ${identity}${who}`;
  }
  if (issuer !== undefined && signer.issuer !== issuer)
    return `the signer's identity comes from ${signer.issuer ?? "nobody"}, not from ${issuer}`;
  return undefined;
}

/** The whole text, letter by letter; an asterisk stands for any text, also for none. No pattern can run away. */
function matches(pattern: string, text: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
