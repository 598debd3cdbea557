import assert from "node:assert/strict";
import { posix } from "node:path";
import { test } from "node:test";
import type { Page } from "@countersign/application/ports";
import { stateOrder } from "../html/shapes.ts";
import { pages } from "../documents.ts";
import type { PackageView } from "@countersign/application/ports";
import { madeUpPackage } from "../fixture/made-up-view.ts";
import { readTags, unescaped, type Tag } from "../fixture/read-html.ts";

const made = madeUpPackage();

function render(view: PackageView): ReadonlyMap<string, string> {
  return new Map([...pages(view)].map(({ path, content }: Page) => [path, String(content)]));
}

const site = render(made.view);
const tagsOf = new Map([...site].map(([path, page]) => [path, readTags(page, path)] as const));

function all(path: string): readonly Tag[] {
  return tagsOf.get(path) ?? [];
}

test("the tags of every page nest, and no id stands twice", () => {
  assert.ok(site.size > 20);
  for (const [path, tags] of tagsOf) {
    const ids = tags.flatMap((tag) => tag.attributes.get("id") ?? []);
    assert.equal(new Set(ids).size, ids.length, path);
  }
});

test("every link leads to a page, an anchor or a file that the package holds", () => {
  const outside = new Set([...made.files.keys(), "items.xlsx"]);
  for (const [path, tags] of tagsOf)
    for (const tag of tags) {
      const target = tag.attributes.get("href");
      if (target === undefined) continue;
      const [file = "", fragment] = unescaped(target).split("#");
      const resolved = file === "" ? path : posix.join(posix.dirname(path), decodeURIComponent(file));
      const known = all(resolved).length > 0;
      assert.ok(known || outside.has(resolved), `${path} → ${target}`);
      if (fragment !== undefined && known) {
        const ids = all(resolved).map((one) => one.attributes.get("id"));
        assert.ok(ids.includes(decodeURIComponent(fragment)), `${path} → ${target}`);
      }
    }
});

