/**
 * A picture laid out: where each card, line and word stands, in points. Cards stand in columns and every word stands on a
 * card of its own height, so that no two can overlap; arrows run between the columns and below the cards, never across one.
 */
import type { Card, Picture } from "./picture.ts";
import { headOfCard, lineOfArrow, lineOfLabel, type Line } from "./words.ts";
import { plainText } from "../forms/printed.ts";

export type Box = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly look: Card["look"];
};
/** A line of words; `y` is its base line. */
export type Words = {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly look: Line["look"] | "column";
};
/** From corner to corner; the last one is the point of the arrow. */
export type Path = readonly (readonly [x: number, y: number])[];

export type Drawing = {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly words: readonly Words[];
  readonly paths: readonly Path[];
};

/** US letter less its margins. */
export const DRAWING_WIDTH = 504;
/** What a page holds of it, below a heading and a caption. */
export const DRAWING_HEIGHT_MAX = 560;
/** Of what is printed; nothing on it is smaller. */
export const SIZES = { column: 8, kind: 6.5, title: 7.5, plain: 7, hole: 7 } as const;

const MARGIN = 12;
const GUTTER = 32;
const LINE = 9;
const PAD = 5;
const GAP = 10;
/** Between lines that run beside each other. */
const APART = 3;

/** One drawing, or as many as it takes for none to be higher than a page, as far as single cards allow. */
export function drawingsOf(picture: Picture, heightMax = Infinity): readonly Drawing[] {
  const { cards } = picture;
  const units = unitsOf(cards);
  const drawings: Drawing[] = [];
  let kept: Unit[] = [];
  let drawing: Drawing | undefined;
  for (const unit of units) {
    const next = draw(picture, [...kept, unit]);
    if (drawing !== undefined && next.height > heightMax) {
      drawings.push(drawing);
      kept = [unit];
      drawing = draw(picture, kept);
    } else {
      kept.push(unit);
      drawing = next;
    }
  }
  return drawing === undefined ? drawings : [...drawings, drawing];
}

/** A card, and the arrow from it that is drawn with it, if any. */
type Unit = { readonly card: number; readonly arrow?: number };

/** Arrows in the order of what rests: those that touch one store stay together. A card without any stands alone. */
function unitsOf(cards: Picture["cards"]): readonly Unit[] {
  const touched = new Set(
    cards.flatMap(({ arrows }, index) => (arrows.length > 0 ? [index, ...arrows.map(({ to }) => to)] : [])),
  );
  const units = cards.flatMap(({ arrows }, card) =>
    arrows.map(({ to }, arrow) => ({
      card,
      arrow,
      focus: [card, to].find((at) => cards[at]?.look === "rest") ?? cards.length + card,
    })),
  );
  return [
    ...units.sort((a, b) => a.focus - b.focus),
    ...cards.flatMap((_, card) => (touched.has(card) ? [] : [{ card }])),
  ];
}

type Placed = {
  readonly index: number;
  readonly card: Card;
  readonly x: number;
  y: number;
  readonly height: number;
  readonly lines: readonly Line[];
  /** Base line of the first line of each arrow, by its index on the card. */
  readonly ports: ReadonlyMap<number, number>;
};

