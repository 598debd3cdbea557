/** countersign-verify.html in a real browser, from disk, with the network off: the same verdicts as on Node. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { verifyPackage, type PackageVerdict, type VerifyOptions } from "@countersign/verify";
import { sourceOf } from "@countersign/package-format/testing";
import { buildVerifier, PAGE_NAME, type Bundle } from "../../packages/verify/build.ts";
import { makeKeys, tellStory } from "../../packages/verify/src/testing/company.ts";
import { packed, zipOf } from "../../packages/verify/src/testing/pack.ts";
import { bentPackages } from "../../packages/verify/src/testing/bent-packages.ts";
import { launch, withoutBrowser } from "./browser.ts";
import { failedViolations, focusedText, type Finding } from "./in-page.ts";

const skip = withoutBrowser;
const folder = mkdtempSync(join(tmpdir(), "verifier page "));
const keys = makeKeys();
const story = tellStory("acme", keys);
const good = join(folder, "good package.zip");
const older = join(folder, "older checkpoint");

let browser: Browser;
let bundle: Bundle;
let url: string;

before(async () => {
  if (skip !== false) return;
  bundle = await buildVerifier(folder);
  url = pathToFileURL(join(folder, PAGE_NAME)).href;
  writeFileSync(good, zipOf(packed(story)));
  writeFileSync(older, story.company.checkpoint(5));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

type Opened = {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly asked: readonly string[];
  readonly complaints: readonly string[];
};

async function open(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Opened> {
  const context = await browser.newContext({ offline: true, ...options });
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  context.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, context, asked, complaints };
}

/** The page and the worker's text, which stands in the page: nothing else is ever asked for. */
function assertNothingFetched({ asked, complaints }: Opened): void {
  assert.ok(asked.length > 0);
  for (const each of asked) assert.ok(each === url || each.startsWith("blob:"), each);
  assert.deepEqual(complaints, []);
}

async function checkIn(page: Page, path: string): Promise<PackageVerdict> {
  await page.locator("#package").setInputFiles(path);
  await page.locator("#check").click();
  const saving = page.waitForEvent("download");
  await page.getByText("Save the whole verdict as JSON").click();
  return JSON.parse(readFileSync(await (await saving).path(), "utf8")) as PackageVerdict;
}

const onNode = (zip: Buffer, options: VerifyOptions = {}): PackageVerdict =>
  JSON.parse(JSON.stringify(verifyPackage(sourceOf(zip), options))) as PackageVerdict;

test("the page holds the verifier's file byte for byte", { skip }, async () => {
  const opened = await open();
  const text = await opened.page.evaluate<string>('document.getElementById("verifier").textContent');
  assert.equal(createHash("sha256").update(text).digest("hex"), bundle.sha256);
  assert.ok((await opened.page.locator("footer").innerText()).includes(bundle.sha256));
  await opened.context.close();
});

test(
  "an intact package is intact in the page, with key and older checkpoint, and nothing is fetched",
  { skip },
  async () => {
    const opened = await open();
    const { page } = opened;
    const options = {
      logKey: story.company.logKey,
      since: [{ name: "older checkpoint", note: readFileSync(older, "utf8") }],
    };
    const expected = onNode(readFileSync(good), options);
    assert.equal(expected.intact, true);
    await page.locator("#log-key").fill(options.logKey);
    await page.locator("#since").setInputFiles(older);
    assert.deepEqual(await checkIn(page, good), expected);
    const said = await page.locator("#result").innerText();
    assert.match(said, /^Intact: good package\.zip/);
    for (const line of [...expected.shows, ...expected.doesNotShow]) assert.ok(said.includes(line), line);
    assertNothingFetched(opened);
    await opened.context.close();
  },
);