test("no page carries a script, a style of its own, or anything from elsewhere", () => {
  for (const [path, page] of site) {
    for (const tag of all(path)) {
      assert.ok(
        !["script", "iframe", "object", "img", "link", "form", "base"].includes(tag.name),
        `${path} ${tag.name}`,
      );
      for (const [name, value] of tag.attributes) {
        assert.ok(!/^on|^style$|^src/.test(name), `${path} ${name}`);
        if (name === "href") assert.doesNotMatch(value, /^(?:[a-z]+:|\/)/i, path);
      }
    }
    assert.doesNotMatch(page, /url\((?!#hatch\))|@import/);
    assert.match(page, /default-src 'none'/);
  }
});

test("each page has one heading of the first level, no level is skipped, and tables say what they are", () => {
  for (const [path, tags] of tagsOf) {
    let level = 0;
    const levels = tags.filter((tag) => /^h[1-6]$/.test(tag.name) && !tag.closes);
    assert.equal(levels.filter((tag) => tag.name === "h1").length, 1, path);
    for (const tag of levels) {
      const next = Number(tag.name.slice(1));
      assert.ok(next <= level + 1, `${path}: h${level} is followed by ${tag.name}`);
      level = next;
    }
    const count = (name: string): number => tags.filter((tag) => tag.name === name && !tag.closes).length;
    assert.equal(count("caption"), count("table"), path);
    for (const tag of tags)
      if (tag.name === "th" && !tag.closes)
        assert.match(tag.attributes.get("scope") ?? "", /^(?:col|row|colgroup)$/, path);
    for (const landmark of ["header", "main", "footer", "nav"]) assert.equal(count(landmark), 1, path);
  }
});

test("sample data is marked on every page, and on no page of a real company", () => {
  for (const [path, page] of site) assert.match(page, /SAMPLE DATA/, path);
  for (const [path, page] of render(madeUpPackage({ sampleData: false, changes: 4 }).view))
    assert.doesNotMatch(page, /SAMPLE DATA/, path);
});

test("every page says that management prepared it, and none says what only an auditor may say", () => {
  for (const [path, page] of site) {
    assert.match(page, /Prepared by management from its records\. It is not an auditor&#39;s report/, path);
    assert.doesNotMatch(page, /\bcompliant\b|\bcertified\b/i, path);
  }
});

test("the same view gives the same bytes", () => {
  assert.deepEqual(render(madeUpPackage().view), site);
});

/** state and count by control, activity, version, attribute and week, as the elements of a page carry them. */
function cells(tags: readonly Tag[], name: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const tag of tags) {
    if (tag.name !== name || !tag.attributes.has("data-control")) continue;
    const key = ["control", "activity", "version", "attribute", "week", "state"]
      .map((part) => tag.attributes.get(`data-${part}`) ?? "")
      .join(" ");
    assert.ok(!found.has(key), `${key} stands twice`);
    found.set(key, Number(tag.attributes.get("data-count")));
  }
  return found;
}

test("the tables of weeks equal the summary, cell by cell", () => {
  let compared = 0;
  for (const control of made.view.summary.controls) {
    const shown = cells(all(`controls/${control.id}.html`), "td");
    for (const activity of control.activities) {
      if (activity.nothing === "no-records") continue;
      const subject = `${control.id} ${activity.id} ${activity.version}`;
      activity.weeks.forEach((counts, week) => {
        for (const state of stateOrder) {
          assert.equal(
            shown.get(`${subject}  ${week} ${state}`),
            counts[state],
            `${subject} ${week} ${state}`,
          );
          compared++;
        }
      });
      for (const attribute of activity.attributes)
        attribute.weeks.forEach((counts, week) => {
          ["operated", "deviated", "unknown", "not-applicable"].forEach((state, index) => {
            assert.equal(shown.get(`${subject} ${attribute.id} ${week} ${state}`), counts[index]);
            compared++;
          });
        });
    }
  }
  assert.ok(compared > 53 * 7 * 5);
});

test("each shape of the operating map shows the summary's week: its most notable state, and how many", () => {
  const shown = cells(all("index.html"), "use");
  let compared = 0;
  for (const control of made.view.summary.controls)
    for (const activity of control.activities) {
      if (activity.nothing === "no-records") continue;
      activity.weeks.forEach((counts, week) => {
        const state = (
          ["missed", "deviated", "late", "unknown", "operated", "not-due", "not-applicable"] as const
        ).find((one) => counts[one] > 0);
        const key = `${control.id} ${activity.id} ${activity.version}  ${week} ${state ?? "nothing"}`;
        assert.equal(shown.get(key), state === undefined ? 0 : counts[state], key);
        compared++;
      });
    }
  assert.equal(shown.size, compared);
});

test("a deviation's row says item, time in both zones, control, cause and person, and leads to its item", () => {
  const deviation = made.view.summary.deviations.find((one) => one.control === "CHG-01");
  assert.ok(deviation);
  const row = new RegExp(`<tr data-deviation="${deviation.id}">.*?</tr>`, "s").exec(
    site.get("index.html") ?? "",
  )?.[0];
  const text = unescaped((row ?? "").replace(/<svg.*?<\/svg>/gs, "").replace(/<[^>]*>/g, " "))
    .replace(/\s+/g, " ")
    .trim();
  assert.equal(
    text,
    `engine@414640a400 queue: use <atomic> types & drop "locks" deviation ${deviation.id} 2025-12-07 13:51:25.662Z 2025-12-07 08:51 −05:00 CHG-01 approved by another person deviated reviewed only by its author Ben Made-up no response yet`,
  );
  const link = /<a href="(items\/[^"]+)">/.exec(row ?? "")?.[1];
  assert.ok(link !== undefined && site.has(link));
});

test("every deviation has a page that goes from the raw bytes to the result", () => {
  for (const item of made.view.items) {
    if (item.proof === undefined) continue;
    const page =
      [...site].find(([path, text]) => path.startsWith("items/") && text.includes(item.occurrence.id))?.[1] ??
      "";
    const text = unescaped(page);
    assert.ok(text.includes(item.raw[0]?.text ?? "no raw bytes"));
    assert.ok(text.includes(item.proof.leafHash) && text.includes(item.proof.root));
    for (const hash of item.proof.path) assert.ok(text.includes(hash));
  }
});

test("a late recording is shown with who says when: the source in one month, a person in the next", () => {
  const page = site.get("controls/VUL-02.html") ?? "";
  const row = (id: string): string =>
    new RegExp(`<tr data-occurrence="${id}">.*?</tr>`, "s").exec(page)?.[0] ?? "";
  assert.match(row("2025-08"), /the source&#39;s time.*recorded late/s);
  assert.match(row("2025-09"), /a typed date.*recorded late/s);
  assert.doesNotMatch(row("2025-07"), /recorded late/);
  assert.match(
    row("2026-02"),
    /not applicable.*the scanner was being replaced; approved by\s+<bdi>Ada Made-up/s,
  );
});

test("what several populations share is said once, with the name of each", () => {
  const { view } = made;
  const populations = view.populations.map((one) => ({
    ...one,
    population: { ...one.population, body: { ...one.population.body, cautions: ["Saved by a person."] } },
  }));
  const page = render({ ...view, populations }).get("index.html") ?? "";
  assert.equal(page.split("Saved by a person.").length, 2);
  assert.match(page, /Saved by a person\..*?history.*?leavers/s);
});

test("nothing is said of controls without records but that", () => {
  const page = site.get("controls/IAM-04.html") ?? "";
  assert.match(page, /No records were collected\./);
  assert.deepEqual([...cells(all("controls/IAM-04.html"), "td")], []);
});

test("an empty package has pages too", () => {
  const { view } = madeUpPackage({ changes: 1 });
  const empty: PackageView = {
    ...view,
    summary: {
      ...view.summary,
      controls: [],
      populations: [],
      deviations: [],
      gaps: [],
      concentrations: [],
      warnings: [],
    },
    populations: [],
    items: [],
    evidence: [],
    draws: [],
    activity: [],
    names: new Map(),
    occurrences: [],
  };
  const rendered = render(empty);
  for (const [path, page] of rendered) readTags(page, path);
  assert.ok(!rendered.has("draws.html"));
  assert.match(
    rendered.get("index.html") ?? "",
    /No deviation was found\. What is unknown is not counted as operated/,
  );
});
