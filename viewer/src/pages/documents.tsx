// The documents: a list on the left, and on the right a text with gold and prediction drawn over it.
import { useMemo } from "preact/hooks";
import { answerData, documentData, type AnswerData, type DocumentData, type Index, type Overview } from "../data";
import { useLoaded } from "../async";
import { figure, short } from "../format";
import { useKeys } from "../keys";
import { List } from "../list";
import { isSpanLayer, itemKey, marks, type Mark } from "../marks";
import { Class, Empty, ExtractorChoice, Failed, ItemTable, MOST_ROWS, chosen } from "../parts";
import { Arcs, relationsOf } from "../relations";
import { Records } from "../records";
import { href, replace, withQuery, type Route } from "../route";
import { Card } from "../card";
import { Selection } from "../edits";
import { passes } from "../live";
import { MarkedText } from "../text";

export function DocumentsPage({ data, index, route }: { data: Overview; index: Index; route: Route }) {
  const search = (route.query.get("find") ?? "").toLowerCase();
  const order = route.query.get("order") ?? "errors";
  const at = chosen(data, route.query);
  const rows = useMemo(() => {
    const all = index.ids.map((_, number) => number).filter((number) => index.ids[number]!.toLowerCase().includes(search));
    if (order === "errors") {
      const weight = (number: number) => (index.statuses[at]?.[number] ? Infinity : (index.errors[at]?.[number] ?? 0));
      all.sort((a, b) => (weight(a) === weight(b) ? a - b : weight(b) - weight(a)));
    }
    return all;
  }, [index, search, order, at]);
  const number = route.rest ? index.ids.indexOf(route.rest) : -1;
  const place = rows.indexOf(number);
  const go = (to: number) => {
    const found = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (found !== undefined) replace(href("documents", index.ids[found]!, { ...Object.fromEntries(route.query), error: null }));
  };
  useKeys({ j: () => go(place + 1), k: () => go(place < 0 ? 0 : place - 1) });
  if (index.ids.length === 0) return <Empty>{data.unlisted ?? "There is no document in this report."}</Empty>;
  return (
    <div class={`page split${number < 0 ? "" : " chosen"}`}>
      <aside class="side">
        <div class="filters">
          <label class="choice">
            find <input id="search" type="search" value={route.query.get("find") ?? ""} onInput={(event) => replace(withQuery(route, { find: event.currentTarget.value || null }))} />
          </label>
          <label class="choice">
            order{" "}
            <select value={order} onChange={(event) => replace(withQuery(route, { order: event.currentTarget.value }))}>
              <option value="errors">most errors first</option>
              <option value="id">by id</option>
            </select>
          </label>
        </div>
        <List
          id="documents"
          label="documents"
          count={rows.length}
          height={34}
          selected={place}
          row={(row) => {
            const of = rows[row]!;
            const status = index.statuses[at]?.[of];
            return (
              <a class={`document${of === number ? " selected" : ""}`} aria-current={of === number ? "true" : undefined} href={href("documents", index.ids[of]!, { ...Object.fromEntries(route.query), error: null })}>
                <span class="id">{short(index.ids[of]!, 60)}</span>
                <span class="times">{status ? status.replace("_", " ") : (index.errors[at]?.[of] ?? 0)}</span>
              </a>
            );
          }}
        />
      </aside>
      <section class="main" aria-label="document">
        {number < 0 ? (
          route.rest ? <Failed message={`This report has no document "${short(route.rest)}".`} /> : <Empty>Choose a document. The number beside it counts the errors of {data.extractors[at]?.name}.</Empty>
        ) : (
          <DocumentView data={data} index={index} route={route} number={number} />
        )}
      </section>
    </div>
  );
}

