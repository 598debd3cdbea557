/**
 * The data as a picture: who sends it, where it rests, who receives it, for how long it is kept, whether it may train
 * models, and which versions of models were made from it. The table below it says the same in words.
 */
import { given, nonEmpty, table, type Block, type Cell, type WrittenDocument } from "../blocks.ts";
import { ofThing, segmentOf } from "../gathered/keys.ts";
import { partsOfCard, pictureFact, shownIn, type CardName, type Shown } from "../gathered/picture-facts.ts";
import {
  dated,
  listed,
  resting,
  spaced,
  spacedList,
  worded,
  written,
  type Writer,
} from "../gathered/writer.ts";
import { factId, type FactId, type FactValue } from "../facts.ts";
import type { Card, Label } from "../picture/picture.ts";
import type { Source } from "../gathered/source.ts";
import { daysWords } from "../gathered/system-facts.ts";
import type { Reference, Said } from "../sentences.ts";

const dayFact = factId("document", "day");

const columns = [
  ["senders", "Customers"],
  ["components", "Passes through"],
  ["stores", "Rests in"],
  ["receivers", "Vendors and models"],
] as const;

/** The data on the day of the document, as a document of its own. */
export function dataPictureDocument(source: Source): WrittenDocument {
  return written(
    {
      name: "data-picture",
      version: 1,
      title: "Where data comes from, rests and goes",
      write: (writer) => [dataPicture(writer)],
    },
    source,
  );
}

/** A card, and the same as sentences of a table. */
type Told = { readonly card: Card; readonly said: readonly Said[]; readonly sends: readonly Said[] };

/** The picture and the table, or one hole where neither a store nor a flow is named. */
export function dataPicture(writer: Writer): Block {
  return given(writer.facts, pictureFact, (value) => {
    const told = cardsOf(writer, shownIn(value as readonly string[]));
    const { say, words } = writer;
    return [
      {
        kind: "picture",
        caption: say`Where data comes from, rests and goes on ${dated(dayFact)}${resting(pictureFact)}`,
        columns: nonEmpty(
          columns.map(([part, text]) => words(`data-picture-${part}`, text)),
          "columns",
        ),
        cards: nonEmpty(
          told.map(({ card }) => card),
          "a picture",
        ),
      },
      alternative(writer, told),
    ];
  });
}

function alternative({ words }: Writer, told: readonly Told[]): Block {
  const none = words("data-picture-none", "–");
  const cell = ([first, ...rest]: readonly Said[]): Cell => (first === undefined ? [none] : [first, ...rest]);
  return table(
    words("data-picture-table", "What the picture shows, in words"),
    [
      { head: words("data-picture-what", "What"), width: 3, names: true },
      { head: words("data-picture-kind", "Kind"), width: 2 },
      { head: words("data-picture-said", "What is said of it"), width: 5 },
      { head: words("data-picture-sends", "Sends to"), width: 4 },
    ],
    told.map(({ card, said, sends }) => [card.title, card.kind, cell(said), cell(sends)]),
  );
}

type Look = Pick<Card, "column" | "look">;
const looks: { readonly [collection: string]: Look } = {
  customers: { column: 0, look: "outside" },
  components: { column: 1, look: "inside" },
  absent: { column: 1, look: "inside" },
  stores: { column: 2, look: "rest" },
  datasetVersions: { column: 2, look: "rest" },
  vendors: { column: 3, look: "outside" },
  modelVersions: { column: 3, look: "inside" },
};
const kinds: { readonly [collection: string]: string } = {
  customers: "Outside the company",
  components: "Component",
  absent: "Not described on that day",
  stores: "Data store",
  datasetVersions: "Version of a data set",
  vendors: "Vendor",
  modelVersions: "Version of a model",
};

function cardsOf(writer: Writer, { cards, arrows }: Shown): readonly Told[] {
  const inOrder = [...cards].sort((a, b) => columnOf(a) - columnOf(b) || (a < b ? -1 : 1));
  const index = new Map(inOrder.map((card, at) => [card, at]));
  return inOrder.map((name) => {
    const { collection } = partsOfCard(name);
    const end = arrows.find(({ from, to }) => from === name || to === name);
    const labels = labelsOf(writer, name);
    const out = arrows.filter(({ from }) => from === name);
    return {
      card: {
        ...(looks[collection] ?? { column: 1, look: "inside" }),
        kind: writer.words(`data-picture-kind-${collection}`, kinds[collection] ?? collection),
        title: titleOf(writer, name, end && { arrow: end, isSender: end.from === name }),
        labels: labels.map(({ label }) => label),
        arrows: out.map((arrow) => ({ to: index.get(arrow.to) ?? 0, label: arrowWords(writer, arrow, "") })),
      },
      said: labels.map(({ whole }) => whole),
      sends: out.map((arrow) => arrowWords(writer, arrow, ".")),
    };
  });
}

