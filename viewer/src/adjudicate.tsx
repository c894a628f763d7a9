// Adjudication, where `karat view --passes` serves the page: the disagreements of two passes one by
// one, with the text around them, and the decision on each.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { answerData, documentData, type DocumentData, type Index } from "./data";
import { useLoaded } from "./async";
import { count, short } from "./format";
import { useKeys } from "./keys";
import { List } from "./list";
import { decide, live, passes, replaceFile, undoDecision, type AdjudicatedDocument, type AdjudicatedState, type Decision, type Disagreement } from "./live";
import { isSpanLayer, type Mark } from "./marks";
import { Failed } from "./parts";
import { href, replace, withQuery, type Route } from "./route";
import { sidesOf, textOf, versions, type Ranges } from "./sides";
import { MarkedText } from "./text";

/** A disagreement in the list of all. */
interface Row {
  id: string;
  item: number;
}

export function AdjudicatePage({ index, route }: { index: Index; route: Route }) {
  // What was decided stays known when another page is shown in between.
  const [documents, setDocuments] = useState(passes!.documents);
  const accept = (state: AdjudicatedState): Record<string, AdjudicatedDocument> => {
    passes!.documents = { ...passes!.documents, [state.id]: state.document };
    passes!.newest = state.newest;
    setDocuments(passes!.documents);
    return passes!.documents;
  };
  const [error, setError] = useState<string | null>(null);
  const all = useMemo(() => Object.entries(documents).flatMap(([id, { items }]) => items.map((_, item): Row => ({ id, item }))), [documents]);
  const isDecided = (row: Row) => documents[row.id]!.items[row.item]!.ruling !== null;
  const layers = useMemo(() => [...new Set(all.map((row) => documents[row.id]!.items[row.item]!.layer))], [all]);
  const layer = route.query.get("layer");
  const isOpenOnly = route.query.get("show") === "open";
  const number = route.query.get("item");
  const at: Row | null = route.rest in documents && number !== null && documents[route.rest]!.items[Number(number)] ? { id: route.rest, item: Number(number) } : null;
  // A reason belongs to the disagreement at which it was typed.
  const [typed, setTyped] = useState<{ row: string; why: string }>({ row: "", why: "" });
  const shown = at ? href("adjudicate", at.id, { item: String(at.item) }) : "";
  const why = typed.row === shown ? typed.why : "";
  const isAt = (row: Row) => row.id === at?.id && row.item === at.item;
  const rows = all.filter((row) => (!layer || documents[row.id]!.items[row.item]!.layer === layer) && (!isOpenOnly || !isDecided(row) || isAt(row)));
  const place = rows.findIndex(isAt);
  const select = (row: Row | undefined) => {
    setError(null);
    if (row) replace(href("adjudicate", row.id, { layer, show: isOpenOnly ? "open" : null, item: String(row.item) }));
  };
  /** The next open disagreement after a place in the list, or before it; the list has no end. */
  const nextOpen = (by: number, known = documents): Row | undefined => {
    const length = rows.length;
    for (let step = 1; step <= length; step += 1) {
      const row = rows[(Math.max(place, by > 0 ? -1 : 0) + by * step + length * 2) % length]!;
      if (known[row.id]!.items[row.item]!.ruling === null && !isAt(row)) return row;
    }
    return undefined;
  };
  useEffect(() => {
    // Once: the way back to the list, on a narrow screen, leads to no disagreement.
    if (!at && rows.length > 0) select(nextOpen(1) ?? rows[0]);
  }, []);
  const failed = (failure: Error) => setError(failure.message);
  // A key that is pressed twice decides once.
  const isBusy = useRef(false);
  const take = (decision: Decision) => {
    const item = at && documents[at.id]!.items[at.item]!;
    if (!at || !item || isBusy.current || passes!.readOnly || !decisions(item).includes(decision)) return;
    isBusy.current = true;
    const decided = decide(at.id, at.item, decision, why, item.ruling?.decision ?? null).finally(() => {
      isBusy.current = false;
    });
    decided.then((state) => {
      const known = accept(state);
      setTyped((now) => (now.row === shown ? { row: "", why: "" } : now));
      const next = nextOpen(1, known);
      if (next) select(next);
      else setError(null);
    }, failed);
  };
  const back = () => {
    const { newest } = passes!;
    if (!newest || isBusy.current || passes!.readOnly) return;
    isBusy.current = true;
    const undone = undoDecision(newest).finally(() => {
      isBusy.current = false;
    });
    undone.then((state) => {
      accept(state);
      select({ id: state.id, item: state.item! });
    }, failed);
  };
  const overwrite = (id: string) => {
    replaceFile(id, documents[id]!.existing!).then((state) => {
      accept(state);
      setError(null);
    }, failed);
  };
  const reason = useRef<HTMLInputElement>(null);
  useKeys({
    j: () => select(rows[Math.min(rows.length - 1, place + 1)]),
    k: () => select(rows[Math.max(0, place - 1)]),
    n: () => select(nextOpen(1)),
    p: () => select(nextOpen(-1)),
    a: () => take("a"),
    b: () => take("b"),
    m: () => take("both"),
    x: () => take("neither"),
    w: () => reason.current?.focus(),
    u: back,
  });
  const decided = all.filter(isDecided).length;
  const states = Object.values(documents);
  const written = states.filter((one) => one.state === "written").length;
  return (
    <div class={`page split${at ? " chosen" : ""}`}>
      <aside class="side">
        <div class="filters">
          <p class="progress" role="status">
            <b>
              {decided} of {all.length} decided
            </b>
            ; {written} of {count(states.length, "file")} written
          </p>
          {layers.length > 1 && (
            <label class="choice">
              layer{" "}
              <select value={layer ?? ""} onChange={(event) => replace(withQuery(route, { layer: event.currentTarget.value || null }))}>
                <option value="">any</option>
                {layers.map((name) => (
                  <option value={name}>{name}</option>
                ))}
              </select>
            </label>
          )}
          <label class="choice">
            <input type="checkbox" checked={isOpenOnly} onChange={(event) => replace(withQuery(route, { show: event.currentTarget.checked ? "open" : null }))} /> open only
          </label>
        </div>
        <List
          id="disagreements"
          label="disagreements"
          count={rows.length}
          height={70}
          selected={place}
          row={(number) => {
            const row = rows[number]!;
            const item = documents[row.id]!.items[row.item]!;
            return (
              <a class={`disagreement${number === place ? " selected" : ""}`} aria-current={number === place ? "true" : undefined} href={href("adjudicate", row.id, { layer, show: isOpenOnly ? "open" : null, item: String(row.item) })}>
                <span class="ruled">{item.ruling ? `✓ ${short(wordOf(item.ruling.decision), 12)}` : "–"}</span> <span class="layer">{item.layer}</span>
                <span class="where"> {short(row.id, 40)}</span>
                {versions(item).map((version, side) => (
                  <span class="version">
                    <span class="hint">{side === 0 ? passes!.a : passes!.b}</span> {short(version, 60)}
                  </span>
                ))}
              </a>
            );
          }}
        />
      </aside>
      <section class="main decides" aria-label="disagreement">
        {all.length === 0 && <p class="empty">The passes agree on everything.</p>}
        {at && (
          <div class="deciding">
            <h1 class="id">
              <a class="back" href={href("adjudicate", "", { layer })}>‹ all</a> {short(at.id, 120)}
            </h1>
            <Standing id={at.id} document={documents[at.id]!} onReplace={overwrite} />
            <Choice item={documents[at.id]!.items[at.item]!} onTake={take} why={why} onWhy={(why) => setTyped({ row: shown, why })} reason={reason} canUndo={passes!.newest !== null} onUndo={back} error={error} />
            {decided === all.length && <p class="done" role="status">Every disagreement is decided.</p>}
            <Around index={index} id={at.id} state={documents[at.id]!} item={at.item} onSelect={(item) => select({ id: at.id, item })} />
          </div>
        )}
      </section>
    </div>
  );
}

