// Summaries: source, references and candidate side by side, with what they share.
import { useMemo, useState } from "preact/hooks";
import { answerData, documentData, type AnswerData, type DocumentData, type FactRow, type Index, type Overview } from "../data";
import { useLoaded } from "../async";
import { figure, short } from "../format";
import { KeyPointForm, ReferenceForm, VerdictForm } from "../edits";
import { live } from "../live";
import { useKeys } from "../keys";
import { List } from "../list";
import { CodePoints } from "../marks";
import { Class, Empty, ExtractorChoice, Failed, filling } from "../parts";
import { partners, sentenceIn, sharedRuns, type Range } from "../overlap";
import { href, replace, withQuery, type Route } from "../route";

export function SummariesPage({ data, index, route }: { data: Overview; index: Index; route: Route }) {
  const at = filling(data, route.query, "summaries");
  const rows = useMemo(() => index.ids.map((_, number) => number), [index]);
  const number = route.rest ? index.ids.indexOf(route.rest) : -1;
  const shown = number < 0 ? 0 : number;
  const headline = data.layers.find((layer) => layer.name === "summaries")?.headline;
  const go = (to: number) => replace(href("summaries", index.ids[Math.max(0, Math.min(rows.length - 1, to))]!, Object.fromEntries(route.query)));
  useKeys({
    j: () => go(shown + 1),
    k: () => go(shown - 1),
    ...Object.fromEntries(data.extractors.slice(0, 9).map((extractor, which) => [String(which + 1), () => replace(withQuery(route, { extractor: extractor.name }))])),
  });
  if (index.ids.length === 0) return <Empty>{data.unlisted ?? "There is no document in this report."}</Empty>;
  if (!data.extractors[at] || !headline) return <Empty>No summaries were scored.</Empty>;
  const values = index.values[at]?.summaries;
  return (
    <div class={`page split${number < 0 ? "" : " chosen"}`}>
      <aside class="side">
        <div class="filters">
          <ExtractorChoice extractors={data.extractors.filter((one) => "summaries" in one.headlines)} value={data.extractors[at]!.name} onChange={(name) => replace(withQuery(route, { extractor: name }))} />
        </div>
        <List
          id="summaries"
          label="documents"
          count={rows.length}
          height={34}
          selected={number}
          row={(row) => (
            <a class={`document${row === shown ? " selected" : ""}`} aria-current={row === shown ? "true" : undefined} href={href("summaries", index.ids[row]!, Object.fromEntries(route.query))}>
              <span class="id">{short(index.ids[row]!, 60)}</span>
              <span class="times">{index.statuses[at]?.[row] ?? figure(values?.[row])}</span>
            </a>
          )}
        />
      </aside>
      <section class="main" aria-label="summary">
        <SummaryView key={`${shown} ${at}`} data={data} index={index} number={shown} extractor={at} />
      </section>
    </div>
  );
}

