/** One occurrence as a line of the result list: RFC 8785, written straight because a census has millions of them. */
import type { AttributeResult, Occurrence } from "./model.ts";

/** Texts of results that many occurrences share; only frozen ones are remembered, since nothing else stays as it is. */
const shared = new WeakMap<object, string>();

/** Words that recur on every line: control and activity ids. */
const words = new Map<string, string>();
const WORDS_MAX = 4_096;

/**
 * The canonical JSON of an occurrence, without a line feed.
 * @throws TypeError when a text holds a lone surrogate
 */
export function resultLine(occurrence: Occurrence): string {
  return plainLine(occurrence) ?? anyLine(occurrence);
}

/** Printable ASCII that JSON writes as it stands. */
const PLAIN = /^[ !#-[\]-~]*$/;

/**
 * The line of an occurrence as a census has them: judged, with an item, and nothing to add. It is put together from few
 * pieces, since a text of many is slow to write out.
 * @returns undefined for any other occurrence
 */
function plainLine(o: Occurrence): string | undefined {
  const { at, id, person, title, week } = o;
  if (
    o.detail !== undefined ||
    o.due !== undefined ||
    o.evidence !== undefined ||
    o.notApplicable !== undefined ||
    o.performed !== undefined ||
    o.recorded !== undefined ||
    o.recordedLate !== undefined ||
    person === undefined ||
    title === undefined ||
    !Number.isInteger(week) ||
    !PLAIN.test(at) ||
    !PLAIN.test(id) ||
    !PLAIN.test(person) ||
    !PLAIN.test(title)
  )
    return undefined;
  const { head, middle, state, end } = frameOf(o);
  return `${head}${at}${middle}${id}","person":"${person}${state}${title}${end}${week}}`;
}

/** What neighbouring lines have in common. */
type LineFrame = {
  readonly occurrence: Occurrence;
  readonly head: string;
  readonly middle: string;
  readonly state: string;
  readonly end: string;
};

let lastFrame: LineFrame | undefined;

function frameOf(o: Occurrence): LineFrame {
  const last = lastFrame?.occurrence;
  if (
    lastFrame !== undefined &&
    last !== undefined &&
    last.attributes === o.attributes &&
    last.state === o.state &&
    last.control === o.control &&
    last.activity === o.activity &&
    last.version === o.version &&
    Object.isFrozen(o.attributes)
  )
    return lastFrame;
  lastFrame = {
    occurrence: o,
    head: `{"activity":${word(o.activity)},"at":"`,
    middle: `","attributes":${results(o.attributes)},"control":${word(o.control)},"id":"`,
    state: `","state":${word(o.state)},"title":"`,
    end: `","version":${integer(o.version)},"week":`,
  };
  return lastFrame;
}

function anyLine(occurrence: Occurrence): string {
  const o = occurrence;
  let line = `{"activity":${word(o.activity)},"at":${quote(o.at)},"attributes":${results(o.attributes)}`;
  line += `,"control":${word(o.control)}`;
  if (o.detail !== undefined) line += `,"detail":${quote(o.detail)}`;
  if (o.due !== undefined) line += `,"due":${quote(o.due)}`;
  if (o.evidence !== undefined) line += `,"evidence":${quote(o.evidence)}`;
  line += `,"id":${quote(o.id)}`;
  if (o.notApplicable !== undefined) {
    const { approver, reason } = o.notApplicable;
    line += `,"notApplicable":{"approver":${quote(approver)},"reason":${quote(reason)}}`;
  }
  if (o.performed !== undefined) {
    line += `,"performed":{"at":${quote(o.performed.at)},"provenance":${quote(o.performed.provenance)}}`;
  }
  if (o.person !== undefined) line += `,"person":${quote(o.person)}`;
  if (o.recorded !== undefined) line += `,"recorded":${quote(o.recorded)}`;
  if (o.recordedLate !== undefined) line += `,"recordedLate":${o.recordedLate}`;
  line += `,"state":${word(o.state)}`;
  if (o.title !== undefined) line += `,"title":${quote(o.title)}`;
  return `${line},"version":${integer(o.version)},"week":${integer(o.week)}}`;
}

function results(list: readonly AttributeResult[]): string {
  return remembered(list, (all) => {
    let text = "[";
    for (const [index, result] of all.entries()) text += (index === 0 ? "" : ",") + resultText(result);
    return `${text}]`;
  });
}

function resultText(result: AttributeResult): string {
  return result.state === "operated" ? '{"state":"operated"}' : remembered(result, writeResult);
}

function writeResult(result: AttributeResult): string {
  switch (result.state) {
    case "operated":
      return '{"state":"operated"}';
    case "deviated":
      return `{"cause":${quote(result.cause)},"state":"deviated"}`;
    case "not-applicable":
      return `{"approver":${quote(result.approver)},"reason":${quote(result.reason)},"state":"not-applicable"}`;
    case "unknown": {
      const instead =
        result.instead === undefined ? "" : `"instead":[${result.instead.map(insteadText).join(",")}],`;
      const suppliedBy = result.suppliedBy === undefined ? "" : `,"suppliedBy":${quote(result.suppliedBy)}`;
      return `{"detail":${quote(result.detail)},${instead}"reason":${quote(result.reason)},"state":"unknown"${suppliedBy}}`;
    }
  }
}

function insteadText({ name, by }: { readonly name: string; readonly by?: string }): string {
  return `{${by === undefined ? "" : `"by":${quote(by)},`}"name":${quote(name)}}`;
}

function remembered<T extends object>(value: T, write: (value: T) => string): string {
  if (!Object.isFrozen(value)) return write(value);
  const known = shared.get(value);
  if (known !== undefined) return known;
  const text = write(value);
  shared.set(value, text);
  return text;
}

function word(text: string): string {
  const known = words.get(text);
  if (known !== undefined) return known;
  const quoted = quote(text);
  if (words.size >= WORDS_MAX) words.clear();
  words.set(text, quoted);
  return quoted;
}

function quote(text: string): string {
  if (!text.isWellFormed()) throw new TypeError("canonical JSON cannot hold a lone surrogate");
  return JSON.stringify(text);
}

function integer(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError("canonical JSON has no NaN and no infinity");
  return JSON.stringify(value);
}