/** The decisions that a disagreement permits: if one pass has nothing, it is taken or left out. */
function decisions(item: Disagreement): Decision[] {
  return item.a !== null && item.b !== null ? ["a", "b", "both", "neither"] : ["a", "b"];
}

function wordOf(decision: Decision): string {
  return { a: passes!.a, b: passes!.b, both: "both", neither: "neither" }[decision];
}

/** How far a document is, and where its file stands. */
function Standing({ id, document, onReplace }: { id: string; document: AdjudicatedDocument; onReplace: (id: string) => void }) {
  const decided = document.items.filter((item) => item.ruling !== null).length;
  const file = <code>{document.file}</code>;
  return (
    <>
      <p class="hint">
        {decided} of {document.items.length} decided here.{" "}
        {document.state === "written" && <>Written to {file}.</>}
        {document.state === "unwritten" && (passes!.readOnly ? <>All is decided; {file} is not written with --read-only.</> : <>All is decided; {file} is not written yet.</>)}
        {document.state === "open" && document.wasWritten && <>{file} has earlier decisions; it is written again when all disagreements are decided.</>}
        {document.dropped > 0 && ` Left out, since they lead to what was not taken: ${count(document.dropped, "relation or argument")}.`}
      </p>
      {document.state === "exists" && (
        <p class="failed" role="alert">
          {file} exists, and this adjudication did not write it. Start again with --out FOLDER to write elsewhere
          {passes!.readOnly ? "." : (
            <>
              , or <button type="button" onClick={() => onReplace(id)}>Replace the file that is there</button>
            </>
          )}
        </p>
      )}
      {document.state === "another" && (
        <p class="failed" role="alert">
          <code>{document.existing}</code> has the golden labels of this document already: start again with --out FOLDER to write elsewhere.
        </p>
      )}
    </>
  );
}