function SummaryView({ data, index, number, extractor }: { data: Overview; index: Index; number: number; extractor: number }) {
  const loaded = useLoaded(async () => ({ document: await documentData(index, number), answer: await answerData(index, extractor, number) }), [number, extractor]);
  const [reference, setReference] = useState(0);
  const [light, setLight] = useState<Light | null>(null);
  if (loaded.error) return <Failed message={loaded.error} />;
  if (!loaded.value) return <p class="hint" role="status">Reading the document…</p>;
  const { document, answer } = loaded.value;
  const references = document.gold.summaries ?? [];
  const candidate = answer.predicted.summaries?.[0];
  const against = references[Math.min(reference, references.length - 1)];
  const points = { candidate: new CodePoints(candidate ?? ""), source: new CodePoints(document.text ?? "") };
  const taken = answer.facts.filter((fact) => fact[5] !== null && fact[6] !== null);
  const placeOf = (fact: FactRow): Range => [points.candidate.toUnits(fact[3]), points.candidate.toUnits(fact[4])];
  const sourceOf = (fact: FactRow): Range => [points.source.toUnits(fact[5]!), points.source.toUnits(fact[6]!)];
  const ofCandidate: Part[] = candidate === undefined ? [] : [
    ...(against === undefined ? [] : sharedRuns(candidate, against)).map((range): Part => ({ range, name: "shared", light: { candidate: [range], reference: partners(candidate, range, against!) } })),
    ...answer.facts.filter((fact) => fact[1]).map((fact): Part => ({ range: placeOf(fact), name: "invented" })),
    ...taken.map((fact): Part => ({ range: placeOf(fact), name: "fact", light: { candidate: [placeOf(fact)], source: [sourceOf(fact)] } })),
  ];
  const ofReference: Part[] = candidate === undefined || against === undefined ? [] : sharedRuns(against, candidate).map((range) => ({ range, name: "shared", light: { reference: [range], candidate: partners(against, range, candidate) } }));
  const ofSource: Part[] = taken.map((fact) => ({ range: sourceOf(fact), name: "taken", light: { source: [sourceOf(fact)], candidate: [placeOf(fact)] } }));
  return (
    <>
      <h1 class="id">{short(index.ids[number]!, 120)}</h1>
      <p class="strip">
        {Object.entries(answer.figures).filter(([metric]) => metric.startsWith("summary.")).map(([metric, value]) => (
          <span>
            <code>{metric.slice("summary.".length)}</code> {figure(value)}
          </span>
        ))}
      </p>
      {answer.status !== "ok" && <p class="failed" role="alert">{answer.status.replace("_", " ")}: {answer.message}</p>}
      <div class="panes three">
        <div class="pane">
          <h2>{data.extractors[extractor]!.name}</h2>
          {candidate ? <Runs text={candidate} parts={ofCandidate} lit={light?.candidate} onLight={setLight} /> : <Empty>{data.confidential ? "The summary is confidential." : "There is no summary."}</Empty>}
          <p class="hint"><mark class="shared">Underlined</mark>: runs of two words and more that the reference shares. {answer.facts.length > 0 && <><mark class="invented">Boxed</mark>: not in the source.</>} Point at a mark to see where its words stand in the other texts.</p>
          <Facts facts={answer.facts} />
        </div>
        <div class="pane">
          <h2>
            {references.length > 1 ? (
              <label class="choice">
                reference{" "}
                <select value={String(reference)} onChange={(event) => setReference(Number(event.currentTarget.value))}>
                  {references.map((_, at) => (
                    <option value={String(at)}>{at + 1} of {references.length}</option>
                  ))}
                </select>
              </label>
            ) : (
              "reference"
            )}
          </h2>
          {against ? <Runs text={against} parts={ofReference} lit={light?.reference} onLight={setLight} /> : <Empty>There is no reference.</Empty>}
          {against !== undefined && <ReferenceForm key={reference} id={index.ids[number]!} document={document} index={Math.min(reference, references.length - 1)} text={against} />}
          <KeyPoints data={data} document={document} answer={answer} candidate={candidate} id={index.ids[number]!} extractor={data.extractors[extractor]!.name} onLight={setLight} />
        </div>
        <div class="pane">
          <h2>source</h2>
          {document.text === null ? <Empty>The text is not in this file.</Empty> : <Runs text={document.text} parts={ofSource} lit={light?.source} onLight={setLight} />}
        </div>
      </div>
    </>
  );
}

/** What is lit when one points at a part: ranges of UTF-16 units of each text. */
interface Light {
  candidate?: Range[];
  reference?: Range[];
  source?: Range[];
}

/** A marked range of a text. */
interface Part {
  range: Range;
  name: string;
  light?: Light;
}