function columnOf(card: CardName): number {
  return looks[partsOfCard(card).collection]?.column ?? 1;
}

type Arrow = Shown["arrows"][number];

/** @param end of the sentence: on the picture there is none */
function arrowWords({ say }: Writer, { by, to }: Arrow, end: "" | "."): Said {
  if (by.collection === "modelVersions") {
    const of = (name: string) => ofThing("modelVersions", by.key, name);
    return say`${of("model")} ${of("version")}: ${worded(of("trainedOn"), () => `trained on it${end}`)}`;
  }
  const of = (name: string) => ofThing("flows", by.key, name);
  const receiver = to === "customers" ? worded(of("receiver"), () => "Customers") : of("receiver");
  const classes = spacedList(of("classes"), "no class of data");
  return say`${receiver}: ${worded(of("classes"), (value) => `${classes.words(value)}${end}`)}`;
}

function titleOf(
  { say }: Writer,
  name: CardName,
  end: { readonly arrow: Arrow; readonly isSender: boolean } | undefined,
): Said {
  const { collection, key } = partsOfCard(name);
  switch (collection) {
    case "stores":
    case "components":
    case "vendors":
      return say`${ofThing(collection, key, "name")}`;
    case "datasetVersions":
      return say`${ofThing(collection, key, "dataset")} ${ofThing(collection, key, "version")}`;
    case "modelVersions":
      return say`${ofThing(collection, key, "model")} ${ofThing(collection, key, "version")}`;
    default: {
      // Only what an arrow names has no thing of its own.
      const flow: FactId =
        end === undefined
          ? pictureFact
          : factId(
              "program",
              end.arrow.by.collection,
              segmentOf(end.arrow.by.key),
              end.arrow.by.collection === "modelVersions"
                ? "trainedOn"
                : end.isSender
                  ? "sender"
                  : "receiver",
            );
      return say`${worded(flow, (value) => (collection === "customers" ? "Customers" : typeof value === "string" ? value : key))}`;
    }
  }
}

type ToldLabel = { readonly label: Label; readonly whole: Said };

function labelsOf({ say, words, facts }: Writer, name: CardName): readonly ToldLabel[] {
  const { collection, key } = partsOfCard(name);
  const of = (...path: readonly string[]): FactId => factId("program", collection, segmentOf(key), ...path);
  const label = (part: string, text: string, reference: Reference): ToldLabel => {
    const whole = worded(
      reference.fact,
      (value) => `${text}: ${reference.words(value).replace(/[.]$/, "")}.`,
    );
    return {
      label: { head: words(`data-picture-label-${part}`, text), said: say`${reference}` },
      whole: say`${whole}`,
    };
  };
  const isSaid = (fact: FactId): boolean => facts.find(fact).value !== undefined;
  const named = (fact: FactId): Reference => worded(fact, String);
  switch (collection) {
    case "stores":
      return [
        label("classes", "Holds", spacedList(of("classes"), "no class of data")),
        label("kept", "Kept", named(of("retention", "term"))),
        label("training", "Training of models", worded(of("training", "allowed"), allowedWords)),
        label("deletion", "Deleted", named(of("deletion"))),
      ];
    case "vendors":
      return [
        label("vendor-training", "May train on it", spaced(of("terms", "training"))),
        label("vendor-kept", "Keeps it", worded(of("terms", "retentionDays"), keptWords)),
      ];
    case "components":
      return isSaid(of("vendor")) ? [label("run-by", "Run by", named(of("vendor")))] : [];
    case "datasetVersions":
      return [
        label("rests", "Rests in", named(of("store"))),
        label("origins", "Comes from", spacedList(of("origins"), "nowhere")),
        label("customers", "Holds data of", worded(of("customers"), customersWords)),
        ...(isSaid(of("madeFrom"))
          ? [label("made-from", "Made from", listed(of("madeFrom"), "none of ours"))]
          : []),
      ];
    case "modelVersions":
      return [label("trained-on", "Trained on", listed(of("trainedOn"), "no data set of ours"))];
    default:
      return [];
  }
}

const allowedWords = (allowed: FactValue): string => (allowed === true ? "allowed" : "not allowed");

function keptWords(days: FactValue): string {
  if (days === 0) return "not at all";
  return daysWords(Number(days));
}

/** Which customers is nobody's business but the company's. */
function customersWords(customers: FactValue): string {
  const count = typeof customers === "object" ? customers.length : 0;
  return count === 0 ? "no customer" : count === 1 ? "1 customer" : `${count} customers`;
}
