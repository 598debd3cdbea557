/** DC3: the components by the five kinds, where they stand, and the data that rests in them and moves between them. */
import { paragraph, type Section } from "../blocks.ts";
import { frontFacts } from "../front.ts";
import { dataPicture } from "./data-picture.ts";
import { componentKinds } from "../gathered/choices.ts";
import { chosen, ofThing } from "../gathered/keys.ts";
import {
  headed,
  resting,
  spaced,
  spacedList,
  tableOf,
  whenInForce,
  worded,
  type Head,
  type Writer,
} from "../gathered/writer.ts";
import type { NonEmpty, Said } from "../sentences.ts";

const titles: { readonly [kind in (typeof componentKinds)[number]]: string } = {
  infrastructure: "Infrastructure",
  software: "Software",
  people: "People",
  procedures: "Procedures",
  data: "Data",
};

export function components(writer: Writer): Section {
  const { say } = writer;
  return headed(writer, "dc3", "DC3: Components of the system", [
    paragraph(
      say`The components of the system of ${frontFacts.organization} are set out by kind: infrastructure, software, people, procedures and data.`,
    ),
    ...componentKinds.map((kind) =>
      headed(writer, `dc3-${kind}`, titles[kind], [
        componentTable(writer, kind),
        ...(kind === "procedures" ? [policies(writer)] : []),
        ...(kind === "data" ? [dataPicture(writer), stores(writer), flows(writer)] : []),
      ]),
    ),
    headed(writer, "dc3-environments", "Environments", [
      tableOf(writer, chosen("environments"), {
        part: "environments",
        caption: "Environments",
        none: "There is no environment.",
        heads: [
          ["name", "Environment", 1],
          ["serves", "Serves", 1],
        ],
        row: (key) => {
          const of = (name: string) => ofThing("environments", key, name);
          return [say`${of("name")}${whenInForce(of("in-force"))}`, say`${of("serves")}`];
        },
      }),
    ]),
    headed(writer, "dc3-models", "Models", [models(writer), modelVersions(writer)]),
    headed(writer, "dc3-boundary", "Boundary", [outside(writer), undecided(writer)]),
  ]);
}

function componentTable(writer: Writer, kind: (typeof componentKinds)[number]) {
  const { say } = writer;
  // People and procedures stand in no environment.
  const placed = kind === "infrastructure" || kind === "software";
  const heads: NonEmpty<Head> = [
    ["name", "Component", 3],
    ["sort", "What it is", 2],
    ["words", "What it does", 5],
    ["owner", "Answers for it", 3],
    ...(placed ? ([["environment", "Environment", 2]] as const) : []),
  ];
  return tableOf(writer, chosen("components", kind), {
    part: placed ? "placed" : "component",
    caption: "Components in scope",
    none: "There is no component of this kind.",
    heads,
    row: (key) => {
      const of = (name: string) => ofThing("components", key, name);
      return [
        say`${of("name")}${whenInForce(of("in-force"))}${resting(of("kind"))}${resting(of("scope"))}`,
        say`${spaced(of("sort"))}`,
        say`${of("words")}`,
        say`${of("owner")}`,
        ...(placed ? [say`${of("environment")}`] : []),
      ];
    },
  });
}

function policies(writer: Writer) {
  const { say } = writer;
  return tableOf(writer, chosen("policies"), {
    part: "policies",
    caption: "Policies",
    none: "There is no policy.",
    heads: [
      ["title", "Policy", 4],
      ["version", "Version", 1],
      ["owner", "Answers for it", 3],
    ],
    row: (key) => {
      const of = (name: string) => ofThing("policies", key, name);
      return [say`${of("title")}${whenInForce(of("in-force"))}`, say`${of("version")}`, say`${of("owner")}`];
    },
  });
}

