// The errors of one extractor: filtered, grouped by surface form, label pair and class, or one by one.
import { useMemo } from "preact/hooks";
import { block, type ErrorRow, type Index, type Overview, type Side } from "../data";
import { useLoaded } from "../async";
import { className, count, short, frequencies } from "../format";
import { useKeys } from "../keys";
import { List } from "../list";
import { passes } from "../live";
import { itemKey } from "../marks";
import { Class, Empty, ExtractorChoice, Failed, chosen, documentHref } from "../parts";
import { replace, withQuery, type Route } from "../route";

export interface ErrorItem {
  row: ErrorRow;
  layer: string;
  class: string;
  gold: Side | null;
  predicted: Side | null;
  /** Gold label and predicted label. */
  labels: string;
  surface: string;
  key: string;
}

/** Reads the rows of errors of an extractor. */
export async function errorsOf(data: Overview, extractor: number): Promise<ErrorItem[]> {
  const rows = await block<ErrorRow[]>(`errors-${extractor}`);
  return rows.map((row) => {
    const [layer, kind, gold, predicted] = row[1];
    const name = data.layers[layer]!.name;
    return {
      row,
      layer: name,
      class: data.classes[kind]!,
      gold,
      predicted,
      labels: `${gold?.[2] ?? "–"} → ${predicted?.[2] ?? "–"}`,
      surface: (gold ?? predicted)![3],
      key: itemKey(name, gold, predicted),
    };
  });
}

export function ErrorsPage({ data, index, route }: { data: Overview; index: Index; route: Route }) {
  const at = chosen(data, route.query);
  const extractor = data.extractors[at];
  const loaded = useLoaded(() => (extractor ? errorsOf(data, at) : Promise.resolve([])), [at]);
  const query = (name: string) => route.query.get(name) ?? "";
  const filters = ["layer", "label", "predicted", "class", "slice", "document", "text"].map(query);
  const errors = loaded.value ?? [];
  const shown = useMemo(() => filtered(errors, route.query, index), [errors, filters.join("\n")]);
  const groups = useMemo(() => grouped(shown), [shown]);
  const isGrouped = query("view") !== "list";
  const set = (name: string, value: string) => replace(withQuery(route, { [name]: value || null, selected: null }));
  const selected = Number(query("selected") || -1);
  const open = (number: number) => {
    const error = shown[number];
    if (error) location.hash = documentHref(index.ids[error.row[0]]!, extractor!.name, error.key);
  };
  const move = (step: number) => {
    const most = isGrouped ? groups.length : shown.length;
    const to = Math.max(0, Math.min(most - 1, selected + step));
    replace(withQuery(route, { selected: String(to) }));
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => (isGrouped ? groups[selected] && open(shown.indexOf(groups[selected]!.errors[0]!)) : open(selected)),
  });
  if (!extractor) return <Empty>There is no extractor in this report.</Empty>;
  if (loaded.error) return <Failed message={loaded.error} />;
  return (
    <div class="page errors">
      <h1>{passes ? "Differences" : "Errors"}</h1>
      <div class="filters">
        <ExtractorChoice extractors={data.extractors} value={extractor.name} onChange={(name) => replace(withQuery(route, { extractor: name, selected: null, label: null, predicted: null }))} />
        <Filter name="layer" values={errors.map((error) => error.layer)} value={query("layer")} onChange={set} />
        <Filter name="label" values={errors.map((error) => error.gold?.[2] ?? "")} value={query("label")} onChange={set} />
        <Filter name="predicted" values={errors.map((error) => error.predicted?.[2] ?? "")} value={query("predicted")} onChange={set} />
        <Filter name="class" values={errors.map((error) => error.class)} value={query("class")} onChange={set} words={className} />
        <Filter name="slice" values={slicesOf(index)} value={query("slice")} onChange={set} isList />
        <Filter name="document" values={errors.map((error) => index.ids[error.row[0]]!)} value={query("document")} onChange={set} />
        <label class="choice">
          text{" "}
          <input id="search" type="search" value={query("text")} onInput={(event) => set("text", event.currentTarget.value)} />
        </label>
        <label class="choice">
          <input type="checkbox" checked={isGrouped} onChange={(event) => replace(withQuery(route, { view: event.currentTarget.checked ? null : "list", selected: null }))} /> grouped
        </label>
      </div>
      <p class="hint" role="status">
        {loaded.value ? `${count(shown.length, passes ? "difference" : "error")} of ${errors.length.toLocaleString("en")}${isGrouped ? `, in ${count(groups.length, "group")}` : ""}` : "Reading the errors…"}
      </p>
      {shown.length === 0 && loaded.value && <Empty>{errors.length === 0 ? (passes ? "The passes agree." : `${extractor.name} made no errors.`) : "No error fits these filters."}</Empty>}
      {isGrouped ? (
        <List
          id={`groups ${at}`}
          label="groups of errors"
          count={groups.length}
          height={64}
          selected={selected}
          row={(number) => {
            const group = groups[number]!;
            const first = group.errors[0]!;
            const address = documentHref(index.ids[first.row[0]]!, extractor.name, first.key);
            return (
              <div class={`error${number === selected ? " selected" : ""}`}>
                <span class="times">{group.errors.length}×</span>
                <Class name={first.class} /> <b class="surface">{short(first.surface, 50)}</b>{" "}
                <span class="labels">{short(first.labels, 60)}</span>{" "}
                <button type="button" class="link" onClick={() => replace(withQuery(route, { view: "list", class: first.class, text: first.surface.slice(0, 100), layer: first.layer, selected: null }))}>
                  list
                </button>
                <a class="context" href={address}>
                  <Context error={first} /> <span class="where">{short(index.ids[first.row[0]]!, 40)}</span>
                </a>
              </div>
            );
          }}
        />
      ) : (
        <List
          id={`errors ${at}`}
          label="errors"
          count={shown.length}
          height={64}
          selected={selected}
          row={(number) => {
            const error = shown[number]!;
            const id = index.ids[error.row[0]]!;
            return (
              <div class={`error${number === selected ? " selected" : ""}`}>
                <Class name={error.class} /> <span class="labels">{short(error.labels, 60)}</span>{" "}
                <span class="where">{short(id, 40)}{placeOf(index, error)}</span>
                <a class="context" href={documentHref(id, extractor.name, error.key)}>
                  <Context error={error} />
                </a>
              </div>
            );
          }}
        />
      )}
    </div>
  );
}