test(
  "a package that is not intact is shown with every fault, and what it says is text and never markup",
  { skip },
  async () => {
    const opened = await open();
    const { page } = opened;
    const bent = join(folder, "bent.zip");
    const files = packed(story);
    files.set("index.html", Buffer.from("bent"));
    files.set("<b>not markup<b>".replaceAll("<", "(").replaceAll(">", ")"), Buffer.from("x"));
    writeFileSync(bent, zipOf(files));
    const verdict = await checkIn(page, bent);
    assert.deepEqual(verdict, onNode(readFileSync(bent)));
    const said = await page.locator("#result").innerText();
    assert.match(said, /^Not intact: bent\.zip/);
    for (const { where, message } of verdict.faults) assert.ok(said.includes(`${where}: ${message}`));
    assert.equal(await page.locator("#result b").count(), 0);
    const noZip = join(folder, "no.zip");
    writeFileSync(noZip, "not a zip");
    assert.equal((await checkIn(page, noZip)).faults[0]?.code, "zip-structure");
    assertNothingFetched(opened);
    await opened.context.close();
  },
);

/** Asks a worker of the same text, as the page does. */
const verdictsIn = `async (cases) => {
  const text = document.getElementById("verifier").textContent.replace(/^#![^\\n]*/, "");
  const url = URL.createObjectURL(new Blob(["(() => {", text, "})()"]));
  const worker = new Worker(url);
  const verdicts = [];
  for (const { zip, options } of cases) {
    const bytes = Uint8Array.from(atob(zip), (character) => character.charCodeAt(0));
    worker.postMessage({ file: new File([bytes], "case.zip"), options });
    verdicts.push(await new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => "progress" in data || resolve(JSON.stringify(data.verdict ?? data));
    }));
  }
  return verdicts;
}`;

test(
  "good and bent packages of every kind have the same verdict in the page as on Node, word for word",
  { skip },
  async () => {
    const opened = await open();
    const cases = [...bentPackages()].map(({ name, zip, options }) => ({ name, zip, options }));
    const given = cases.map(({ zip, options }) => ({ zip: zip.toString("base64"), options }));
    const found = await opened.page.evaluate<string[]>(`(${verdictsIn})(${JSON.stringify(given)})`);
    const kinds = new Set<string>();
    for (const [i, { name, zip, options }] of cases.entries()) {
      const expected = onNode(zip, options);
      assert.deepEqual(JSON.parse(found[i] ?? ""), expected, name);
      for (const fault of expected.faults) kinds.add(fault.code);
    }
    assert.ok(kinds.size > 20, [...kinds].join(" "));
    assertNothingFetched(opened);
    await opened.context.close();
  },
);

test("the policy lets the page, and the worker that it starts, reach nothing", { skip }, async () => {
  const { page, context } = await open({ offline: false });
  const refused = await page.evaluate<string[]>(`(async () => {
    const tried = await Promise.allSettled([fetch("https://example.invalid/"), fetch("data:,x"), fetch(location.href)]);
    const text = 'fetch("https://example.invalid/").then(() => postMessage("reached"), () => postMessage("refused"))';
    const worker = new Worker(URL.createObjectURL(new Blob([text])));
    const inside = await new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
    return [...tried.map(({ status }) => status), inside];
  })()`);
  assert.deepEqual(refused, ["rejected", "rejected", "rejected", "refused"]);
  await context.close();
});

test(
  "with the keyboard alone a package is checked, and the verdict is what has focus",
  { skip },
  async () => {
    const { page, context } = await open();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate<string>(focusedText), "Skip to the content");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate<string>("document.activeElement.id"), "package");
    await page.locator("#package").setInputFiles(good);
    await page.locator("#log-key").focus();
    await page.keyboard.press("Enter");
    await page.locator("#word").waitFor();
    assert.match(await page.evaluate<string>(focusedText), /^Intact/);
    await context.close();
  },
);

test(
  "the engine for accessibility finds nothing in the page, empty, and with a verdict, in light and dark",
  { skip },
  async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      // The engine is put into the page, which the page's own policy does not allow.
      const { page, context } = await open({ colorScheme, bypassCSP: true });
      const engine = createRequire(import.meta.url).resolve("accessibility-checker-engine/ace.js");
      await page.addScriptTag({ path: engine });
      assert.deepEqual(await page.evaluate<Finding[]>(failedViolations), []);
      await checkIn(page, good);
      assert.deepEqual(await page.evaluate<Finding[]>(failedViolations), []);
      await context.close();
    }
  },
);
