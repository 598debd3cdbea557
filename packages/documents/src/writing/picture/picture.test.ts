import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { LocalDate } from "@countersign/kernel";
import { datedOf, type System } from "@countersign/program";
import { dataPictureDocument } from "../description/data-picture.ts";
import { madeUpGathered, madeUpProgram, madeUpSystem } from "../fixture/made-up-system.ts";
import { saidText } from "../fixture/read-document.ts";
import { docxOf } from "../forms/docx.ts";
import { gather, type Source } from "../gathered/source.ts";
import { lay, picturesIn, placed } from "../layout.ts";
import { parseSidecar, sidecarText } from "../sidecar.ts";
import { dataPictureFile } from "./file.ts";
import { DRAWING_HEIGHT_MAX, DRAWING_WIDTH, drawingsOf, SIZES, wrapped, type Drawing } from "./drawing.ts";
import type { Picture } from "./picture.ts";
import { textOfPicture } from "./words.ts";

const sourceOf = (system: Partial<System>): Source =>
  gather(madeUpGathered({ program: { ...madeUpProgram, system: { ...madeUpSystem, ...system } } }));
function pictureOf(system: Partial<System>): Picture {
  const [picture] = picturesIn(lay(dataPictureDocument(sourceOf(system))));
  assert.ok(picture);
  return picture;
}

const whole: Partial<System> = {
  components: [
    datedOf({ id: "gateway", name: "Gateway", kind: "software", sort: "service", vendor: "host" }),
    datedOf({
      id: "old",
      name: "Old gateway",
      kind: "software",
      sort: "service",
      through: "2025-12-31" as LocalDate,
    }),
  ],
  stores: [
    datedOf({
      id: "logs",
      name: "Prompt logs",
      classes: ["customer-content", "telemetry"],
      retention: { days: 30, ground: "Section 4." },
      training: { allowed: true },
      deletion: "A nightly job.",
    }),
    datedOf({ id: "bare", name: "Bare store", classes: ["public"] }),
  ],
  flows: [
    datedOf({ id: "asked", sender: "customers", receiver: "gateway", classes: ["customer-content"] }),
    datedOf({ id: "kept", sender: "gateway", receiver: "logs", classes: ["customer-content", "telemetry"] }),
    datedOf({ id: "sent", sender: "gateway", receiver: "host", classes: ["customer-content"] }),
    datedOf({ id: "answered", sender: "gateway", receiver: "customers", classes: ["model-output"] }),
    datedOf({ id: "rest", sender: "old", receiver: "logs", classes: ["telemetry"] }),
    datedOf({
      id: "over",
      sender: "old",
      receiver: "host",
      classes: ["telemetry"],
      through: "2025-12-31" as LocalDate,
    }),
  ],
  datasetVersions: [
    datedOf({
      id: "set-1",
      dataset: "support",
      version: "1",
      store: "logs",
      origins: ["observed"],
      customers: ["cust-1", "cust-2"],
    }),
  ],
  modelVersions: [datedOf({ id: "ours-1", model: "ours", version: "1", trainedOn: ["set-1"] })],
};

test("the picture tells who sends, what rests and for how long, who receives, and what was trained on it", () => {
  assert.equal(
    textOfPicture(pictureOf(whole)).join("\n"),
    `
CUSTOMERS
Customers (Outside the company)
  → Gateway: customer content

PASSES THROUGH
Old gateway (Not described on that day)
  → Prompt logs: telemetry
Gateway (Component)
  Run by: Hosting Example
  → Customers: model output
  → Prompt logs: customer content, telemetry
  → Hosting Example: customer content

RESTS IN
support 1 (Version of a data set)
  Rests in: Prompt logs
  Comes from: observed
  Holds data of: 2 customers
  → Harbor-1 1: trained on it
Bare store (Data store)
  Holds: public
  Kept: MISSING (owner: unassigned)
  Training of models: MISSING (owner: unassigned)
  Deleted: MISSING (owner: unassigned)
Prompt logs (Data store)
  Holds: customer content, telemetry
  Kept: 30 days
  Training of models: allowed
  Deleted: A nightly job.

VENDORS AND MODELS
Harbor-1 1 (Version of a model)
  Trained on: set-1
Hosting Example (Vendor)
  May train on it: MISSING (owner: unassigned)
  Keeps it: MISSING (owner: unassigned)`,
  );
});

