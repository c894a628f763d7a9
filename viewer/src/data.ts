// The data of a report, as `src/report/html/` writes them: an overview in plain JSON, and blocks of
// compressed JSON that are decoded when they are first shown.

/** One figure over all documents. Values are 0 to 1 except for amounts. */
export interface Figure {
  value: number | null;
  low: number | null;
  high: number | null;
  n?: number;
  documents: number;
  answered?: { value: number | null; documents: number };
  counts?: Record<string, number>;
  predicted?: number;
  signature?: string;
}

/** The documents that were not answered for the same reason. */
export interface Failure {
  status: string;
  message: string;
  documents: string[];
}

/** What a rule of the gate says about an extractor. */
export interface Finding {
  metric: string;
  slice: string | null;
  verdict: "identical" | "pass" | "inconclusive" | "fail";
  /** Whether it makes the gate fail. */
  fails: boolean;
  /** Whether it decides nothing. */
  informational: boolean;
  /** The change of the figure; null if the rule judges the figure itself or a cap. */
  delta: number | null;
  message: string;
}

/** An extractor against its accepted baseline. */
export interface Baseline {
  /** The headline figures by layer. `decides` says whether a rule of the gate judges the figure. */
  figures: Record<string, Compared>;
  findings: Finding[];
  /** The number of documents that only one side has. */
  leftOut: number;
}

export interface Extractor {
  name: string;
  asked: number;
  statuses: Record<string, number>;
  verdict: string | null;
  baseline: Baseline | null;
  /** Why there is no baseline, or none for a layer. */
  notCompared: string;
  failures: Failure[];
  emptySummaries: string[];
  repeats: number;
  /** The headline figures by layer. */
  headlines: Record<string, Figure>;
  warnings: string[];
}

export interface LayerInfo {
  name: string;
  /** The name of the headline figure. */
  headline: string | null;
  /** What labelling passes reach under it, if that bounds the extractors. */
  bound: number | null;
}

/** One figure of a comparison (`karat.comparison/1`). */
export interface Compared {
  base: number | null;
  candidate: number | null;
  delta: number | null;
  low: number | null;
  high: number | null;
  p_adjusted: number | null;
  mde: number | null;
  documents: number;
  documents_needed: number | null;
  decides: boolean;
  verdict: string;
  signature?: string;
}

export interface Flip {
  document: string;
  layer: string;
  change: string;
  label: string;
  text: string;
  start: number | null;
  end: number | null;
  class: string | null;
}

export interface Comparison {
  base: string;
  candidate: string;
  identical: boolean;
  left_out: number;
  metrics: Record<string, Compared>;
  slices: (Compared & { slice: string; metric: string })[];
  flips: Flip[];
}

export interface Overview {
  schema: string;
  kind: "report" | "comparison";
  program: string;
  dataset: string;
  title: string | null;
  description: string | null;
  licence: string | null;
  source: string | null;
  confidential: boolean;
  size: number;
  /** Why the documents are not in this file; null if they are. */
  unlisted: string | null;
  passes: [number, number];
  /** How the golden labels changed since baselines were accepted, in sentences. */
  labelChanges: string[];
  layers: LayerInfo[];
  extractors: Extractor[];
  /** The classes of items, by number. */
  classes: string[];
  blocks: string[];
}

/** What is known of each document without decoding it. */
export interface Index {
  ids: string[];
  /** The number of the first document of each block of documents. */
  starts: number[];
  meta: Record<string, unknown>[];
  /** The golden file of each document, if it is known. */
  files: (string | null)[];
  /** The number of errors, by extractor and document. */
  errors: number[][];
  /** The statuses, by extractor and document; null for `ok`. */
  statuses: (string | null)[][];
  /** The value of the headline figure, by extractor, layer and document. */
  values: Record<string, (number | null)[]>[];
}

/** Start, end, label and text of a side of an item; offsets count code points. */
export type Side = [number | null, number | null, string, string];

/** The outcome of one item: layer, class, gold side, predicted side, evidence, detail, line, and the
 * indices of the gold and the predicted record that are compared. */
export type ItemRow = [number, number, Side | null, Side | null, string | null, string | null, number | null, [number | null, number | null]?];

/** An error: number of the document, item, text before and after both spans. */
export type ErrorRow = [number, ItemRow, [string, string] | null];

