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
  canUndo: boolean;
  /** Verdicts on key points that a reviewer gave, by extractor, document and key point. */
  verdicts: Record<string, Record<string, Record<string, string>>>;
  /** What is to be reviewed, in this order; null without `--queue`. */
  queue: QueueEntry[] | null;
  /** The documents that were corrected since the server started. */
  corrected: string[];
}

/** A document, or a place in it in code points, and why it is in the queue. */
export interface QueueEntry {
  document: string;
  start: number | null;
  end: number | null;
  note: string;
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

async function post(action: string, content: string): Promise<void> {
  let reply: Response;
  try {
    reply = await fetch(`/${action}`, { method: "POST", body: content });
  } catch {
    throw new Error("karat view does not answer: was it stopped? Nothing is lost; start it again.");
  }
  const { error } = (await reply.json()) as { error?: string };
  if (error !== undefined) throw new Error(error);
  location.reload();
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
  return post("edit", write({ dataset: live!.dataset, document, sha256: file ? live!.files[file] : null, change, why }));
}

export function undo(): Promise<void> {
  return post("undo", write({ dataset: live!.dataset }));
}

/** Records a reviewer's verdict on a key point; null takes it back. */
export function giveVerdict(extractor: string, document: string, point: string, verdict: string | null): Promise<void> {
  return post("verdict", write({ dataset: live!.dataset, extractor, document, point, verdict }));
}
