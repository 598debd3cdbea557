/** Tickets that a message names: what the settings' patterns find, and lines such as "Fixes golang/go#1". */

const KEYWORD =
  /^[ \t*-]*(?:fix(?:es|ed)?|close[sd]?|resolve[sd]?|update[sd]?|ref(?:s|erences)?|for|bug|issue|tickets?)\b[ \t]*[:=]?[ \t]+(.+)$/i;
const TICKET = /(?:[\w.-]+\/[\w.-]+)?#\d+|https?:\/\/[^\s,;)>]+|\b[A-Z][A-Z0-9]{1,9}-\d+\b/g;
const LONGEST_LINE = 1000;
const MOST_LINES = 2000;
const MOST = 50;

export function ticketsIn(message: string, patterns: readonly RegExp[]): readonly string[] {
  const found = new Set<string>();
  for (const whole of message.split("\n", MOST_LINES)) {
    const line = whole.slice(0, LONGEST_LINE);
    for (const pattern of patterns) for (const match of line.matchAll(pattern)) found.add(match[0]);
    const named = KEYWORD.exec(line)?.[1];
    for (const match of named?.matchAll(TICKET) ?? []) found.add(match[0].replace(/[.,]+$/, ""));
    if (found.size >= MOST) break;
  }
  found.delete("");
  return [...found].slice(0, MOST);
}