function draw({ cards, columns }: Picture, units: readonly Unit[]): Drawing {
  const width = (DRAWING_WIDTH - 2 * MARGIN - (columns.length - 1) * GUTTER) / columns.length;
  const leftOf = (column: number): number => MARGIN + column * (width + GUTTER);
  const arrows = units.flatMap(({ card, arrow }) => {
    const found = arrow === undefined ? undefined : cards[card]?.arrows[arrow];
    return found === undefined || arrow === undefined ? [] : [{ from: card, to: found.to, arrow }];
  });
  const shown = [...new Set(units.flatMap(({ card }) => card).concat(arrows.map(({ to }) => to)))].sort(
    (a, b) => a - b,
  );
  const placed = new Map<number, Placed>();
  for (const index of shown) {
    const card = cards[index];
    if (card === undefined) continue;
    const entering = arrows.filter(({ to }) => to === index).length;
    const own = arrows.filter(({ from }) => from === index).map(({ arrow }) => arrow);
    placed.set(index, measured(index, card, leftOf(card.column), width, own, entering));
  }
  const heads = columns.map((column) => wrapped(plainText([column]), width, SIZES.column, true));
  const top = 9 + LINE * Math.max(...heads.map(({ length }) => length));
  const bottom = stack([...placed.values()], arrows, columns.length, top);
  const { paths, height } = route([...placed.values()], arrows, {
    leftOf,
    width,
    bottom,
    columns: columns.length,
  });
  return {
    width: DRAWING_WIDTH,
    height,
    boxes: [...placed.values()].map(({ x, y, height: its, card }) => ({
      x,
      y,
      width,
      height: its,
      look: card.look,
    })),
    words: [
      ...heads.flatMap((lines, index) =>
        lines.map((text, line): Words => ({
          x: leftOf(index),
          y: SIZES.column + 2 + line * LINE,
          text,
          look: "column",
        })),
      ),
      ...[...placed.values()].flatMap(({ x, y, lines }) =>
        lines.map(({ text, look }, line): Words => ({
          x: x + PAD,
          y: y + PAD + SIZES.plain + line * LINE,
          text,
          look,
        })),
      ),
    ],
    paths,
  };
}

function measured(
  index: number,
  card: Card,
  x: number,
  width: number,
  own: readonly number[],
  entering: number,
): Placed {
  const inner = width - 2 * PAD;
  const lines: Line[] = [];
  const add = ({ text, look }: Line): void => {
    for (const each of wrapped(text, inner, SIZES[look], look === "title" || look === "hole"))
      lines.push({ text: each, look });
  };
  headOfCard(card).forEach(add);
  card.labels.forEach((label) => {
    add(lineOfLabel(label));
  });
  const ports = new Map<number, number>();
  for (const arrow of own) {
    const label = card.arrows[arrow]?.label;
    if (label === undefined) continue;
    ports.set(arrow, PAD + SIZES.plain + lines.length * LINE - 2);
    add(lineOfArrow(label));
  }
  const height = Math.max(2 * PAD + lines.length * LINE, (entering + 2) * APART * 2);
  return { index, card, x, y: 0, height, lines, ports };
}

type Drawn = { readonly from: number; readonly to: number; readonly arrow: number };

/** Puts the cards of each column below each other, near what they exchange data with. @returns the lowest edge */
function stack(placed: readonly Placed[], arrows: readonly Drawn[], columns: number, top: number): number {
  const order = new Map(placed.map(({ index }, at) => [index, at]));
  for (let round = 0; round < 4; round += 1)
    for (let column = 0; column < columns; column += 1) {
      const here = placed.filter(({ card }) => card.column === column);
      const weight = new Map(
        here.map(({ index }) => {
          const near = arrows.flatMap(({ from, to }) => (from === index ? [to] : to === index ? [from] : []));
          const sum = near.reduce((all, each) => all + (order.get(each) ?? 0), 0);
          return [index, near.length === 0 ? placed.length : sum / near.length];
        }),
      );
      const slots = here.map(({ index }) => order.get(index) ?? 0).sort((a, b) => a - b);
      here
        .toSorted((a, b) => (weight.get(a.index) ?? 0) - (weight.get(b.index) ?? 0) || a.index - b.index)
        .forEach(({ index }, at) => order.set(index, slots[at] ?? 0));
    }
  let bottom = top;
  for (let column = 0; column < columns; column += 1) {
    let y = top;
    const here = placed.filter(({ card }) => card.column === column);
    for (const each of here.toSorted((a, b) => (order.get(a.index) ?? 0) - (order.get(b.index) ?? 0))) {
      each.y = y;
      y += each.height + GAP;
    }
    bottom = Math.max(bottom, y);
  }
  return bottom;
}

