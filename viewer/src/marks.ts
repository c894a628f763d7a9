// Marks: what is drawn over a document's text. A mark is one item of the alignment with a span.
import type { AnswerData, DocumentData, Entity, ItemRow, Side } from "./data";

export interface Mark {
  /** The key of the item, by which links name it. */
  key: string;
  class: string;
  layer: string;
  item: ItemRow;
  /** The ranges of either side in code points; several if the span is discontinuous. */
  gold: [number, number][];
  predicted: [number, number][];
}

/** A key of an item that stays the same from run to run: what it is and where, not how it fared. */
export function itemKey(layer: string, gold: Side | null, predicted: Side | null): string {
  const text = JSON.stringify([layer, gold, predicted]);
  // FNV-1a over UTF-16 units.
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  const start = gold?.[0] ?? predicted?.[0];
  return `${start ?? "x"}-${(hash >>> 0).toString(16).padStart(8, "0")}`;
}

/** The layers whose items are drawn as spans of their own. */
export function isSpanLayer(layer: string): boolean {
  return layer === "entities" || layer === "key_sentences" || layer === "coreference" || layer === "events";
}

/** Returns the marks of a document for one extractor, in text order. */
export function marks(
  layer: string,
  layers: string[],
  classes: string[],
  document: DocumentData,
  answer: AnswerData,
): Mark[] {
  const found: Mark[] = [];
  const golden = fragmentsOf(document.gold.entities);
  const predicted = fragmentsOf(answer.predicted.entities);
  for (const item of answer.items) {
    const [number, kind, left, right] = item;
    if (layers[number] !== layer) continue;
    const mark: Mark = {
      key: itemKey(layer, left, right),
      class: classes[kind]!,
      layer,
      item,
      gold: ranges(left, layer, golden),
      predicted: ranges(right, layer, predicted),
    };
    if (mark.gold.length + mark.predicted.length > 0) found.push(mark);
  }
  return found.sort((a, b) => start(a) - start(b));
}

export function start(mark: Mark): number {
  return Math.min(mark.gold[0]?.[0] ?? Infinity, mark.predicted[0]?.[0] ?? Infinity);
}

function fragmentsOf(entities: Entity[] | undefined): Map<string, [number, number][]> {
  const found = new Map<string, [number, number][]>();
  for (const { start, end, label, fragments } of entities ?? []) {
    if (fragments?.length) found.set(`${start}-${end}-${label}`, fragments);
  }
  return found;
}

function ranges(side: Side | null, layer: string, fragments: Map<string, [number, number][]>): [number, number][] {
  if (!side || side[0] === null || side[1] === null || side[1] <= side[0]) return [];
  const parts = layer === "entities" ? fragments.get(`${side[0]}-${side[1]}-${side[2]}`) : undefined;
  return parts ?? [[side[0], side[1]]];
}

/** Offsets in code points as offsets in UTF-16 units, in which scripts count. */
export class CodePoints {
  private readonly units: Uint32Array | null;
  readonly length: number;

  constructor(readonly text: string) {
    let points = 0;
    for (const _ of text) points += 1;
    this.length = points;
    if (points === text.length) {
      this.units = null;
      return;
    }
    this.units = new Uint32Array(points + 1);
    let unit = 0;
    let at = 0;
    for (const character of text) {
      this.units[at] = unit;
      unit += character.length;
      at += 1;
    }
    this.units[at] = unit;
  }

  toUnits(point: number): number {
    const within = Math.max(0, Math.min(point, this.length));
    return this.units ? this.units[within]! : within;
  }

  /** The code point that begins at or before a UTF-16 offset. */
  fromUnits(unit: number): number {
    if (!this.units) return Math.max(0, Math.min(unit, this.length));
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.units[middle]! <= unit) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  slice(start: number, end: number): string {
    return this.text.slice(this.toUnits(start), this.toUnits(end));
  }
}

/** A line of a mark over or under a segment. */
export interface Line {
  mark: Mark;
  /** The lane, counted from the text. */
  lane: number;
  /** Whether the segment lies between two fragments, so that only a connector is drawn. */
  isGap: boolean;
}

/** A stretch of text in which the same marks apply. */
export interface Segment {
  start: number;
  end: number;
  above: Line[];
  below: Line[];
  /** The marks whose sign stands before the segment. */
  begins: Mark[];
}

/** The most lanes on either side; further spans have their sign and no line. */
export const MOST_LANES = 5;

/** Cuts a text into segments, also at the ends of highlighted ranges; the marks must be in text order. */
export function segments(length: number, all: Mark[], lit: [number, number][] = []): Segment[] {
  const cuts = new Set<number>([0, length]);
  for (const [from, to] of lit) cuts.add(Math.min(from, length)).add(Math.min(to, length));
  const begins = new Map<number, Mark[]>();
  for (const mark of all) {
    for (const [from, to] of [...mark.gold, ...mark.predicted]) {
      cuts.add(Math.min(from, length));
      cuts.add(Math.min(to, length));
    }
    const at = Math.min(start(mark), length);
    const list = begins.get(at);
    if (list) list.push(mark);
    else begins.set(at, [mark]);
  }
  const above = lanes(all, "gold");
  const below = lanes(all, "predicted");
  const borders = [...cuts].sort((a, b) => a - b);
  const found: Segment[] = [];
  const open: [Open[], Open[]] = [[], []];
  const next: [number, number] = [0, 0];
  for (let at = 0; at + 1 < borders.length; at += 1) {
    const [from, to] = [borders[at]!, borders[at + 1]!];
    const lines = ([above, below] as const).map((side, which) => {
      while (next[which]! < side.length && side[next[which]!]!.start <= from) {
        open[which]!.push(side[next[which]!]!);
        next[which]! += 1;
      }
      open[which] = open[which]!.filter((span) => span.end > from);
      return open[which]!.map(({ mark, lane, parts }) => ({
        mark,
        lane,
        isGap: !parts.some(([a, b]) => a <= from && to <= b),
      }));
    });
    found.push({ start: from, end: to, above: lines[0]!, below: lines[1]!, begins: begins.get(from) ?? [] });
  }
  return found;
}

interface Open {
  mark: Mark;
  lane: number;
  start: number;
  end: number;
  parts: [number, number][];
}

/** Gives every span of one side the lowest lane that is free; the longest of equal starts first. */
function lanes(all: Mark[], side: "gold" | "predicted"): Open[] {
  const spans = all
    .filter((mark) => mark[side].length > 0)
    .map((mark) => ({ mark, parts: mark[side], start: mark[side][0]![0], end: mark[side].at(-1)![1], lane: 0 }))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const free: number[] = [];
  for (const span of spans) {
    let lane = free.findIndex((end) => end <= span.start);
    if (lane < 0) lane = free.length;
    free[lane] = span.end;
    span.lane = lane;
  }
  return spans;
}

/** The words that say what a mark is, for screen readers and cards. */
export function describe(mark: Mark): string {
  const [, , gold, predicted] = mark.item;
  const label = (side: Side) => side[2] || side[3].slice(0, 40);
  if (gold && predicted) return gold[2] === predicted[2] ? label(gold) : `${label(gold)} → ${label(predicted)}`;
  return label((gold ?? predicted)!);
}