/** A document with the answers of one or two extractors; `at` is a place that is lit. */
export function DocumentView({ data, index, route, number, at: place }: { data: Overview; index: Index; route: Route; number: number; at?: [number, number] | undefined }) {
  const at = chosen(data, route.query);
  const other = route.query.get("beside");
  const beside = other === null ? -1 : data.extractors.findIndex((extractor) => extractor.name === other);
  const loaded = useLoaded(
    async () => ({
      number,
      document: await documentData(index, number),
      answers: await Promise.all(data.extractors.map((_, which) => (which === at || which === beside ? answerData(index, which, number) : null))),
    }),
    [number, at, beside],
  );
  const set = (changes: Record<string, string | null>) => replace(withQuery(route, changes));
  useKeys({
    ...Object.fromEntries(data.extractors.slice(0, 9).map((extractor, which) => [String(which + 1), () => set({ extractor: extractor.name })])),
    b: () => set({ beside: beside < 0 ? (data.extractors.find((_, which) => which !== at)?.name ?? null) : null }),
  });
  if (loaded.error) return <Failed message={loaded.error} />;
  if (!loaded.value || loaded.value.number !== number) return <p class="hint" role="status">Reading the document…</p>;
  const { document, answers } = loaded.value;
  const first = answers[at];
  if (!first) return <p class="hint" role="status">Reading the document…</p>;
  const names = data.layers.map((layer) => layer.name);
  const has = (name: string) => [first, answers[beside]].some((answer) => answer?.items.some((item) => names[item[0]] === name)) || hasGold(document, name);
  const spans = names.filter((name) => isSpanLayer(name) && has(name));
  const layer = route.query.get("layer");
  const drawn = layer && spans.includes(layer) ? layer : (spans.find((name) => first.items.some((item) => names[item[0]] === name)) ?? spans[0] ?? "entities");
  return (
    <>
      <h1 class="id">
        <a class="back" href={href("documents", "", { extractor: data.extractors[at]!.name })}>‹ all</a> {short(index.ids[number]!, 120)}
      </h1>
      <p class="hint">
        {document.file ? <>golden file <code>{document.file}{document.line ? `:${document.line}` : ""}</code></> : ""}{" "}
        {Object.entries(index.meta[number] ?? {}).slice(0, 6).map(([field, value]) => `${field}: ${short(typeof value === "string" ? value : JSON.stringify(value), 40)}`).join("; ")}
      </p>
      <div class="filters">
        <ExtractorChoice extractors={data.extractors} value={data.extractors[at]!.name} onChange={(name) => set({ extractor: name })} />
        {data.extractors.length > 1 && (
          <label class="choice">
            beside{" "}
            <select value={beside < 0 ? "" : other!} onChange={(event) => set({ beside: event.currentTarget.value || null })}>
              <option value="">nothing</option>
              {data.extractors.filter((_, which) => which !== at).map((extractor) => (
                <option value={extractor.name}>{extractor.name}</option>
              ))}
            </select>
          </label>
        )}
        {spans.length > 1 && (
          <label class="choice">
            layer{" "}
            <select value={drawn} onChange={(event) => set({ layer: event.currentTarget.value })}>
              {spans.map((name) => (
                <option value={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      <div class={beside < 0 ? "panes" : "panes two"}>
        {[at, beside].filter((which) => which >= 0).map((which) => (
          <Pane key={which} data={data} document={document} answer={answers[which]!} name={data.extractors[which]!.name} layer={drawn} route={route} isFirst={which === at} id={index.ids[number]!} at={place} />
        ))}
      </div>
    </>
  );
}

function hasGold(document: DocumentData, layer: string): boolean {
  const found = document.gold[layer as keyof DocumentData["gold"]];
  return Array.isArray(found) && found.length > 0;
}

function Pane(props: {
  data: Overview;
  document: DocumentData;
  answer: AnswerData;
  name: string;
  layer: string;
  route: Route;
  isFirst: boolean;
  id: string;
  at: [number, number] | undefined;
}) {
  const { data, document, answer, name, layer, route, isFirst } = props;
  const names = data.layers.map((one) => one.name);
  const all = useMemo(() => marks(layer, names, data.classes, document, answer), [layer, document, answer]);
  const isAt = (ranges: [number, number][]) => props.at && ranges.length > 0 && ranges[0]![0] === props.at[0] && ranges.at(-1)![1] === props.at[1];
  const selected = route.query.get("error") ?? all.find((one) => isAt(one.gold) || isAt(one.predicted))?.key ?? null;
  const select = (key: string | null) => replace(withQuery(route, { error: key }));
  const errors = all.filter((mark) => mark.class !== "correct");
  const isBare = route.query.get("show") === "errors";
  const step = (by: number) => {
    if (errors.length === 0) return;
    const at = errors.findIndex((mark) => mark.key === selected);
    const to = at < 0 ? (by > 0 ? 0 : errors.length - 1) : (at + by + errors.length) % errors.length;
    select(errors[to]!.key);
  };
  useKeys(isFirst ? { n: () => step(1), p: () => step(-1), Escape: () => select(null) } : {});
  const others = answer.items.filter((item) => {
    const of = names[item[0]]!;
    return of !== layer && !of.startsWith("records.") && of !== "relations" && !isSpanLayer(of);
  });
  const hit = answer.items.find((item) => itemKey(names[item[0]]!, item[2], item[3]) === selected);
  const lit: [number, number][] = props.at ? [props.at] : [];
  for (const side of hit && names[hit[0]] !== layer ? [hit[2], hit[3]] : []) {
    if (side && side[0] !== null && side[1] !== null) lit.push([side[0], side[1]]);
  }
  const mark = all.find((one) => one.key === selected);
  const labels = [...new Set([...(document.gold.entities ?? []), ...(answer.predicted.entities ?? [])].map((entity) => entity.label))].sort();
  const relations = relationsOf(document, answer, names, data.classes);
  return (
    <div class="pane">
      <h2>
        {name}{" "}
        <span class="hint">
          {Object.entries(answer.figures).filter(([metric]) => data.layers.some((one) => one.headline === metric)).map(([metric, value]) => `${metric} ${figure(value)}`).join(", ")}
        </span>
      </h2>
      {answer.status !== "ok" && (
        <p class="failed" role="alert">
          {answer.status.replace("_", " ")}: {answer.message}
        </p>
      )}
      {errors.length > 0 && (
        <p class="steps">
          <button type="button" onClick={() => step(-1)}>‹ previous error</button> <button type="button" onClick={() => step(1)}>next error ›</button>{" "}
          <span class="hint">{errors.length} in this layer</span>{" "}
          <label class="choice">
            <input type="checkbox" checked={isBare} onChange={(event) => replace(withQuery(route, { show: event.currentTarget.checked ? "errors" : null }))} /> errors only
          </label>
        </p>
      )}
      {document.text === null ? (
        <Empty>{data.confidential ? "The text of this document is confidential." : "The text of this document is not known."}</Empty>
      ) : (
        <div class={layer === "entities" && relations.length > 0 ? "drawing related" : "drawing"}>
          <MarkedText text={document.text} marks={isBare ? errors : all} selected={selected} lit={lit} name={`text of ${props.id} with the items of ${name}`} onSelect={(one: Mark) => select(one.key === selected ? null : one.key)} />
          {layer === "entities" && relations.length > 0 && <Arcs relations={relations} />}
        </div>
      )}
      {mark && <Card mark={mark} all={all} predicted={answer.predicted} document={document} id={props.id} route={route} extractor={name} onClose={() => select(null)} />}
      {isFirst && document.text !== null && <Selection id={props.id} document={document} labels={labels} />}
      <Legend />
      {relations.length > 0 && (
        <details class="items" open={relations.length <= 30}>
          <summary>{relations.length} relations</summary>
          <Items items={answer.items.filter((item) => names[item[0]] === "relations")} names={names} data={data} selected={selected} onSelect={select} />
        </details>
      )}
      <Records id={props.id} document={document} answer={answer} names={names} classes={data.classes} selected={selected} onSelect={select} />
      {others.length > 0 && (
        <details class="items" open={all.length === 0}>
          <summary>{others.length} items of other layers</summary>
          <Items items={others} names={names} data={data} selected={selected} onSelect={select} />
        </details>
      )}
    </div>
  );
}

function Items(props: { items: AnswerData["items"]; names: string[]; data: Overview; selected: string | null; onSelect: (key: string | null) => void }) {
  return (
    <ItemTable label="items" columns={["layer", "outcome", "gold", "predicted"]} all={props.items.length}>
      <tbody>
        {props.items.slice(0, MOST_ROWS).map((item) => {
            const key = itemKey(props.names[item[0]]!, item[2], item[3]);
            const show = (side: AnswerData["items"][number][2]) => (side ? `${side[2] ? `${side[2]}: ` : ""}${side[3]}` : "");
            return (
              <tr class={key === props.selected ? "selected" : ""}>
                <td>
                  <button type="button" class="link" onClick={() => props.onSelect(key === props.selected ? null : key)}>{props.names[item[0]]}</button>
                </td>
                <td>
                  <Class name={props.data.classes[item[1]]!} />
                </td>
                <td>{show(item[2])}</td>
                <td>
                  {show(item[3])}
                  {item[4] && <div class="evidence">{item[4]}</div>}
                </td>
              </tr>
            );
          })}
      </tbody>
    </ItemTable>
  );
}

function Legend() {
  return (
    <p class="legend-line">
      Lines above the text are {passes ? `of ${passes.a}` : "gold"}, lines below are {passes ? `of ${passes.b}` : "predicted"}. {["correct", "missed", "spurious", "misbounded", "mislabelled"].map((name) => (
        <>
          <Class name={name} />{" "}
        </>
      ))}
    </p>
  );
}
