// Corrections of golden files, where `karat view` serves the page.
import { useEffect, useState } from "preact/hooks";
import type { AnswerData, DocumentData, ItemRow } from "./data";
import { figure } from "./format";
import { useKeys } from "./keys";
import { Json, change, giveVerdict, live, undo, type Change, type Of } from "./live";
import { CodePoints, type Mark } from "./marks";
import { keepsNumbers, newPlace, placesOf } from "./values";

/** The actions on a mark: what the golden file can be made to say instead. */
export function Actions(props: { mark: Mark; id: string; document: DocumentData }) {
  const { mark, id, document } = props;
  const [why, setWhy] = useState("");
  const [label, setLabel] = useState(mark.item[2]?.[2] ?? mark.item[3]?.[2] ?? "");
  const [error, setError] = useState<string | null>(null);
  const ask = (what: Change) => change(id, document.file, what, why).catch((failure: Error) => setError(failure.message));
  const [gold, predicted] = [mark.item[2], mark.item[3]].map((side): Of | null =>
    side && side[0] !== null && side[1] !== null ? { start: side[0], end: side[1], label: side[2] } : null,
  );
  const accept = () => {
    if (gold && predicted) {
      const isSpan = gold.start !== predicted.start || gold.end !== predicted.end;
      if (isSpan && gold.label !== predicted.label) setError("Label and boundaries differ: change one after the other.");
      else if (isSpan) ask({ kind: "set_span", of: gold, start: predicted.start, end: predicted.end });
      else if (gold.label !== predicted.label) ask({ kind: "set_label", of: gold, label: predicted.label });
    } else if (predicted) ask({ kind: "add_entity", ...predicted });
    else if (gold) ask({ kind: "delete", of: gold });
  };
  const move = (by: [number, number]) => gold && ask({ kind: "set_span", of: gold, start: gold.start + by[0], end: gold.end + by[1] });
  const isEntity = mark.layer === "entities";
  const can = live && !live.readOnly && isEntity && !live.refused[id];
  useKeys(
    can
      ? {
          a: accept,
          x: () => gold && ask({ kind: "delete", of: gold }),
          o: () => gold && ask({ kind: "set_optional", of: gold, optional: true }),
          l: () => window.document.getElementById("new-label")?.focus(),
          "[": () => move([-1, 0]),
          "]": () => move([0, 1]),
        }
      : {},
  );
  if (!live || live.readOnly || !isEntity) return null;
  if (live.refused[id]) return <p class="hint">{live.refused[id]}</p>;
  const isSame = gold && predicted && gold.start === predicted.start && gold.end === predicted.end && gold.label === predicted.label;
  return (
    <fieldset class="actions">
      <legend>Correct the golden file</legend>
      {!isSame && predicted && <button type="button" onClick={accept}>Accept the prediction <kbd>a</kbd></button>}
      {gold && predicted && !isSame && (
        <button type="button" onClick={() => ask({ kind: "add_alternative", of: gold, start: predicted.start, end: predicted.end, label: predicted.label })}>Add it as an alternative</button>
      )}
      {gold && <button type="button" onClick={() => ask({ kind: "delete", of: gold })}>Delete the label <kbd>x</kbd></button>}
      {gold && <button type="button" onClick={() => ask({ kind: "set_optional", of: gold, optional: true })}>Mark as optional <kbd>o</kbd></button>}
      {gold && (
        <>
          <button type="button" onClick={() => move([-1, 0])}>Begin one earlier <kbd>[</kbd></button>
          <button type="button" onClick={() => move([1, 0])}>Begin one later</button>
          <button type="button" onClick={() => move([0, -1])}>End one earlier</button>
          <button type="button" onClick={() => move([0, 1])}>End one later <kbd>]</kbd></button>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              ask({ kind: "set_label", of: gold, label });
            }}
          >
            <label class="choice">
              label <input id="new-label" value={label} onInput={(event) => setLabel(event.currentTarget.value)} />
            </label>{" "}
            <button type="submit">Change <kbd>l</kbd></button>
          </form>
        </>
      )}
      <label class="choice">
        why <input value={why} onInput={(event) => setWhy(event.currentTarget.value)} />
      </label>
      {error && <p class="failed" role="alert">{error}</p>}
    </fieldset>
  );
}