/** Both versions side by side, and the decision. */
function Choice(props: {
  item: Disagreement;
  onTake: (decision: Decision) => void;
  why: string;
  onWhy: (why: string) => void;
  reason: { current: HTMLInputElement | null };
  canUndo: boolean;
  onUndo: () => void;
  error: string | null;
}) {
  const { item, onTake } = props;
  const names = { a: passes!.a, b: passes!.b };
  const words: Record<Decision, string> =
    item.a !== null && item.b !== null
      ? { a: `Keep ${names.a}`, b: `Take ${names.b}`, both: "Both", neither: "Neither" }
      : item.a !== null
        ? { a: `Keep ${names.a}`, b: `Leave it out, as ${names.b}`, both: "", neither: "" }
        : { a: `Leave it out, as ${names.a}`, b: `Take ${names.b}`, both: "", neither: "" };
  const keys: Record<Decision, string> = { a: "a", b: "b", both: "m", neither: "x" };
  const [a, b] = sidesOf(item);
  return (
    <section class="card adjudicated" aria-label="the selected disagreement" aria-live="polite">
      <p>
        <b>{item.layer}</b> <span class="hint">{item.a === null ? `${names.b} only` : item.b === null ? `${names.a} only` : `${names.a} and ${names.b} differ`}</span>
        {item.ruling && (
          <>
            {" "}
            <b class="ruled">✓ {wordOf(item.ruling.decision)}</b> {item.ruling.why && <span class="hint">{item.ruling.why}</span>}
          </>
        )}
      </p>
      <div class="two-sides">
        <div class={item.a === null ? "side-of absent" : "side-of"}>
          <h2>{names.a} <span class="hint">above the text</span></h2>
          {a}
        </div>
        <div class={item.b === null ? "side-of absent" : "side-of"}>
          <h2>{names.b} <span class="hint">below the text</span></h2>
          {b}
        </div>
      </div>
      {!passes!.readOnly && (
        <fieldset class="actions">
          <legend>Decide</legend>
          {decisions(item).map((decision) => (
            <button type="button" aria-pressed={item.ruling?.decision === decision} onClick={() => onTake(decision)}>
              {words[decision]} <kbd>{keys[decision]}</kbd>
            </button>
          ))}
          <label class="choice">
            why <kbd>w</kbd> <input ref={props.reason} value={props.why} onInput={(event) => props.onWhy(event.currentTarget.value)} />
          </label>
          {props.canUndo && <button type="button" onClick={props.onUndo}>Undo the last decision <kbd>u</kbd></button>}
        </fieldset>
      )}
      {props.error && <p class="failed" role="alert">{props.error}</p>}
    </section>
  );
}

