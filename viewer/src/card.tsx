// The card of a mark: both sides, offsets, outcome, and the golden file's line.
import type { DocumentData, Side } from "./data";
import { Actions } from "./edits";
import { AdjudicateLink } from "./adjudicate";
import { sideNames } from "./live";
import type { Mark } from "./marks";
import { Class, Place } from "./parts";
import { href, type Route } from "./route";

export function Card(props: { mark: Mark; document: DocumentData; id: string; route: Route; extractor: string; onClose: () => void }) {
  const { mark, document } = props;
  const [, , gold, predicted, evidence, detail, line] = mark.item;
  return (
    <section class="card" aria-label="the selected item" aria-live="polite">
      <p>
        <Class name={mark.class} /> {detail && detail !== mark.class && <span class="hint">({detail.replaceAll("_", " ")})</span>}
        <button type="button" class="close" aria-label="close" onClick={props.onClose}>×</button>
      </p>
      <dl>
        <SideOf name={sideNames.gold} side={gold} ranges={mark.gold} />
        <SideOf name={sideNames.predicted} side={predicted} ranges={mark.predicted} confidence={undefined} />
        {evidence && (
          <>
            <dt>evidence</dt>
            <dd>{evidence}</dd>
          </>
        )}
        {document.file && gold && (
          <>
            <dt>golden file</dt>
            <dd>
              <Place document={document} line={line} />
            </dd>
          </>
        )}
      </dl>
      <Actions key={mark.key} mark={mark} id={props.id} document={document} />
      <AdjudicateLink mark={mark} id={props.id} />
      <p>
        <a href={href("errors", "", { extractor: props.extractor, layer: mark.layer, text: (gold ?? predicted)![3].slice(0, 100) })}>Other errors with this text</a>
      </p>
    </section>
  );
}

function SideOf(props: { name: string; side: Side | null; ranges: [number, number][]; confidence?: number }) {
  if (!props.side) return (
    <>
      <dt>{props.name}</dt>
      <dd>nothing</dd>
    </>
  );
  const [, , label, text] = props.side;
  return (
    <>
      <dt>{props.name}</dt>
      <dd>
        {label && <b class="label">{label} </b>}
        {text.slice(0, 2000)} <span class="hint">{props.ranges.map(([from, to]) => `${from}..${to}`).join(", ")}</span>
      </dd>
    </>
  );
}