/** A number, date or name of a summary: kind, whether invented, text, start, end, source span. */
export type FactRow = [string, boolean, string, number, number, number | null, number | null];

export interface Entity {
  id?: string;
  start?: number;
  end?: number;
  fragments?: [number, number][];
  label: string;
  text?: string;
  optional?: boolean;
  confidence?: number;
}

export interface Annotations {
  entities?: Entity[];
  relations?: { label: string; head: string; tail: string }[];
  events?: unknown[];
  coreference?: unknown[];
  records?: Record<string, Record<string, unknown>[]>;
  key_points?: { id?: string; text: string }[];
  key_sentences?: { start: number; end: number }[];
  summaries?: string[];
  keyphrases?: string[];
  ignore?: { start: number; end: number }[];
}

export interface DocumentData {
  text: string | null;
  gold: Annotations;
  /** The golden file; null if the golden labels were not read from one. */
  file: string | null;
  line: number | null;
}

export interface AnswerData {
  status: string;
  message: string | null;
  predicted: Annotations;
  items: ItemRow[];
  facts: FactRow[];
  /** The figures of the document, by metric. */
  figures: Record<string, number | null>;
}

export interface Curves {
  precision_recall: [number, number | null, number | null][];
  reliability: { low: number; high: number; n: number; confidence: number | null; accuracy: number | null }[];
  risk_coverage: [number, number][];
}

/** `karat.scores/1`. */
export interface Scores {
  metrics: Record<string, Figure>;
  confusion: Record<string, { gold: string | null; predicted: string | null; count: number }[]>;
  errors: Record<string, Record<string, number>>;
  curves?: Record<string, Curves>;
}

export interface SliceRow extends Figure {
  slice: string;
  metric: string;
  extractor: string;
}

export interface Definition {
  layer: string;
  text: string;
}

const cache = new Map<string, Promise<unknown>>();

/** Decodes a block of compressed JSON; later calls share the first one's result. */
export function block<T>(name: string): Promise<T> {
  let found = cache.get(name);
  if (!found) {
    found = decode(name);
    cache.set(name, found);
    // Blocks of documents are large: those that were shown first are dropped first.
    const parts = [...cache.keys()].filter((key) => key.startsWith("d") || key.startsWith("a"));
    if (parts.length > 24) cache.delete(parts[0]!);
  }
  return found as Promise<T>;
}

async function decode(name: string): Promise<unknown> {
  const element = document.getElementById(`b-${name}`);
  if (!element) throw new Error(`this file is incomplete: it has no block "${name}". Write it again with karat report.`);
  const binary = atob(element.textContent!.trim());
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

/** Reads the overview, which stands first in the file. */
export function overview(): Overview {
  const element = document.getElementById("overview");
  if (!element) throw new Error("this file is incomplete: it has no overview. Write it again with karat report.");
  const data = JSON.parse(element.textContent!) as Overview;
  if (data.schema !== "karat.view/1") throw new Error(`this viewer reads karat.view/1, and the data are ${data.schema}`);
  const missing = data.blocks.filter((name) => !document.getElementById(`b-${name}`));
  if (missing.length > 0) {
    const shown = missing.slice(0, 3).join(", ");
    throw new Error(`this file is truncated: ${missing.length} of its ${data.blocks.length} blocks are missing (${shown}). Write it again with karat report.`);
  }
  return data;
}

/** Returns the block that holds a document, and the document's place in it. */
export function place(index: Index, document: number): [number, number] {
  let chunk = 0;
  while (chunk + 1 < index.starts.length && index.starts[chunk + 1]! <= document) chunk += 1;
  return [chunk, document - index.starts[chunk]!];
}

export async function documentData(index: Index, document: number): Promise<DocumentData> {
  const [chunk, at] = place(index, document);
  const found = (await block<DocumentData[]>(`d${chunk}`))[at]!;
  return { ...found, gold: found.gold ?? {} };
}

export async function answerData(index: Index, extractor: number, document: number): Promise<AnswerData> {
  const [chunk, at] = place(index, document);
  const found = (await block<AnswerData[]>(`a${extractor}-${chunk}`))[at]!;
  return { ...found, predicted: found.predicted ?? {} };
}
