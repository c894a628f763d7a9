// The connection to `karat view`: what it tells of itself, and the corrections that it is asked for.

export interface Live {
  dataset: string;
  readOnly: boolean;
  /** Why documents of the dataset cannot be corrected: sealed, or confidential. */
  refused: Record<string, string>;
  /** SHA-256 of the golden files as they were shown. */
  files: Record<string, string>;
  /** What was corrected since the page was last loaded. */
  saved: Saved | null;
  /** The correction that an undo would take back. */
  undo: number | null;
  /** What could not be read. */
  notices?: string[];
  /** Verdicts on key points that a reviewer gave, by extractor, document and key point. */
  verdicts?: Record<string, Record<string, Record<string, string>>>;
  /** What is to be reviewed, in this order; null without `--queue`. */
  queue: QueueEntry[] | null;
  /** The documents that were corrected since the server started. */
  corrected: string[];
  /** The two passes, where disagreements are decided instead of golden files corrected. */
  passes?: Passes;
}

/** A document, or a place in it in code points, and why it is in the queue. */
export interface QueueEntry {
  document: string;
  start: number | null;
  end: number | null;
  note: string;
}

/** The passes of an adjudication, by their names: `a` is shown as gold, `b` as the prediction. */
export interface Passes {
  a: string;
  b: string;
  /** The folder of the adjudicated files. */
  out: string;
  readOnly: boolean;
  newest: NewestDecision | null;
  documents: Record<string, AdjudicatedDocument>;
}

/** The newest decision, which an undo takes back. */
export interface NewestDecision {
  document: string;
  item: number;
  decision: Decision;
}

export type Decision = "a" | "b" | "both" | "neither";

/** An item that the passes have in different versions, or that one of them lacks (null). */
export interface Disagreement {
  layer: string;
  a: unknown;
  b: unknown;
  ruling: { decision: Decision; why: string } | null;
  /** The entities that a relation or an event of either pass leads to, in words, by their ids. */
  names?: { a: Record<string, string>; b: Record<string, string> };
}

export interface AdjudicatedDocument {
  file: string;
  items: Disagreement[];
  /** `exists` and `another`: a file is there that the adjudication did not write. */
  state: "open" | "written" | "unwritten" | "exists" | "another";
  /** SHA-256 of the file that is there, or the path of another one. */
  existing: string | null;
  wasWritten: boolean;
  /** The number of relations and arguments that the file lacks. */
  dropped: number;
}

export interface Saved {
  what: string;
  /** The headline figures that moved; null if those from before are not known. */
  figures: { extractor: string; metric: string; old: number | null; new: number | null }[] | null;
}

function read(): Live | null {
  const element = document.getElementById("live");
  return element && (JSON.parse(element.textContent!) as Live);
}

/** The server that serves this page; null if it was opened from a file. */
export const live = read();

/** The passes that are adjudicated; undefined if the page shows a run. */
export const passes = live?.passes;

/** The words for both sides of an item. */
export const sideNames: { gold: string; predicted: string } = passes ? { gold: passes.a, predicted: passes.b } : { gold: "gold", predicted: "predicted" };

async function ask<T>(action: string, content: unknown): Promise<T> {
  let reply: Response;
  try {
    reply = await fetch(`/${action}`, { method: "POST", body: write(content) });
  } catch {
    throw new Error("karat view does not answer: was it stopped? Nothing is lost; start it again.");
  }
  const answer = (await reply.json()) as T & { error?: string };
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}

async function post(action: string, content: unknown): Promise<void> {
  await ask(action, content);
  location.reload();
}

/** A document of an adjudication after a change. */
export interface AdjudicatedState {
  id: string;
  item: number | null;
  document: AdjudicatedDocument;
  newest: NewestDecision | null;
}

/** Decides a disagreement; `was` is the decision that the page shows, if there is one. */
export function decide(document: string, item: number, decision: Decision, why: string, was: Decision | null): Promise<AdjudicatedState> {
  return ask("decide", { document, item, decision, why, was });
}

/** Takes a decision back, if it is still the newest. */
export function undoDecision(newest: NewestDecision): Promise<AdjudicatedState> {
  return ask("undo", newest);
}

/** Replaces a file that the adjudication did not write, if it is still the one that was shown. */
export function replaceFile(document: string, sha256: string): Promise<AdjudicatedState> {
  return ask("replace", { document, sha256 });
}

/** The golden label that a change is about. */
export interface Of {
  start: number;
  end: number;
  label: string;
}

export type Change =
  | { kind: "add_entity"; start: number; end: number; label: string }
  | { kind: "add_alternative"; of: Of; start: number; end: number; label: string }
  | { kind: "set_label"; of: Of; label: string }
  | { kind: "set_span"; of: Of; start: number; end: number }
  | { kind: "delete"; of: Of }
  | { kind: "set_optional"; of: Of; optional: boolean }
  | { kind: "ignore"; start: number; end: number }
  | { kind: "set_value"; record: string; index: number; path: string; value: Json }
  | { kind: "set_reference"; index: number; text: string }
  | { kind: "set_key_point"; index: number; text: string };

/** JSON as it is written: a number keeps its spelling, which a parsed one would lose. */
export class Json {
  constructor(readonly text: string) {
    JSON.parse(text);
  }
}

/** Writes JSON, with the parts that are JSON already as they are. */
function write(content: unknown): string {
  const parts: string[] = [];
  const marker = crypto.randomUUID();
  const replaced = JSON.stringify(content, (_, value) => (value instanceof Json ? `${marker}${parts.push(value.text) - 1}` : value));
  return replaced.replace(new RegExp(`"${marker}(\\d+)"`, "g"), (_, at) => parts[Number(at)]!);
}

/** Asks for a correction of the golden file of a document, and loads the page anew. */
export function change(document: string, file: string | null, change: Change, why: string): Promise<void> {
  return post("edit", { dataset: live!.dataset, document, sha256: file ? live!.files[file] : null, change, why });
}

export function undo(): Promise<void> {
  return post("undo", { dataset: live!.dataset, undo: live!.undo });
}

/** Records a reviewer's verdict on a key point; null takes it back. */
export function giveVerdict(extractor: string, document: string, point: string, summary: string, verdict: string | null): Promise<void> {
  return post("verdict", { dataset: live!.dataset, extractor, document, point, summary, verdict });
}
