/**
 * Whether the id by which requests name a provider's model stands for one version of it, or is a name that the provider
 * points elsewhere when it likes. The rules are what the providers' own pages said in November 2026; what they do not say is unknown,
 * never unpinned.
 */
export type Pinning = {
  readonly state: "pinned" | "alias" | "unknown";
  /** What the answer rests on, as the rest of a sentence: "its date names one snapshot". */
  readonly because: string;
};

const pinned = (because: string): Pinning => ({ state: "pinned", because });
const alias = (because: string): Pinning => ({ state: "alias", because });
const unknown = (because: string): Pinning => ({ state: "unknown", because });

type Family = { readonly named: RegExp; readonly judge: (name: string, match: RegExpExecArray) => Pinning };

/** The first that fits decides. */
const families: readonly Family[] = [
  // platform.claude.com, "Model IDs and versioning": dateless ids are pinned from the 4.6 generation on; before it the date was part of the id.
  { named: /^claude-/, judge: claude },
  // OpenAI's deprecations page: a version has its date as a suffix, and the name without one points to the newest, typically.
  { named: /^(?:gpt-|chatgpt-|o\d)/, judge: openai },
  // Google Cloud, "Model versions and lifecycle": a stable version of Gemini 1 and 2.0 ends in three digits, and the name without them moves on.
  { named: /^gemini-(\d+)(?:\.(\d+))?-/, judge: gemini },
  // docs.mistral.ai: a version ends in its year and month; `-latest` is the alias.
  {
    named: /^(?:open-)?(?:mistral|mixtral|ministral|codestral|devstral|magistral|pixtral|voxtral)-/,
    judge: dated(/-\d{4}$/, "Mistral's"),
  },
  // Cohere's versions end in month and year: command-r-08-2024.
  { named: /^(?:c4ai-)?command-/, judge: dated(/-\d{2}-\d{4}$/, "Cohere's") },
  { named: /^grok-/, judge: dated(/-\d{4}$/, "xAI's") },
];

/**
 * @param id as requests write it; a route before it (`anthropic/…`, `us.anthropic.…`) and the version that Amazon Bedrock puts
 *   after it (`-v1:0`) are passed over
 */
export function pinningOf(id: string): Pinning {
  const written = id.trim();
  if (/@[0-9a-f]{40}$|sha256:[0-9a-f]{64}$/.test(written)) return pinned("it ends in a revision or a digest");
  if (/(?:^|[-:@/.~])(?:latest|default|auto)$/i.test(written)) return alias("it says so itself");
  const name = written
    .toLowerCase()
    .replace(/^.*\//, "")
    .replace(/^(?:[a-z]{2,6}\.)?(?:anthropic|mistral|cohere)\./, "")
    .replace(/-v\d+(?::\d+)?$/, "");
  for (const { named, judge } of families) {
    const match = named.exec(name);
    if (match !== null) return judge(name, match);
  }
  return unknown("how its provider names versions is not known here");
}

function claude(name: string): Pinning {
  if (/[-@]\d{8}$/.test(name)) return pinned("its date names one snapshot");
  const parts = /^claude-[a-z]+-(\d{1,2})(?:-(\d{1,2}))?$/.exec(name);
  if (parts !== null) {
    const [major, minor] = [Number(parts[1]), Number(parts[2] ?? 0)];
    if (major > 4 || (major === 4 && minor >= 6))
      return pinned("from the 4.6 generation on Anthropic's ids without a date are pinned");
    return alias("before the 4.6 generation Anthropic's ids without a date are aliases");
  }
  if (/^claude-\d(?:-\d)?-[a-z]+$/.test(name))
    return alias("Anthropic's ids of that generation carry a date");
  return unknown("Anthropic's pages do not say what ids of this form stand for");
}

function openai(name: string): Pinning {
  // 2024-08-06, and before 2024 the month and day alone: gpt-4-0613.
  if (/-(?:\d{4}-\d{2}-\d{2}|(?:0[1-9]|1[0-2])[0-3]\d)(?:-preview)?$/.test(name))
    return pinned("its date names one snapshot");
  return alias("OpenAI points a name without a date to its newest snapshot");
}

function gemini(name: string, match: RegExpExecArray): Pinning {
  if (/[-@]\d{3}$/.test(name)) return pinned("its three digits name one stable version");
  if (/-(?:preview|exp)-\d{2}-\d{2,4}$|-(?:preview|exp)-\d{4}$/.test(name))
    return pinned("its date names one preview");
  const generation = Number(match[1]) + Number(match[2] ?? 0) / 10;
  if (generation <= 2 && !/-(?:preview|exp)/.test(name))
    return alias("Google points a name without its three digits to the newest stable version");
  return unknown(
    "Google's pages do not say whether a name of this generation without digits stays with one version",
  );
}

function dated(form: RegExp, whose: string): (name: string) => Pinning {
  return (name) =>
    form.test(name)
      ? pinned("its date names one version")
      : unknown(`${whose} pages do not say what a name without a date stands for`);
}
