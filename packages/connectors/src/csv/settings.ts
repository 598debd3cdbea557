/** What a source of the connector `csv` may set: the file, how it is written, and which column holds which fact. */
import {
  parseInstant,
  parseTimeZone,
  type EpochMs,
  type JsonObject,
  type TimeZone,
} from "@countersign/kernel";
import type { ReadRequest } from "@countersign/application/ports";
import { itemKindOf, type ItemKind } from "@countersign/records";
import { DEFAULT_MAXIMUM_BYTES } from "../files/saved-file.ts";
import { Settings } from "../settings/settings.ts";
import { columnsOf, type ColumnPlan, type Constant } from "./columns.ts";
import { DateFormat } from "./local-time.ts";

export const DELIMITERS: { readonly [name: string]: string } = {
  ",": ",",
  ";": ";",
  "|": "|",
  "\t": "\t",
  tab: "\t",
};
export const ENCODINGS = ["utf-8", "utf-16le", "latin1"] as const;
export type Encoding = (typeof ENCODINGS)[number];

export type CsvSettings = {
  readonly kind: ItemKind;
  readonly file: string;
  readonly columns: readonly ColumnPlan[];
  readonly constants: readonly Constant[];
  /** Absent: found from the header. */
  readonly delimiter?: string;
  /** Absent: UTF-8, or what a byte order mark says. */
  readonly encoding?: Encoding;
  readonly zone?: TimeZone;
  readonly dates: DateFormat;
  /** When the file was saved; absent: taken to hold the whole window. */
  readonly savedAt?: EpochMs;
  /** Of changes and sessions: what the file holds every one of. */
  readonly watches?: readonly string[];
  readonly maximumBytes: number;
};

/** The kinds whose list may be said to hold everything about some resources. */
const WATCHING = ["access-event", "session"];

/** @throws ProblemError naming the source and every setting that is wrong. */
export function readCsvSettings(source: ReadRequest["source"]): CsvSettings {
  const kind = itemKindOf(source.provides);
  if (kind === undefined)
    throw new Error(`the program lets only known kinds through, and ${source.provides} is none`);
  const settings = Settings.of(source);
  const file = settings.text("file", "name the export: file: ../exports/leavers.csv");
  const zone = readZone(settings);
  const { columns, constants } = columnsOf(settings, kind, zone !== undefined);
  const delimiter = readDelimiter(settings);
  const encoding = settings.has("encoding") ? settings.oneOf("encoding", ENCODINGS, "utf-8") : undefined;
  const savedAt = readSavedAt(settings);
  const watches = readWatches(settings, kind, savedAt);
  const read: CsvSettings = {
    kind,
    file,
    columns,
    constants,
    dates: readDates(settings),
    maximumBytes: settings.integer("maximumBytes", DEFAULT_MAXIMUM_BYTES, 1),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(zone === undefined ? {} : { zone }),
    ...(savedAt === undefined ? {} : { savedAt }),
    ...(watches === undefined ? {} : { watches }),
  };
  settings.finish();
  return read;
}

function readZone(settings: Settings): TimeZone | undefined {
  const text = settings.optionalText("zone");
  if (text === undefined) return undefined;
  const zone = parseTimeZone(text);
  if (zone.ok) return zone.value;
  settings.complain(
    "zone",
    "settings/value",
    `is ${JSON.stringify(text)}: ${zone.error}`,
    "write e.g. zone: America/New_York",
  );
  return undefined;
}

function readDelimiter(settings: Settings): string | undefined {
  const text = settings.optionalText("delimiter", { blank: true });
  if (text === undefined) return undefined;
  const known = DELIMITERS[text];
  if (known === undefined) {
    settings.complain(
      "delimiter",
      "settings/value",
      `is ${JSON.stringify(text)}`,
      'write one of "," ";" "|" tab, or leave it out',
    );
  }
  return known;
}

function readDates(settings: Settings): DateFormat {
  const text = settings.optionalText("dateFormat");
  if (text === undefined) return DateFormat.iso;
  const format = DateFormat.of(text);
  if (format !== undefined) return format;
  settings.complain(
    "dateFormat",
    "settings/value",
    `is ${JSON.stringify(text)}`,
    "write e.g. dateFormat: DD/MM/YYYY",
  );
  return DateFormat.iso;
}

function readSavedAt(settings: Settings): EpochMs | undefined {
  const text = settings.optionalText("savedAt");
  if (text === undefined) return undefined;
  const at = parseInstant(text);
  if (at.ok) return at.value;
  settings.complain(
    "savedAt",
    "settings/value",
    `is ${JSON.stringify(text)}: ${at.error}`,
    "write date, time and zone: savedAt: 2026-07-01T09:00:00Z",
  );
  return undefined;
}

/** That nothing is missing is a claim about a time, which has to end somewhere. */
function readWatches(
  settings: Settings,
  kind: ItemKind,
  savedAt: EpochMs | undefined,
): readonly string[] | undefined {
  if (!settings.has("watches")) return undefined;
  const names = settings.texts("watches", []);
  if (!WATCHING.includes(kind.kind))
    settings.complain(
      "watches",
      "settings/value",
      `is said of ${kind.kind} items`,
      `leave it out; it is for ${WATCHING.join(" and ")}`,
    );
  else if (savedAt === undefined && !settings.has("savedAt"))
    settings.complain(
      "savedAt",
      "settings/missing",
      "is missing, and watches: says that the file holds every change until then",
      "say when the file was saved: savedAt: 2026-07-01T09:00:00Z",
    );
  return names;
}

/** The mapping as it was applied, for the record of the read. */
export function mappingOf(settings: CsvSettings): JsonObject {
  return {
    columns: Object.fromEntries(
      settings.columns.map((column) => [
        column.field,
        {
          columns: column.columns,
          as: column.asText,
          ...(column.values === undefined ? {} : { values: Object.fromEntries(column.values) }),
        },
      ]),
    ),
    defaults: Object.fromEntries(settings.constants.map((constant) => [constant.field, constant.written])),
    dateFormat: settings.dates.text,
    ...(settings.zone === undefined ? {} : { zone: settings.zone }),
  };
}