/** The golden file and the line of the error's label. */
function placeOf(index: Index, error: ErrorItem): string {
  const file = index.files[error.row[0]];
  const line = error.row[1][6];
  return file && error.gold ? `, ${short(file, 60)}${line === null ? "" : `:${line}`}` : "";
}

/** The text around an error, with gold and predicted span marked in it. */
export function Context({ error }: { error: ErrorItem }) {
  const { gold, predicted } = error;
  const context = error.row[2];
  const sides = (
    <>
      {gold && <mark class="gold">{short(gold[3], 80)}</mark>}
      {gold && predicted && gold[3] !== predicted[3] && " / "}
      {predicted && (!gold || gold[3] !== predicted[3]) && <mark class="predicted">{short(predicted[3], 80)}</mark>}
    </>
  );
  if (!context) return sides;
  const [before, after] = context;
  return (
    <>
      <span class="far">{before.slice(0, -16)}</span>
      {before.slice(-16)}
      {sides}
      {after}
    </>
  );
}

function Filter(props: {
  name: string;
  values: string[];
  value: string;
  onChange: (name: string, value: string) => void;
  words?: (name: string) => string;
  isList?: boolean;
}) {
  const counts = useMemo(() => frequencies(props.values.filter(Boolean)), [props.values]);
  if (counts.length === 0 && !props.value) return null;
  const words = props.words ?? ((name: string) => short(name, 40));
  const options = counts.slice(0, 500);
  const isThere = options.some(([value]) => value === props.value);
  return (
    <label class="choice">
      {props.name}{" "}
      <select value={props.value} onChange={(event) => props.onChange(props.name, event.currentTarget.value)}>
        <option value="">any</option>
        {!isThere && props.value && <option value={props.value}>{words(props.value)}</option>}
        {options.map(([value, times]) => (
          <option value={value}>
            {words(value)}
            {props.isList ? "" : ` (${times})`}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The slices that metadata cut: `kind=interview`; fields with many values cut none. */
export function slicesOf(index: Index): string[] {
  const values = new Map<string, Set<string>>();
  for (const meta of index.meta) {
    for (const [field, value] of Object.entries(meta)) {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      const set = values.get(field) ?? new Set();
      set.add(text);
      values.set(field, set);
    }
  }
  return [...values].filter(([, set]) => set.size > 1 && set.size <= 30).flatMap(([field, set]) => [...set].sort().map((value) => `${field}=${value}`));
}

function filtered(errors: ErrorItem[], query: URLSearchParams, index: Index): ErrorItem[] {
  const [layer, label, predicted, kind, slice, document] = ["layer", "label", "predicted", "class", "slice", "document"].map((name) => query.get(name));
  const text = query.get("text")?.toLowerCase();
  const cut = slice?.indexOf("=") ?? -1;
  const [field, value] = slice ? [slice.slice(0, cut), slice.slice(cut + 1)] : [null, null];
  const inSlice = (at: number) => {
    const found = index.meta[at]?.[field!];
    return (typeof found === "string" ? found : JSON.stringify(found)) === value;
  };
  return errors.filter(
    (error) =>
      (!layer || error.layer === layer) &&
      (!label || error.gold?.[2] === label || (label === "–" && !error.gold)) &&
      (!predicted || error.predicted?.[2] === predicted || (predicted === "–" && !error.predicted)) &&
      (!kind || error.class === kind) &&
      (!document || index.ids[error.row[0]] === document) &&
      (!field || inSlice(error.row[0])) &&
      (!text || `${error.gold?.[3] ?? ""}\n${error.predicted?.[3] ?? ""}`.toLowerCase().includes(text)),
  );
}

function grouped(errors: ErrorItem[]): { errors: ErrorItem[] }[] {
  const groups = new Map<string, ErrorItem[]>();
  for (const error of errors) {
    const key = [error.layer, error.class, error.labels, error.surface.toLowerCase()].join("\n");
    const group = groups.get(key);
    if (group) group.push(error);
    else groups.set(key, [error]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length).map((errors) => ({ errors }));
}