function stores(writer: Writer) {
  const { say } = writer;
  return tableOf(writer, chosen("stores"), {
    part: "stores",
    caption: "Data stores",
    none: "There is no data store.",
    heads: [
      ["name", "Store", 2],
      ["classes", "Classes of data", 2],
      ["purpose", "Purpose", 3],
      ["retention", "Kept for", 2],
      ["training", "Used to train models", 2],
      ["deletion", "Deletion", 3],
    ],
    row: (key) => {
      const of = (...path: readonly string[]) => ofThing("stores", key, ...path);
      return [
        say`${of("name")}${whenInForce(of("in-force"))}`,
        say`${spacedList(of("classes"), "none")}`,
        say`${of("purpose")}`,
        [say`${of("retention", "term")}.`, say`${of("retention", "ground")}`] as NonEmpty<Said>,
        say`${worded(of("training", "allowed"), (allowed) => (allowed === true ? "allowed" : "not allowed"))}`,
        say`${of("deletion")}`,
      ];
    },
  });
}

function flows(writer: Writer) {
  const { say } = writer;
  return tableOf(writer, chosen("flows"), {
    part: "flows",
    caption: "Data flows",
    none: "There is no data flow.",
    heads: [
      ["sender", "From", 2],
      ["receiver", "To", 2],
      ["classes", "Classes of data", 3],
      ["purpose", "Purpose", 3],
    ],
    row: (key) => {
      const of = (name: string) => ofThing("flows", key, name);
      return [
        say`${of("sender")}${whenInForce(of("in-force"))}`,
        say`${of("receiver")}`,
        say`${spacedList(of("classes"), "none")}`,
        say`${of("purpose")}`,
      ];
    },
  });
}

function models(writer: Writer) {
  const { say } = writer;
  return tableOf(writer, chosen("models"), {
    part: "models",
    caption: "Models, our own and third parties'",
    none: "There is no model.",
    heads: [
      ["name", "Model", 3],
      ["party", "Whose", 2],
      ["use", "Intended use", 5],
      ["owner", "Answers for it", 3],
    ],
    row: (key) => {
      const of = (name: string) => ofThing("models", key, name);
      return [
        say`${of("name")}${whenInForce(of("in-force"))}`,
        say`${of("maker")}${resting(of("party"))}`,
        say`${of("intendedUse")}`,
        say`${of("owner")}`,
      ];
    },
  });
}

function modelVersions(writer: Writer) {
  const { say } = writer;
  return tableOf(writer, chosen("modelVersions"), {
    part: "model-versions",
    caption: "Versions of models",
    none: "There is no version of a model.",
    heads: [
      ["model", "Model", 3],
      ["version", "Version", 2],
      ["days", "Served", 3],
    ],
    row: (key) => {
      const of = (name: string) => ofThing("modelVersions", key, name);
      return [say`${of("model")}`, say`${of("version")}`, say`${of("in-force")}`];
    },
  });
}

function outside(writer: Writer) {
  const { say } = writer;
  return tableOf(writer, chosen("components", "out"), {
    part: "outside",
    caption: "Looked at and left outside",
    none: "No component that was looked at was left outside.",
    heads: [
      ["name", "Component", 2],
      ["why", "Why it is outside", 5],
    ],
    row: (key) => {
      const of = (name: string) => ofThing("components", key, name);
      return [
        say`${of("name")}${whenInForce(of("in-force"))}${resting(of("scope"))}`,
        say`${of("rationale")}`,
      ];
    },
  });
}

function undecided(writer: Writer) {
  const { say } = writer;
  return tableOf(writer, chosen("components", "undecided"), {
    part: "undecided",
    caption: "In scope or not: nobody has decided",
    none: "Of every component it is decided whether it is in scope.",
    heads: [
      ["name", "Component", 2],
      ["scope", "Scope", 5],
    ],
    row: (key) => {
      const of = (name: string) => ofThing("components", key, name);
      return [say`${of("name")}${whenInForce(of("in-force"))}`, say`${of("scope")}`];
    },
  });
}
