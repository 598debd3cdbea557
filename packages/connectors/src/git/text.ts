/** Text of a message, kept short enough to be a fact; the whole of it is in the raw bytes. */

const LONGEST_TITLE = 500;
const LONGEST_VALUE = 2000;

/** The first line of a message that holds anything. */
export function cutTitle(message: string): string {
  const line = message.trimStart();
  const end = line.search(/[\r\n]/);
  return cutTo((end < 0 ? line : line.slice(0, end)).trim(), LONGEST_TITLE);
}

export function cut(value: string): string {
  return cutTo(value, LONGEST_VALUE);
}

/** Never between the halves of a surrogate pair, which canonical JSON refuses. */
function cutTo(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length).replace(/[\ud800-\udbff]$/, "")}…`;
}
