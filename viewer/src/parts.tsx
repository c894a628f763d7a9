// Parts that several pages share.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Compared, DocumentData, Extractor, Figure, Overview } from "./data";
import { className, figure, sign, signed } from "./format";
import { passes } from "./live";
import { href } from "./route";

export function Class({ name }: { name: string }) {
  return (
    <span class={`class c-${name}`}>
      <span aria-hidden="true">{sign(name)}</span> {className(name)}
    </span>
  );
}

/** A figure with its interval; a dash says why it is undefined. */
export function Value({ figure: of }: { figure: Figure | undefined }) {
  if (!of) return <span title="this extractor does not fill the layer">–</span>;
  if (of.value === null) return <span title="undefined: its denominator is zero" tabIndex={0}>–</span>;
  const interval = of.low === null ? "" : ` [${figure(of.low, 2)}, ${figure(of.high, 2)}]`;
  return (
    <span class="value" title={of.signature}>
      <b>{figure(of.value)}</b>
      <span class="interval-text">{interval}</span>
    </span>
  );
}

/** A difference with its word: better, worse, unchanged or inconclusive. */
export function Difference({ of }: { of: Compared }) {
  const interval = of.low === null ? "" : ` [${signed(of.low)}, ${signed(of.high)}]`;
  return (
    <span class={`difference v-${of.verdict.split(/[ ,:]/)[0]}`} title={of.signature}>
      {signed(of.delta)}
      <span class="interval-text">{interval}</span> <b>{of.verdict}</b>
    </span>
  );
}

export interface Column<T> {
  name: string;
  isNumber?: boolean;
  cell: (row: T) => ComponentChildren;
  /** What the column is sorted by; it is not sortable without. */
  key?: (row: T) => number | string | null;
}

/** A table that is sorted by a click on a heading. */
export function SortedTable<T>(props: { columns: Column<T>[]; rows: T[]; label: string; most?: number }) {
  const [by, setBy] = useState<[number, boolean] | null>(null);
  const [all, setAll] = useState(false);
  let rows = props.rows;
  const key = by && props.columns[by[0]]?.key;
  if (by && key) {
    const compare = (a: T, b: T) => {
      const [left, right] = [key(a), key(b)];
      if (left === right) return 0;
      if (left === null) return 1;
      if (right === null) return -1;
      return (left < right ? -1 : 1) * (by[1] ? 1 : -1);
    };
    rows = [...rows].sort(compare);
  }
  const most = all ? rows.length : (props.most ?? 500);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={props.label}>
      <table>
        <thead>
          <tr>
            {props.columns.map((column, at) => {
              const sorted = by?.[0] === at ? (by[1] ? "ascending" : "descending") : "none";
              return (
                <th scope="col" class={column.isNumber ? "number" : ""} aria-sort={column.key ? sorted : undefined}>
                  {column.key ? (
                    <button type="button" class="sort" onClick={() => setBy([at, by?.[0] === at ? !by[1] : !column.isNumber])}>
                      {column.name}
                      <span aria-hidden="true">{sorted === "none" ? "" : sorted === "ascending" ? " ▲" : " ▼"}</span>
                    </button>
                  ) : (
                    column.name
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row) => (
            <tr>
              {props.columns.map((column) => (
                <td class={column.isNumber ? "number" : ""}>{column.cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > most && (
        <button type="button" onClick={() => setAll(true)}>
          Show all {rows.length.toLocaleString("en")} rows
        </button>
      )}
    </div>
  );
}

/** The most rows of a table that is drawn as a whole. */
export const MOST_ROWS = 500;

/** A table that scrolls sideways; `all` is the number of its rows, of which some may be left out. */
export function ItemTable(props: { label: string; columns: string[]; all: number; children: ComponentChildren }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={props.label}>
      <table>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th scope="col">{column}</th>
            ))}
          </tr>
        </thead>
        {props.children}
      </table>
      {props.all > MOST_ROWS && (
        <p class="hint">and {(props.all - MOST_ROWS).toLocaleString("en")} more; alignment.csv has all</p>
      )}
    </div>
  );
}

/** The golden file and the line of a label, to be copied. */
export function Place({ document, line }: { document: DocumentData; line: number | null }) {
  const at = line ?? document.line;
  if (!document.file) return null;
  const place = `${document.file}${at ? `:${at}` : ""}`;
  return (
    <>
      <code>{place}</code> <Copy text={place} />
    </>
  );
}

function Copy({ text }: { text: string }) {
  const [state, setState] = useState("copy");
  return (
    <button
      type="button"
      class="copy"
      onClick={() =>
        navigator.clipboard
          ? navigator.clipboard.writeText(text).then(() => setState("copied"), () => setState("not copied"))
          : setState("not copied")
      }
    >
      {state}
    </button>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Failed({ message }: { message: string }) {
  return (
    <p class="failed" role="alert">
      {message}
    </p>
  );
}

/** A link to a document, at one of its items if a key is given. */
export function documentHref(id: string, extractor: string, error?: string): string {
  return href("documents", id, { extractor, error });
}

/** A choice among the extractors, by name. */
export function ExtractorChoice(props: {
  extractors: Extractor[];
  value: string;
  onChange: (name: string) => void;
  label?: string;
}) {
  // The second pass is the only one that is compared with the first.
  if (passes) return null;
  return (
    <label class="choice">
      {props.label ?? "extractor"}{" "}
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.extractors.map((extractor) => (
          <option value={extractor.name}>{extractor.name}</option>
        ))}
      </select>
    </label>
  );
}

/** The extractor that the address names; the first one if it names none. */
export function chosen(data: Overview, query: URLSearchParams, key = "extractor"): number {
  const name = query.get(key);
  const at = data.extractors.findIndex((extractor) => extractor.name === name);
  return at < 0 ? 0 : at;
}

/** The extractor that the address names; otherwise the first one that fills a layer. */
export function filling(data: Overview, query: URLSearchParams, layer: string): number {
  if (query.get("extractor")) return chosen(data, query);
  const at = data.extractors.findIndex((extractor) => layer in extractor.headlines);
  return at < 0 ? 0 : at;
}