function KeyPoints(props: { data: Overview; document: DocumentData; answer: AnswerData; candidate: string | undefined; id: string; extractor: string; onLight: (light: Light | null) => void }) {
  const { data, document, answer, candidate, id, extractor, onLight } = props;
  const items = answer.items.filter((item) => data.layers[item[0]]!.name === "key_points");
  if (items.length === 0) return null;
  const golden = document.gold.key_points ?? [];
  const given = live?.verdicts?.[extractor]?.[id] ?? {};
  const names = golden.map((point, at) => point.id ?? `#${at + 1}`);
  const judged = names.filter((name) => given[name] !== undefined);
  const places = items.map(([, , gold]) => golden.findIndex((point) => point.text === gold?.[3] && (!point.id || !gold[2] || point.id === gold[2])));
  const own = (at: number) => { const item = items[places.indexOf(at)]; return item ? VERDICT_OF_CLASS[data.classes[item[1]]!] : undefined; };
  const agreeing = judged.filter((name) => given[name] === own(names.indexOf(name)));
  return (
    <>
      <h3>Key points</h3>
      {live?.notices?.map((notice) => <p class="failed">{notice}</p>)}
      {judged.length > 0 && <p class="hint">Your verdicts agree on {agreeing.length} of {judged.length}.</p>}
      <ul class="points">
        {items.map(([, kind, gold, , evidence, ground], item) => {
          const at = places[item]!;
          const lit = evidence && candidate ? sentenceIn(candidate, evidence) : [];
          const light = () => onLight(lit.length > 0 ? { candidate: lit } : null);
          return (
            <li tabIndex={lit.length > 0 ? 0 : undefined} onMouseEnter={light} onFocus={light} onMouseLeave={() => onLight(null)} onBlur={() => onLight(null)}>
              <Class name={data.classes[kind]!} /> <b>{gold?.[2]}</b> {gold?.[3]}
              {evidence && <div class="evidence">“{evidence}” {ground && <span class="hint">({ground})</span>}</div>}
              {at >= 0 && <VerdictForm id={id} extractor={extractor} point={names[at]!} summary={candidate ?? ""} given={given[names[at]!]} />}
              {at >= 0 && <KeyPointForm key={at} id={id} document={document} index={at} text={golden[at]!.text} />}
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** The verdicts that the classes of key points stand for. */
const VERDICT_OF_CLASS: Record<string, string> = { correct: "supported", partial: "partial", missed: "not_supported" };

function Facts({ facts }: { facts: FactRow[] }) {
  const invented = facts.filter((fact) => fact[1]);
  if (facts.length === 0) return null;
  return (
    <p>
      {facts.length} numbers, dates and names; {invented.length} of them not in the source
      {invented.length > 0 && `: ${invented.map((fact) => fact[2]).join(", ")}`}.
    </p>
  );
}

/** A text with its marked parts; pointing at one lights its partners in all texts. */
function Runs(props: { text: string; parts: Part[]; lit: Range[] | undefined; onLight: (light: Light | null) => void }) {
  const { text, parts, onLight } = props;
  const lit = props.lit ?? [];
  const cuts = [...new Set([0, text.length, ...parts.flatMap(({ range }) => range), ...lit.flat()])].sort((a, b) => a - b);
  return (
    <div class="text plain" lang="">
      {cuts.slice(0, -1).map((from, at) => {
        const to = cuts[at + 1]!;
        const covers = ([start, end]: Range) => start <= from && to <= end;
        const here = parts.filter((part) => covers(part.range));
        const names = [...new Set([...here.map((part) => part.name), ...(lit.some(covers) ? ["lit"] : [])])];
        const content = text.slice(from, to);
        if (names.length === 0) return content;
        const light = joined(here.flatMap((part) => part.light ?? []));
        return (
          <mark
            class={names.join(" ")}
            tabIndex={light && here.some((part) => part.light && part.range[0] === from) ? 0 : undefined}
            onMouseEnter={light && (() => onLight(light))}
            onFocus={light && (() => onLight(light))}
            onMouseLeave={light && (() => onLight(null))}
            onBlur={light && (() => onLight(null))}
          >
            {content}
          </mark>
        );
      })}
    </div>
  );
}

function joined(lights: Light[]): Light | undefined {
  if (lights.length === 0) return undefined;
  const all = (name: keyof Light) => lights.flatMap((light) => light[name] ?? []);
  return { candidate: all("candidate"), reference: all("reference"), source: all("source") };
}
