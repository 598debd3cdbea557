/** The package's pages as a stranger opens them: from disk, with the network off. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { stateOrder, stateShapes } from "@countersign/documents";
import { launch, withoutBrowser } from "./browser.ts";
import {
  failedViolations,
  focusedText,
  focusInDeviations,
  focusInSight,
  ground,
  occurrenceCells,
  spoil,
  widths,
  type Finding,
  type SeenCell,
} from "./in-page.ts";
import { packageFolder, type PackageFolder } from "./package-folder.ts";
import { pdfPages } from "./pdf-text.ts";
import { difference, formOf, type Form } from "./pixels.ts";

const skip = withoutBrowser;
const schemes = ["light", "dark"] as const;

let browser: Browser;
let site: PackageFolder;
/** Screenshots for whoever looks into a failure; COUNTERSIGN_SCREENSHOTS keeps them in a folder of one's own. */
const shots = process.env.COUNTERSIGN_SCREENSHOTS ?? mkdtempSync(join(tmpdir(), "screenshots-"));

before(async () => {
  if (skip !== false) return;
  site = await packageFolder();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  site?.remove();
  if (process.env.COUNTERSIGN_SCREENSHOTS === undefined) rmSync(shots, { recursive: true, force: true });
});

type Opened = { readonly page: Page; readonly context: BrowserContext; readonly asked: readonly string[] };