/** A form for the text that is selected in the document. */
export function Selection(props: { id: string; document: DocumentData; labels: string[] }) {
  const { id, document } = props;
  const [range, setRange] = useState<[number, number] | null>(null);
  const [label, setLabel] = useState("");
  const [why, setWhy] = useState("");
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    const selected = () => {
      const found = selectedRange(document.text ?? "");
      if (found) setRange(found);
    };
    window.document.addEventListener("selectionchange", selected);
    return () => window.document.removeEventListener("selectionchange", selected);
  }, [document]);
  if (!live || live.readOnly || live.refused[id] || !range) return null;
  const ask = (what: Change) => change(id, document.file, what, why).catch((failure: Error) => setError(failure.message));
  const [start, end] = range;
  return (
    <fieldset class="actions selection">
      <legend>
        Selected: “{new CodePoints(document.text!).slice(start, end).slice(0, 80)}” <span class="hint">{start}..{end}</span>
      </legend>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask({ kind: "add_entity", start, end, label });
        }}
      >
        <label class="choice">
          label <input list="labels" required value={label} onInput={(event) => setLabel(event.currentTarget.value)} />
        </label>
        <datalist id="labels">
          {props.labels.map((name) => (
            <option value={name} />
          ))}
        </datalist>{" "}
        <button type="submit">Add a golden label</button>{" "}
        <button type="button" onClick={() => ask({ kind: "ignore", start, end })}>Ignore this region</button>{" "}
        <button type="button" onClick={() => setRange(null)}>Cancel</button>
      </form>
      <label class="choice">
        why <input value={why} onInput={(event) => setWhy(event.currentTarget.value)} />
      </label>
      {error && <p class="failed" role="alert">{error}</p>}
    </fieldset>
  );
}

/** The selection within a document's text, in code points; null if it is elsewhere or empty. */
function selectedRange(text: string): [number, number] | null {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const host = (range.commonAncestorContainer instanceof Element ? range.commonAncestorContainer : range.commonAncestorContainer.parentElement)?.closest("[data-text]");
  if (!host) return null;
  const before = window.document.createRange();
  before.selectNodeContents(host);
  before.setEnd(range.startContainer, range.startOffset);
  // The signs of marks are generated content, so the text content is the document's.
  const from = before.cloneContents().textContent!.length;
  const length = range.cloneContents().textContent!.length;
  const points = new CodePoints(text);
  return length > 0 ? [points.fromUnits(from), points.fromUnits(from + length)] : null;
}

/** What was saved, with the figures that it moved, and the way back. */
export function Banner() {
  const [shown, setShown] = useState(live?.saved ?? null);
  const [error, setError] = useState<string | null>(null);
  const back = () => undo().catch((failure: Error) => setError(failure.message));
  useKeys(live && live.undo !== null && !live.readOnly ? { u: back } : {});
  if (!shown) return null;
  return (
    <section class="banner" aria-label="what was saved" role="status">
      <b>{shown.what}</b>{" "}
      {shown.figures === null
        ? "The figures from before are not known."
        : shown.figures.length === 0
        ? "No headline figure moved."
        : shown.figures.map((one) => (
            <span class="moved">
              {one.extractor}: <code>{one.metric}</code> {figure(one.old)} → {figure(one.new)}
            </span>
          ))}{" "}
      {live!.undo !== null && <button type="button" onClick={back}>Undo <kbd>u</kbd></button>} <button type="button" aria-label="close" onClick={() => setShown(null)}>×</button>
      {error && <p class="failed" role="alert">{error}</p>}
    </section>
  );
}

/** A reviewer's verdict on a key point, kept in a file of hand-made verdicts. */
export function VerdictForm(props: { id: string; extractor: string; point: string; summary: string; given: string | undefined }) {
  const [error, setError] = useState<string | null>(null);
  if (!live || live.readOnly || live.refused[props.id]) return null;
  return (
    <p class="actions">
      <label class="choice">
        your verdict{" "}
        <select
          value={props.given ?? ""}
          onChange={(event) => giveVerdict(props.extractor, props.id, props.point, props.summary, event.currentTarget.value || null).catch((failure: Error) => setError(failure.message))}
        >
          <option value="">none</option>
          <option value="supported">supported</option>
          <option value="partial">partial</option>
          <option value="not_supported">not supported</option>
        </select>
      </label>
      {error && <span class="failed" role="alert">{error}</span>}
    </p>
  );
}

/** A form that replaces the text of a golden key point. */
export function KeyPointForm(props: { id: string; document: DocumentData; index: number; text: string }) {
  const ask = (text: string, why: string) => change(props.id, props.document.file, { kind: "set_key_point", index: props.index, text }, why);
  return <TextForm id={props.id} name="key point" text={props.text} rows={3} onSave={ask} />;
}

/** A form that replaces a reference summary. */
export function ReferenceForm(props: { id: string; document: DocumentData; index: number; text: string }) {
  const ask = (text: string, why: string) => change(props.id, props.document.file, { kind: "set_reference", index: props.index, text }, why);
  return <TextForm id={props.id} name="reference" text={props.text} rows={8} onSave={ask} />;
}

