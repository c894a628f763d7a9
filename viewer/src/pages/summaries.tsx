// Summaries: source, references and candidate side by side, with what they share.
import { useMemo, useState } from "preact/hooks";
import { answerData, documentData, type AnswerData, type DocumentData, type FactRow, type Index, type Overview } from "../data";
import { useLoaded } from "../async";
import { figure, short } from "../format";
import { ReferenceForm } from "../edits";
import { useKeys } from "../keys";
import { List } from "../list";
import { CodePoints } from "../marks";
import { Class, Empty, ExtractorChoice, Failed, filling } from "../parts";
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
  if (loaded.error) return <Failed message={loaded.error} />;
  if (!loaded.value) return <p class="hint" role="status">Reading the document…</p>;
  const { document, answer } = loaded.value;
  const references = document.gold.summaries ?? [];
  const candidate = answer.predicted.summaries?.[0];
  const against = references[Math.min(reference, references.length - 1)];
  const shared = candidate && against ? sharedRuns(candidate, against) : { candidate: [], reference: [] };
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
          {candidate ? <Runs text={candidate} runs={shared.candidate} facts={answer.facts} /> : <Empty>{data.confidential ? "The summary is confidential." : "There is no summary."}</Empty>}
          <p class="hint"><mark class="shared">Underlined</mark>: runs of two words and more that the reference shares. {answer.facts.length > 0 && <><mark class="invented">Boxed</mark>: not in the source.</>}</p>
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
          {against ? <Runs text={against} runs={shared.reference} facts={[]} /> : <Empty>There is no reference.</Empty>}
          {against !== undefined && <ReferenceForm id={index.ids[number]!} document={document} index={Math.min(reference, references.length - 1)} text={against} />}
          <KeyPoints data={data} answer={answer} />
        </div>
        <div class="pane">
          <h2>source</h2>
          {document.text === null ? <Empty>The text is not in this file.</Empty> : <Source document={document} answer={answer} />}
        </div>
      </div>
    </>
  );
}

function KeyPoints({ data, answer }: { data: Overview; answer: AnswerData }) {
  const items = answer.items.filter((item) => data.layers[item[0]]!.name === "key_points");
  if (items.length === 0) return null;
  return (
    <>
      <h3>Key points</h3>
      <ul class="points">
        {items.map(([, kind, gold, , evidence, ground]) => (
          <li>
            <Class name={data.classes[kind]!} /> <b>{gold?.[2]}</b> {gold?.[3]}
            {evidence && <div class="evidence">“{evidence}” {ground && <span class="hint">({ground})</span>}</div>}
          </li>
        ))}
      </ul>
    </>
  );
}

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

/** The source, with the places of the facts that the summary took from it. */
function Source({ document, answer }: { document: DocumentData; answer: AnswerData }) {
  const runs = answer.facts.filter((fact) => fact[5] !== null).map((fact) => [fact[5]!, fact[6]!] as [number, number]);
  return <Runs text={document.text!} runs={[]} facts={[]} points={runs} />;
}

/** A text with runs of UTF-16 units underlined, invented facts boxed and other ranges marked. */
function Runs(props: { text: string; runs: [number, number][]; facts: FactRow[]; points?: [number, number][] }) {
  const points = useMemo(() => new CodePoints(props.text), [props.text]);
  const ranges: { from: number; to: number; name: string }[] = [
    ...props.runs.map(([from, to]) => ({ from, to, name: "shared" })),
    ...props.facts.filter((fact) => fact[1]).map((fact) => ({ from: points.toUnits(fact[3]), to: points.toUnits(fact[4]), name: "invented" })),
    ...(props.points ?? []).map(([from, to]) => ({ from: points.toUnits(from), to: points.toUnits(to), name: "taken" })),
  ];
  const cuts = [...new Set([0, props.text.length, ...ranges.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  return (
    <div class="text plain" lang="">
      {cuts.slice(0, -1).map((from, at) => {
        const to = cuts[at + 1]!;
        const names = [...new Set(ranges.filter((range) => range.from <= from && to <= range.to).map((range) => range.name))];
        const content = props.text.slice(from, to);
        return names.length > 0 ? <mark class={names.join(" ")}>{content}</mark> : content;
      })}
    </div>
  );
}

interface Word {
  word: string;
  from: number;
  to: number;
}

/** The longest runs of at least two words that both texts share, as ranges of UTF-16 units. */
export function sharedRuns(candidate: string, reference: string): { candidate: [number, number][]; reference: [number, number][] } {
  const words = (text: string): Word[] => [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({ word: match[0].toLowerCase(), from: match.index, to: match.index + match[0].length }));
  const [left, right] = [words(candidate), words(reference)];
  return { candidate: runs(left, right), reference: runs(right, left) };
}

function runs(words: Word[], others: Word[]): [number, number][] {
  const pair = (list: Word[], at: number) => `${list[at]!.word} ${list[at + 1]!.word}`;
  const known = new Set<string>();
  for (let at = 0; at + 1 < others.length; at += 1) known.add(pair(others, at));
  const found: [number, number][] = [];
  for (let at = 0; at + 1 < words.length; at += 1) {
    if (!known.has(pair(words, at))) continue;
    const last = found.at(-1);
    if (last && last[1] >= words[at]!.from) last[1] = words[at + 1]!.to;
    else found.push([words[at]!.from, words[at + 1]!.to]);
  }
  return found;
}
