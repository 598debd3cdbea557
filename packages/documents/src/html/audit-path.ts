/** How an audit path is folded up to its root, written so that a shell can do it. */

export type PathStep = { readonly side: "left" | "right"; readonly hash: string };

/**
 * On which side each hash of an RFC 6962 audit path stands (RFC 9162 section 2.1.3.2).
 * @returns undefined where a path of this length cannot belong to that leaf.
 */
export function pathSteps(
  leafIndex: number,
  count: number,
  path: readonly string[],
): readonly PathStep[] | undefined {
  if (leafIndex < 0 || leafIndex >= count) return undefined;
  let index = leafIndex;
  let last = count - 1;
  const steps: PathStep[] = [];
  for (const hash of path) {
    if (last === 0) return undefined;
    if (index % 2 === 1 || index === last) {
      steps.push({ side: "left", hash });
      while (index % 2 === 0 && index !== 0) {
        index /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      steps.push({ side: "right", hash });
    }
    index = Math.floor(index / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? steps : undefined;
}

/** Quotes a word for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(text) && !text.startsWith("-")
    ? text
    : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The files of a list for the shell: lists are cut into numbered parts, which stand in order. */
export function listFiles(path: string): string {
  const stem = /^(.*)-\d{5}\.ndjson$/.exec(path)?.[1];
  return stem === undefined ? shellWord(path) : `${shellWord(stem)}-*.ndjson`;
}

/**
 * Lines for bash that take one line of a list, hash it as a leaf and fold the path: the last line printed must be the
 * root. Needs cat, sed, sha256sum and nothing else. `erased`: the line names its leaf instead of holding its bytes.
 */
export function foldScript(
  path: string,
  leafIndex: number,
  steps: readonly PathStep[],
  erased?: string,
): string {
  const lines = [
    'node() { printf "$(printf \'01%s%s\' "$1" "$2" | sed \'s/../\\\\x&/g\')" | sha256sum | cut -c1-64; }',
    erased === undefined
      ? `h=$( { printf '\\0'; cat ${listFiles(path)} | sed -n ${leafIndex + 1}p | tr -d '\\n'; } | sha256sum | cut -c1-64)`
      : `h=${erased}`,
    'echo "$h"',
    ...steps.map(({ side, hash }) => (side === "left" ? `h=$(node ${hash} "$h")` : `h=$(node "$h" ${hash})`)),
    'echo "$h"',
  ];
  return lines.join("\n");
}
