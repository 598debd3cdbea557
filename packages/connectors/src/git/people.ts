/** The people that a trailer's value names: "Ada Example <ada@lumen.example>", several of them, an address, a name. */

export type Named = { readonly name?: string; readonly email?: string };

const ADDRESS = /^[^\s@/:<>,;"()]+@[^\s@/:<>,;"()]+$/;
const NOBODY = /^(?:none|nobody|no one|n\/?a|tbd|todo|-+|\?+|null)$/i;
const LONGEST_NAME = 120;
/** Nobody names people for longer than this; what is longer is text. */
const LONGEST_VALUE = 2000;

export function peopleIn(value: string): readonly Named[] {
  if (value.length > LONGEST_VALUE) return [];
  return value.includes("<") ? bracketed(value) : bare(value);
}

/** Those of them who are given as "Name <address>": people, whatever the trailer's key says. */
export function peopleInFull(value: string): readonly Named[] {
  if (!value.includes("@")) return [];
  const people = value.includes("<") ? peopleIn(value) : [];
  return people.every((one) => one.name !== undefined && one.email !== undefined) ? people : [];
}

/** Addresses in angle brackets, each with the text before it as the name; a comma may be part of a name ("Example, Ada"). */
function bracketed(value: string): readonly Named[] {
  const people: Named[] = [];
  let from = 0;
  for (const match of value.matchAll(/<([^<>]*)>/g)) {
    const name = cleanName(value.slice(from, match.index));
    from = match.index + match[0].length;
    const email = (match[1] ?? "").trim();
    if (ADDRESS.test(email)) people.push(name === "" ? { email } : { name, email });
    else if (name !== "") people.push({ name });
  }
  return people;
}

function bare(value: string): readonly Named[] {
  const tokens = value.split(/[\s,;]+/).filter((token) => token !== "");
  const addresses = tokens
    .map((token) => token.replaceAll(/^[("]+|[)"]+$/g, ""))
    .filter((token) => ADDRESS.test(token));
  if (addresses.length > 0) return addresses.map((email) => ({ email }));
  return value
    .split(/[,;]|\s(?:and|&)\s/)
    .map(cleanName)
    .filter((name) => name !== "" && name.length <= LONGEST_NAME && /\p{L}/u.test(name) && !NOBODY.test(name))
    .map((name) => ({ name }));
}

/** Without separators, quotes, a comment in parentheses or after a hash, and the "and" between two people. */
function cleanName(text: string): string {
  return text
    .replaceAll(/\([^)]*\)/g, " ")
    .replace(/\s#.*$/, "")
    .replace(/^[\s,;&]+(?:and\s)?/, "")
    .replace(/^and\s+/, "")
    .replaceAll('"', "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