/** The text of the document with the disagreements of one layer, and what both passes have. */
function Around(props: { index: Index; id: string; state: AdjudicatedDocument; item: number; onSelect: (item: number) => void }) {
  const { index, id, state, item } = props;
  const number = index.ids.indexOf(id);
  const loaded = useLoaded(async () => {
    if (number < 0) return null;
    return { id, document: await documentData(index, number), predicted: (await answerData(index, 0, number)).predicted };
  }, [id]);
  const layer = state.items[item]!.layer;
  const drawn = isSpanLayer(layer) || layer === "ignore" ? layer : "entities";
  const all = useMemo(() => (loaded.value?.id === id ? marksOf(drawn, state.items, loaded.value.document) : []), [loaded.value, id, drawn, state.items]);
  if (loaded.error) return <Failed message={loaded.error} />;
  if (!loaded.value || loaded.value.id !== id) return loaded.value === null ? null : <p class="hint" role="status">Reading the document…</p>;
  const { document, predicted } = loaded.value;
  if (document.text === null) return <p class="empty">The text of this document is not known.</p>;
  const lit = [state.items[item]!.a, state.items[item]!.b].flatMap((side, which) => textOf(side, which === 0 ? document.gold : predicted));
  return (
    <div class="around" tabIndex={0} role="region" aria-label="the text">
      <MarkedText
        text={document.text}
        marks={all}
        selected={`item-${item}`}
        lit={lit}
        name={`text of ${id} with the ${drawn} of both passes`}
        onSelect={(mark: Mark) => mark.key.startsWith("item-") && props.onSelect(Number(mark.key.slice(5)))}
      />
      <p class="legend-line">
        Lines above the text are of {passes!.a}, lines below of {passes!.b}; both have what is marked as correct.
      </p>
    </div>
  );
}

/** The marks of a layer: its disagreements, and of entities those that are agreed, too. */
function marksOf(layer: string, items: Disagreement[], document: DocumentData): Mark[] {
  const found: Mark[] = [];
  const differing = new Set<string>();
  items.forEach((item, number) => {
    if (item.layer !== layer) return;
    if (item.a !== null) differing.add(keyOf(item.a as Ranges));
    const [gold, predicted] = [item.a, item.b].map((side) => (side === null ? [] : partsOf(side as Ranges)));
    if (gold!.length + predicted!.length === 0) return;
    found.push({ key: `item-${number}`, class: classOf(item), layer, item: rowOf(item), gold: gold!, predicted: predicted! });
  });
  if (layer === "entities") {
    for (const entity of document.gold.entities ?? []) {
      if (entity.start === undefined || differing.has(keyOf(entity))) continue;
      const parts = partsOf(entity);
      const side: [number, number, string, string] = [entity.start, entity.end!, entity.label, ""];
      found.push({ key: `agreed-${keyOf(entity)}`, class: "correct", layer, item: [0, 0, side, side, null, null, null], gold: parts, predicted: parts });
    }
  }
  return found.sort((a, b) => startOf(a) - startOf(b));
}

function startOf(mark: Mark): number {
  return Math.min(...[...mark.gold, ...mark.predicted].map(([from]) => from));
}

function keyOf(side: Ranges): string {
  return `${side.start}-${side.end}-${side.label ?? ""}-${JSON.stringify(side.fragments ?? [])}-${side.optional ?? false}`;
}

function partsOf(side: Ranges): [number, number][] {
  if (side.mentions) return side.mentions.map((mention) => [mention.start, mention.end]);
  if (side.trigger) return [[side.trigger.start, side.trigger.end]];
  if (side.fragments?.length) return side.fragments;
  return side.start === undefined || side.end === undefined ? [] : [[side.start, side.end]];
}

function classOf({ a, b }: Disagreement): string {
  if (a === null || b === null) return a === null ? "spurious" : "missed";
  const [one, other] = [a as Ranges, b as Ranges];
  const isBounds = JSON.stringify(partsOf(one)) !== JSON.stringify(partsOf(other));
  const isLabel = one.label !== other.label;
  return isBounds && isLabel ? "mislabelled_misbounded" : isBounds ? "misbounded" : isLabel ? "mislabelled" : "wrong_value";
}

function rowOf({ a, b }: Disagreement): Mark["item"] {
  const side = (of: unknown): Mark["item"][2] => {
    if (of === null) return null;
    const { start, end, label } = of as Ranges;
    return [start ?? null, end ?? null, label ?? "", ""];
  };
  return [0, 0, side(a), side(b), null, null, null];
}

/** A link from another page to the disagreement that a mark shows, if it is one. */
export function AdjudicateLink({ mark, id }: { mark: Mark; id: string }) {
  if (!live || !passes) return null;
  const items = passes.documents[id]?.items ?? [];
  const is = (side: unknown, of: Mark["item"][2]) => {
    const found = side as Ranges | null;
    return found === null ? of === null : of !== null && found.start === of[0] && found.end === of[1] && (found.label ?? "") === of[2];
  };
  const at = items.findIndex((item) => item.layer === mark.layer && (is(item.a, mark.item[2]) || is(item.b, mark.item[3])) && mark.class !== "correct");
  return at < 0 ? null : <p><a href={href("adjudicate", id, { item: String(at) })}>Decide this disagreement</a></p>;
}