test("every word on the picture has its place and its facts in the sidecar, and the table says the same facts", () => {
  const document = dataPictureDocument(sourceOf(whole));
  const sidecar = parseSidecar(sidecarText(document));
  assert.ok(sidecar.ok, JSON.stringify(sidecar));
  const [picture] = picturesIn(lay(document));
  const said = [...placed(document)];
  const labels = said.filter(({ place }) => place.part === "label");
  const onCards = picture?.cards.reduce(
    (sum, { labels: its, arrows }) => sum + 2 + 2 * its.length + arrows.length,
    0,
  );
  assert.equal(labels.length, onCards);
  const factsOf = (part: string) =>
    new Set(
      said
        .filter(({ place }) => place.part === part)
        .flatMap(({ said: { facts } }) => facts)
        .filter((fact) => fact.startsWith("program/")),
    );
  assert.deepEqual([...factsOf("label")].sort(), [...factsOf("cell")].sort());
});

test("a version of a data set is shown where a model that is served was made from it, in however many steps", () => {
  const set = (id: string, madeFrom: readonly string[] = []) =>
    datedOf({ id, dataset: id, version: "1", store: "logs", customers: [], madeFrom });
  const datasetVersions = [set("used", ["raw"]), set("raw", ["raw", "gone"]), set("idle", ["raw"])];
  const modelVersions = [datedOf({ id: "ours-1", model: "ours", version: "1", trainedOn: ["used"] })];
  const titles = [...placed(dataPictureDocument(sourceOf({ datasetVersions, modelVersions })))]
    .map(saidText)
    .filter((text) => /^(?:used|raw|idle) 1/.test(text));
  assert.deepEqual([...new Set(titles)].sort(), ["raw 1", "used 1"]);
});

test("without a store, a flow or a data set there is a hole, and no file that looks like a company without data", () => {
  const none = { stores: [], flows: [], datasetVersions: [], modelVersions: [] };
  assert.equal(dataPictureFile(sourceOf(none)), undefined);
  const holes = [...placed(dataPictureDocument(sourceOf(none)))].flatMap(({ said }) =>
    said.kind === "hole" ? said.missing.map(({ what }) => what) : [],
  );
  assert.deepEqual(holes, ["the data stores and data flows"]);
});

/** Rectangles around words, as wide as they can be. */
function faultsOf(drawing: Drawing): readonly string[] {
  const { boxes, words, paths, width, height } = drawing;
  const faults: string[] = [];
  boxes.forEach((a, at) => {
    if (a.x < 0 || a.y < 0 || a.x + a.width > width || a.y + a.height > height)
      faults.push(`box ${at} leaves the drawing`);
    boxes.slice(at + 1).forEach((b, other) => {
      if (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
        faults.push(`boxes ${at} and ${at + 1 + other} overlap`);
    });
  });
  words.forEach((a, at) => {
    if (
      a.look !== "column" &&
      !boxes.some(
        (b) => a.x > b.x && a.x < b.x + b.width && a.y - SIZES[a.look] >= b.y && a.y + 1 < b.y + b.height,
      )
    )
      faults.push(`"${a.text}" stands on no card`);
    words.slice(at + 1).forEach((b) => {
      if (a.x === b.x && Math.abs(a.y - b.y) < 8) faults.push(`"${a.text}" and "${b.text}" overlap`);
    });
  });
  for (const path of paths)
    path.slice(1).forEach(([x, y], at) => {
      const [fromX, fromY] = path[at] ?? [0, 0];
      if (x !== fromX && y !== fromY) faults.push("a line is aslant");
      for (const b of boxes)
        if (
          Math.max(x, fromX) > b.x &&
          Math.min(x, fromX) < b.x + b.width &&
          Math.max(y, fromY) > b.y &&
          Math.min(y, fromY) < b.y + b.height
        )
          faults.push(`a line crosses a card at ${x} ${y}`);
    });
  return faults;
}

const word = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
  fc.constantFrom("Prompt logs", "W".repeat(40), "a b c d"),
);
const ids = ["a", "b", "c", "d", "e", "f"];
const systems = fc
  .record({
    stores: fc.uniqueArray(
      fc.record({ id: fc.constantFrom(...ids.map((id) => `s${id}`)), name: word, deletion: word }),
      { selector: ({ id }) => id },
    ),
    components: fc.uniqueArray(fc.record({ id: fc.constantFrom(...ids.map((id) => `c${id}`)), name: word }), {
      selector: ({ id }) => id,
    }),
    vendors: fc.uniqueArray(fc.record({ id: fc.constantFrom(...ids.map((id) => `v${id}`)), name: word }), {
      selector: ({ id }) => id,
    }),
    ends: fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { minLength: 1, maxLength: 25 }),
  })
  .map(({ stores, components, vendors, ends }): Partial<System> => {
    const known = ["customers", ...[...stores, ...components, ...vendors].map(({ id }) => id)];
    const end = (at: number): string => known[at % known.length] ?? "customers";
    return {
      stores: stores.map((each) => datedOf({ ...each, classes: ["telemetry" as const] })),
      components: components.map((each) => datedOf({ ...each, kind: "software" as const, sort: "service" })),
      vendors: vendors.map((each) => datedOf(each)),
      flows: ends.map(([from, to], at) =>
        datedOf({ id: `f${at}`, sender: end(from), receiver: end(to), classes: ["telemetry" as const] }),
      ),
    };
  });

