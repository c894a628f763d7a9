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

async function post(action: string, content: unknown): Promise<void> {
  let reply: Response;
  try {
    reply = await fetch(`/${action}`, { method: "POST", body: JSON.stringify(content) });
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
  | { kind: "set_value"; record: string; index: number; path: string; value: unknown }
  | { kind: "set_reference"; index: number; text: string };

/** Asks for a correction of the golden file of a document, and loads the page anew. */
export function change(document: string, file: string | null, change: Change, why: string): Promise<void> {
  return post("edit", { dataset: live!.dataset, document, sha256: file ? live!.files[file] : null, change, why });
}

export function undo(): Promise<void> {
  return post("undo", { dataset: live!.dataset });
}
