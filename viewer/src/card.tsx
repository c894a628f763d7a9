// The card of a mark: both sides, offsets, outcome, and the golden file's line.
import type { Annotations, DocumentData, Side } from "./data";
import { Actions } from "./edits";
import { figure, frequencies } from "./format";
import { AdjudicateLink } from "./adjudicate";
import { sideNames } from "./live";
import type { Mark } from "./marks";
import { Class, Place } from "./parts";
import { href, type Route } from "./route";

export function Card(props: { mark: Mark; all: Mark[]; document: DocumentData; predicted: Annotations; id: string; route: Route; extractor: string; onClose: () => void }) {
  const { mark, document } = props;
  const [, , gold, predicted, evidence, detail, line] = mark.item;
  const surface = textOf(mark);
  const alike = frequencies(props.all.filter((other) => other !== mark && textOf(other).toLowerCase() === surface.toLowerCase()).map((other) => other.class));
  return (
    <section class="card" aria-label="the selected item" aria-live="polite">
      <p>
        <Class name={mark.class} /> {detail && detail !== mark.class && <span class="hint">({detail.replaceAll("_", " ")})</span>}
        <button type="button" class="close" aria-label="close" onClick={props.onClose}>×</button>
      </p>
      <dl>
        <SideOf name={sideNames.gold} side={gold} ranges={mark.gold} />
        <SideOf name={sideNames.predicted} side={predicted} ranges={mark.predicted} confidence={confidenceOf(mark, props.predicted)} />
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
        <a href={href("errors", "", { extractor: props.extractor, layer: mark.layer, text: surface.slice(0, 100) })}>Other errors with this text</a>
        {alike.length > 0 && (
          <>
            ; in this document:{" "}
            {alike.map(([name, times]) => (
              <>
                {times} <Class name={name} />{" "}
              </>
            ))}
          </>
        )}
      </p>
    </section>
  );
}

function textOf(mark: Mark): string {
  return (mark.item[2] ?? mark.item[3])![3];
}

/** The confidence that the extractor gave to a predicted entity, if it gave one. */
function confidenceOf(mark: Mark, predicted: Annotations): number | undefined {
  const side = mark.item[3];
  if (mark.layer !== "entities" || !side) return undefined;
  return predicted.entities?.find((entity) => entity.start === side[0] && entity.end === side[1] && entity.label === side[2])?.confidence;
}

function SideOf(props: { name: string; side: Side | null; ranges: [number, number][]; confidence?: number | undefined }) {
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
        {props.confidence !== undefined && <span class="hint">, confidence {figure(props.confidence)}</span>}
      </dd>
    </>
  );
}