test("whatever flows where, no words overlap, none leaves its card, no line crosses a card, and every arrow is drawn", () => {
  fc.assert(
    fc.property(systems, (system) => {
      const picture = pictureOf(system);
      const arrows = picture.cards.reduce((sum, card) => sum + card.arrows.length, 0);
      for (const heightMax of [Infinity, DRAWING_HEIGHT_MAX]) {
        const drawings = drawingsOf(picture, heightMax);
        assert.deepEqual(drawings.flatMap(faultsOf), []);
        assert.equal(
          drawings.reduce((sum, { paths }) => sum + paths.length, 0),
          arrows,
        );
        assert.ok(drawings.every(({ width }) => width === DRAWING_WIDTH));
      }
    }),
    { numRuns: 40 },
  );
});

test("a picture that is higher than a page is parted, and each part fits on one", () => {
  const stores = Array.from({ length: 24 }, (_, at) =>
    datedOf({ id: `s${at}`, name: `Store ${at}`, classes: ["telemetry" as const] }),
  );
  const flows = stores.map(({ id }, at) =>
    datedOf({
      id: `f${at}`,
      sender: at % 2 === 0 ? "customers" : "gateway",
      receiver: id,
      classes: ["telemetry" as const],
    }),
  );
  const drawings = drawingsOf(
    pictureOf({ ...whole, stores, flows, datasetVersions: [], modelVersions: [] }),
    DRAWING_HEIGHT_MAX,
  );
  assert.ok(drawings.length > 2, `${drawings.length} drawings`);
  assert.deepEqual(
    drawings.map(({ height }) => height).filter((height) => height > DRAWING_HEIGHT_MAX),
    [],
  );
});

test("a word that is wider than a line is parted, and nothing of it is lost", () => {
  const text = `short ${"W".repeat(40)} \u{1F468}‍\u{1F469}‍\u{1F467}end`;
  const lines = wrapped(text, 60, 7);
  assert.equal(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
  assert.ok(lines.length > 4, lines.join("|"));
});

test("the file is well-formed, of the same bytes again, and tells its words to who cannot see it", () => {
  const made = dataPictureFile(sourceOf(whole));
  assert.ok(made);
  const text = Buffer.from(made.picture).toString("utf8");
  assert.deepEqual(Buffer.from(dataPictureFile(sourceOf(whole))?.picture ?? []), Buffer.from(made.picture));
  assert.match(text, /<desc id="words">[^<]*Prompt logs \(Data store\)/);
  assert.match(text, /prefers-color-scheme:dark/);
  assert.match(text, /<title id="title">SAMPLE DATA: INVENTED COMPANY · Made-up Harbor Inference/);
  assert.doesNotMatch(text, /<script|href=|url\(/);
});

test("a name that is markup stays a name in the picture and in the Word file", () => {
  const stores = [
    datedOf({ id: "logs", name: "</text><script>alert(1)</script>", classes: ["telemetry" as const] }),
  ];
  const system = { ...whole, stores };
  assert.doesNotMatch(
    Buffer.from(dataPictureFile(sourceOf(system))?.picture ?? []).toString("utf8"),
    /<script/,
  );
  assert.ok(docxOf(dataPictureDocument(sourceOf(system))).length > 1000);
});