async function open(path: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Opened> {
  const context = await browser.newContext({
    offline: true,
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(site.url(path));
  return { page, context, asked };
}

test(
  "without network and without scripts, window, count, query and both deviations are two clicks away",
  { skip },
  async () => {
    const { page, context, asked } = await open("index.html", { javaScriptEnabled: false });
    const main = page.locator("main");
    assert.ok(await main.getByText("July 1, 2025 through June 30, 2026").first().isVisible());
    assert.match(
      await main.innerText(),
      /from 2025-07-01 04:00:00Z up to, and not including, 2026-07-01 04:00:00Z/,
    );
    const population = page.locator("tr", { has: page.locator("a[href='populations/history.html']") });
    assert.match(await population.innerText(), /\b140\b/);
    await population.locator("a").click();
    assert.match(await page.locator("main").innerText(), /git log --first-parent --format=raw main/);
    await page.goBack();
    const deviations = site.made.view.summary.deviations.filter((one) => one.control === "CHG-01");
    assert.equal(deviations.length, 2);
    for (const deviation of deviations) {
      const row = page.locator(`tr[data-deviation="${deviation.id}"]`);
      assert.match(await row.innerText(), /reviewed only by its author/);
      await row.locator("th a").click();
      const item = site.made.view.items.find((one) => one.occurrence.id === deviation.occurrence);
      const text = await page.locator("main").innerText();
      assert.ok(
        text.includes("Raw bytes") && text.includes(item?.raw[0]?.text.split("\n")[0] ?? "no raw bytes"),
      );
      assert.ok(item?.proof !== undefined && text.includes(item.proof.root) && text.includes("Audit path"));
      await page.goBack();
    }
    assert.ok(
      asked.every((url) => url.startsWith("file:")),
      asked.join(" "),
    );
    await context.close();
  },
);

test(
  "the first deviation is reached with the keyboard alone, and focus is always in sight",
  { skip },
  async () => {
    const { page, context } = await open("index.html");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate<string>(focusedText), "Skip to the content");
    const skipLink = await page.locator(".skip").boundingBox();
    assert.ok(skipLink !== null && skipLink.x >= 0, "the skip link comes into sight");
    await page.keyboard.press("Enter");
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press("Tab");
      assert.ok(await page.evaluate<boolean>(focusInSight), `after ${presses + 1} presses`);
      if (await page.evaluate<boolean>(focusInDeviations)) break;
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/items\//);
    assert.match(await page.locator("h2").first().innerText(), /What each rule found/);
    await context.close();
  },
);

test("the page holds the summary's cells, as a script would read them", { skip }, async () => {
  const { page, context } = await open("controls/VUL-02.html");
  const [activity] = site.made.view.summary.controls.find((one) => one.id === "VUL-02")?.activities ?? [];
  assert.ok(activity);
  const expected = activity.weeks.flatMap((counts, week) =>
    stateOrder.map((state): SeenCell => {
      const count = String(counts[state]);
      return { week: String(week), state, count, seen: count };
    }),
  );
  assert.deepEqual(await page.evaluate<SeenCell[]>(occurrenceCells), expected);
  await context.close();
});

async function violations(page: Page): Promise<readonly Finding[]> {
  await page.addScriptTag({
    path: createRequire(import.meta.url).resolve("accessibility-checker-engine/ace.js"),
  });
  return page.evaluate<Finding[]>(failedViolations);
}

test(
  "the accessibility engine finds no violation on any kind of page, in light and in dark",
  { skip },
  async () => {
    // Fewer weeks give the same kinds of element in less time.
    const short = await packageFolder(2);
    const item = short.made.view.items[0];
    assert.ok(item);
    for (const colorScheme of schemes) {
      const context = await browser.newContext({ offline: true, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      await page.goto(short.url("index.html"));
      const items = await page
        .locator("[data-deviation] th a")
        .evaluateAll((links) => links.map((one) => one.getAttribute("href") ?? ""));
      const paths = [
        "index.html",
        "controls/IAM-03.html",
        "controls/VUL-02.html",
        "controls/IAM-04.html",
        "deviations.html",
        items.find((path) => path.includes("IAM-03")) ?? assert.fail("no deviation of IAM-03"),
        "populations/leavers.html",
        "draws.html",
        "gaps.html",
        "evidence.html",
        "verification.html",
        "changes.html",
      ];
      for (const path of paths) {
        await page.goto(short.url(path));
        assert.deepEqual(await violations(page), [], `${path}, ${colorScheme}`);
      }
      await context.close();
    }
    short.remove();
  },
);

test("the engine does find faint text and a table head without a name", { skip }, async () => {
  const { page, context } = await open("draws.html", { bypassCSP: true });
  await page.evaluate(spoil);
  const rules = (await violations(page)).map(({ rule }) => rule);
  assert.ok(rules.includes("text_contrast_sufficient"), rules.join(" "));
  assert.ok(rules.includes("html_lang_exists"), rules.join(" "));
  await context.close();
});

test(
  "each state is told from every other by its form alone, in grey, in light and in dark",
  { skip },
  async () => {
    for (const colorScheme of schemes) {
      const { page, context } = await open("index.html", {
        colorScheme,
        deviceScaleFactor: 4,
        bypassCSP: true,
      });
      await page.addStyleTag({ content: "html{filter:grayscale(1)}" });
      const shapes = page.locator(".legend svg");
      const words = await page.locator(".legend li b").allInnerTexts();
      assert.deepEqual(
        words.map((word) => word.replace(":", "")),
        Object.values(stateShapes).map((one) => one.word),
      );
      const forms: Form[] = [];
      for (const shape of await shapes.all()) forms.push(await formOf(page, await shape.screenshot()));
      await page.locator(".legend").screenshot({ path: join(shots, `shapes-grey-${colorScheme}.png`) });
      forms.forEach((form, a) => {
        assert.ok(form.includes(true), `${words[a]} draws nothing`);
        forms.slice(a + 1).forEach((other, n) => {
          const apart = difference(form, other);
          assert.ok(
            apart > 0.25,
            `${words[a]} and ${words[a + 1 + n]} differ by ${apart.toFixed(2)}, ${colorScheme}`,
          );
        });
      });
      await context.close();
    }
  },
);

test("a form is the same as itself, whatever its colour", { skip }, async () => {
  const { page, context } = await open("index.html", { deviceScaleFactor: 4, bypassCSP: true });
  const shape = page.locator(".legend svg").first();
  const before = await formOf(page, await shape.screenshot());
  await page.addStyleTag({ content: ":root{--operated:#a01f1b!important}" });
  assert.equal(difference(before, await formOf(page, await shape.screenshot())), 0);
  await context.close();
});

test("on paper nothing is cut off, and every deviation is there with where it leads", { skip }, async () => {
  for (const path of ["index.html", "deviations.html", "controls/VUL-02.html", "populations/leavers.html"]) {
    // A4 across, less the margins, at 96 dots to the inch.
    const { page, context } = await open(path, { viewport: { width: 1024, height: 700 } });
    await page.emulateMedia({ media: "print" });
    const [needed, given] = await page.evaluate<[number, number]>(widths);
    assert.ok(needed <= given, `${path} needs ${needed} of ${given}`);
    if (path !== "populations/leavers.html" && path !== "controls/VUL-02.html") {
      const printed = pdfPages(await page.pdf({ preferCSSPageSize: true })).join("");
      for (const { id, cause, occurrence, control, activity } of site.made.view.summary.deviations) {
        assert.ok(printed.includes(id.replace(/\s/g, "")), `${id} on paper`);
        assert.ok(printed.includes(cause.replace(/\s/g, "")), `${cause} on paper`);
        assert.ok(
          site.made.view.items.some(
            (one) =>
              one.occurrence.id === occurrence &&
              one.occurrence.control === control &&
              one.occurrence.activity === activity,
          ),
        );
      }
      assert.ok(printed.includes("→items/CHG-01-engine-"), "links say where they lead");
      assert.ok(printed.includes("SAMPLEDATA"));
    }
    await context.close();
  }
});

test("a narrow window scrolls tables by themselves and cuts no text", { skip }, async () => {
  for (const path of ["index.html", "verification.html", "evidence.html"]) {
    const { page, context } = await open(path, { viewport: { width: 360, height: 740 } });
    const [needed, given] = await page.evaluate<[number, number]>(widths);
    assert.ok(needed <= given, `${path} needs ${needed} of ${given}`);
    await context.close();
  }
});

test("links that stand alone are at least 24 by 24 pixels large", { skip }, async () => {
  const { page, context } = await open("index.html");
  for (const link of await page.locator("header nav a").all()) {
    const box = await link.boundingBox();
    assert.ok(box !== null && box.width >= 24 && box.height >= 24, await link.innerText());
  }
  await context.close();
});

test("screenshots are taken of the pages in light and in dark", { skip }, async () => {
  for (const colorScheme of schemes) {
    const { page, context } = await open("index.html", { colorScheme });
    const colour = await page.evaluate<string>(ground);
    assert.equal(colour, colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 22, 25)");
    const png = await page.screenshot({ path: join(shots, `index-${colorScheme}.png`), fullPage: true });
    assert.ok(png.length > 10_000);
    await context.close();
  }
});