type Frame = {
  readonly leftOf: (column: number) => number;
  readonly width: number;
  readonly bottom: number;
  readonly columns: number;
};

/** To the next column through the gap between; to any other below all cards, and up again. */
function route(
  placed: readonly Placed[],
  arrows: readonly Drawn[],
  { leftOf, width, bottom, columns }: Frame,
): { readonly paths: readonly Path[]; readonly height: number } {
  const at = new Map(placed.map((each) => [each.index, each]));
  const runs = arrows.flatMap(({ from, to, arrow }) => {
    const [a, b] = [at.get(from), at.get(to)];
    if (a === undefined || b === undefined) return [];
    return [{ a, b, y: a.y + (a.ports.get(arrow) ?? 0), isNext: b.card.column === a.card.column + 1 }];
  });
  /** Gap 0 lies left of the first column. */
  const gaps = Array.from({ length: columns + 1 }, () => ({ uprights: 0, used: 0, levels: [] as number[] }));
  for (const { a, b, y, isNext } of runs) {
    const [out, into] = [gaps[a.card.column + 1], gaps[b.card.column]];
    if (out !== undefined) {
      out.uprights += 1;
      out.levels.push(y);
    }
    if (!isNext && into !== undefined) into.uprights += 1;
  }
  const upright = (gap: number): number => {
    const its = gaps[gap];
    if (its === undefined) return 0;
    its.used += 1;
    const left = gap === 0 ? 0 : leftOf(gap - 1) + width;
    const room = gap === 0 || gap === columns ? MARGIN : GUTTER;
    return left + 2 + ((room - 8) * its.used) / (its.uprights + 1);
  };
  const entry = ({ y, height, card }: Placed): number => {
    const levels = gaps[card.column]?.levels ?? [];
    let level = y + APART * 2;
    while (levels.some((other) => Math.abs(other - level) < APART - 0.5) && level < y + height - APART)
      level += 1;
    levels.push(level);
    return level;
  };
  let lane = bottom - GAP + APART;
  const paths = runs.map(({ a, b, y, isNext }): Path => {
    const start = a.x + width;
    const out = upright(a.card.column + 1);
    if (isNext) {
      const end = entry(b);
      return [
        [start, y],
        [out, y],
        [out, end],
        [b.x, end],
      ];
    }
    lane += APART * 1.5;
    const up = upright(b.card.column);
    const end = entry(b);
    return [
      [start, y],
      [out, y],
      [out, lane],
      [up, lane],
      [up, end],
      [b.x, end],
    ];
  });
  return { paths, height: Math.ceil(lane + APART * 2) };
}

/** In ems, rather too wide than too narrow: whatever sans serif draws it, no word leaves its card. */
function widthOf(text: string): number {
  let sum = 0;
  for (const character of text)
    sum += /[ilj.,:;'|!()\[\] ]/.test(character)
      ? 0.36
      : /[mwMW@→]/.test(character)
        ? 0.95
        : /[A-Z0-9]/.test(character)
          ? 0.69
          : /[\u1100-\uffff]|[^\u0000-\uffff]/.test(character)
            ? 1.05
            : 0.6;
  return sum;
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Parted between words, and inside one that is wider than a line. */
export function wrapped(text: string, width: number, size: number, bold = false): readonly string[] {
  const fits = (line: string): boolean => widthOf(line) * size * (bold ? 1.08 : 1) <= width;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    if (fits(line === "" ? word : `${line} ${word}`)) {
      line = line === "" ? word : `${line} ${word}`;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    for (const { segment } of segmenter.segment(word)) {
      if (line !== "" && !fits(line + segment)) {
        lines.push(line);
        line = "";
      }
      line += segment;
    }
  }
  return line === "" ? lines : [...lines, line];
}