/** A button that opens a form for a golden text. */
function TextForm(props: { id: string; name: string; text: string; rows: number; onSave: (text: string, why: string) => Promise<void> }) {
  const { id, name } = props;
  const [text, setText] = useState<string | null>(null);
  const [why, setWhy] = useState("");
  const [error, setError] = useState<string | null>(null);
  if (!live || live.readOnly) return null;
  if (live.refused[id]) return <p class="hint">{live.refused[id]}</p>;
  if (text === null) return <button type="button" onClick={() => setText(props.text)}>Correct this {name}</button>;
  return (
    <form
      class="actions"
      onSubmit={(event) => {
        event.preventDefault();
        props.onSave(text, why).catch((failure: Error) => setError(failure.message));
      }}
    >
      <label class="choice">
        {name}
        <textarea rows={props.rows} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <label class="choice">
        why <input value={why} onInput={(event) => setWhy(event.currentTarget.value)} />
      </label>{" "}
      <button type="submit">Save</button> <button type="button" onClick={() => setText(null)}>Cancel</button>
      {error && <p class="failed" role="alert">{error}</p>}
    </form>
  );
}

/** A form for the golden value of a field. */
export function ValueForm(props: { id: string; document: DocumentData; answer: AnswerData; record: string; item: ItemRow; records: [number | null, number | null] }) {
  const { id, document, answer, record, item } = props;
  const [gold, predicted] = [item[2], item[3]];
  const [index, other] = props.records;
  const field = (gold ?? predicted)![2];
  const own = index === null ? undefined : document.gold.records?.[record]?.[index];
  const theirs = other === null ? undefined : answer.predicted.records?.[record]?.[other];
  const answers = theirs === undefined || !predicted ? [] : placesOf(theirs, field, predicted[3]);
  const places = own === undefined ? [] : gold ? placesOf(own, field, gold[3]) : answers.length === 1 ? newPlace(own, answers[0]!.path) : [];
  // Equal values of one record cannot be told apart, so that one of them is to be chosen.
  const [at, setAt] = useState(places.length === 1 ? 0 : -1);
  const place = places[at];
  const old = places[0]?.value;
  const [isJson, setJson] = useState(old !== undefined && typeof old !== "string");
  const [text, setText] = useState(gold ? gold[3] : "");
  const [why, setWhy] = useState("");
  const [error, setError] = useState<string | null>(null);
  if (!live || live.readOnly) return null;
  if (live.refused[id]) return <p class="hint">{live.refused[id]}</p>;
  if (own === undefined) return <p class="hint">No golden record is beside this one: add it to the golden file by hand.</p>;
  if (places.length === 0) return <p class="hint">This value cannot be corrected here: edit the golden file.</p>;
  const ask = (value: string, json: boolean) => {
    if (!place) {
      setError("The record has this value more than once: choose which.");
      return;
    }
    try {
      const written = new Json(json ? value : JSON.stringify(value));
      change(id, document.file, { kind: "set_value", record, index: index!, path: place.path, value: written }, why).catch((failure: Error) => setError(failure.message));
    } catch {
      setError(`${value} is not JSON: a text needs quotes, or choose "text".`);
    }
  };
  const answered = answers[0] && keepsNumbers(answers[0].value) ? answers[0].value : undefined;
  return (
    <form
      class="actions"
      onSubmit={(event) => {
        event.preventDefault();
        ask(text, isJson);
      }}
    >
      {places.length > 1 && (
        <label class="choice">
          which{" "}
          <select value={String(at)} onChange={(event) => setAt(Number(event.currentTarget.value))}>
            <option value="-1">choose</option>
            {places.map(({ path }, which) => (
              <option value={String(which)}>{path}</option>
            ))}
          </select>
        </label>
      )}
      <label class="choice">
        golden value <input value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <label class="choice">
        as{" "}
        <select value={isJson ? "json" : "text"} onChange={(event) => setJson(event.currentTarget.value === "json")}>
          <option value="text">text</option>
          <option value="json">JSON</option>
        </select>
      </label>
      <label class="choice">
        why <input value={why} onInput={(event) => setWhy(event.currentTarget.value)} />
      </label>{" "}
      <button type="submit">Save</button>{" "}
      {answered !== undefined && <button type="button" onClick={() => (typeof answered === "string" ? ask(answered, false) : ask(typeof answered === "number" ? predicted![3] : JSON.stringify(answered), true))}>Accept the prediction</button>}{" "}
      {gold && <button type="button" onClick={() => ask("null", true)}>Set to null</button>}
      {error && <p class="failed" role="alert">{error}</p>}
    </form>
  );
}
