// The first page: what was decided, what failed, and the headline figures.
import { IntervalBar } from "../chart";
import type { Comparison, Extractor, Figure, LayerInfo, Overview } from "../data";
import { count, figure, short } from "../format";
import { Difference, SortedTable, Value, documentHref, type Column } from "../parts";
import { href } from "../route";

export function OverviewPage({ data, comparison }: { data: Overview; comparison: Comparison | undefined }) {
  return (
    <div class="page column">
      <h1>{data.title ?? data.dataset}</h1>
      {comparison ? <ComparisonVerdict data={data} comparison={comparison} /> : <Verdicts data={data} />}
      <Failures data={data} />
      {data.layers.map((layer) => (
        <Headline key={layer.name} data={data} of={layer} comparison={comparison} />
      ))}
      <Warnings data={data} />
      <Facts data={data} />
    </div>
  );
}

function kind(verdict: string): string {
  if (/^(pass|identical|better|unchanged)/.test(verdict)) return "pass";
  if (/^(fail|worse|incomplete)/.test(verdict)) return "fail";
  return "open";
}

function Verdicts({ data }: { data: Overview }) {
  const incomplete = (extractor: Extractor) => (extractor.statuses.ok ?? 0) < extractor.asked;
  const rows = data.extractors.map((extractor) => ({
    extractor,
    verdict: incomplete(extractor) ? "incomplete" : (extractor.verdict ?? "no baseline"),
  }));
  const order = { fail: 0, open: 1, pass: 2 } as Record<string, number>;
  rows.sort((a, b) => order[kind(a.verdict)]! - order[kind(b.verdict)]!);
  const groups = new Map<string, string[]>();
  for (const { extractor, verdict } of rows) groups.set(verdict, [...(groups.get(verdict) ?? []), extractor.name]);
  const isPlain = rows.every((row) => row.verdict === "no baseline");
  if (isPlain) {
    return (
      <section class="verdicts" aria-label="Verdict">
        <p class="verdict open">
          <b>No verdict:</b> there is no accepted baseline to compare with.
        </p>
      </section>
    );
  }
  return (
    <section class="verdicts" aria-label="Verdicts">
      {[...groups].map(([verdict, names]) => (
        <p key={verdict} class={`verdict ${kind(verdict)}`}>
          <b>{verdict}</b>: {names.map((name) => short(name)).join(", ")}
        </p>
      ))}
    </section>
  );
}

function ComparisonVerdict({ data, comparison }: { data: Overview; comparison: Comparison }) {
  const deciding = Object.entries(comparison.metrics).filter(([, figure]) => figure.decides);
  const lost = comparison.flips.filter((flip) => flip.change === "lost").length;
  const gained = comparison.flips.filter((flip) => flip.change === "gained").length;
  return (
    <section class="verdicts" aria-label="Verdict">
      {comparison.identical && <p class="verdict pass">Both systems gave the same answers for every document.</p>}
      {deciding.map(([name, of]) => (
        <p key={name} class={`verdict ${kind(of.verdict)}`}>
          <code>{name}</code> of {comparison.candidate} against {comparison.base}: {figure(of.base)} → {figure(of.candidate)},{" "}
          <Difference of={of} />
          {of.documents_needed !== null && `; about ${count(of.documents_needed, "document")} would be needed to decide`}
        </p>
      ))}
      <p>
        {count(data.size, "document")}; {count(lost, "item")} lost, {gained} gained.{" "}
        <a href="#/changes">What changed</a>
      </p>
    </section>
  );
}

function Failures({ data }: { data: Overview }) {
  const rows = data.extractors.flatMap((extractor) => extractor.failures.map((failure) => ({ extractor, failure })));
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>Not answered</h2>
      <p class="hint">These documents count as empty predictions: everything in them is missed.</p>
      {rows.map(({ extractor, failure }) => (
        <details class="failure">
          <summary>
            <b>{extractor.name}</b>: {count(failure.documents.length, "document")} {failure.status.replace("_", " ")}: {short(failure.message, 200)}
          </summary>
          <ul class="ids">
            {failure.documents.slice(0, 200).map((id) => (
              <li>
                <a href={documentHref(id, extractor.name)}>{short(id)}</a>
              </li>
            ))}
            {failure.documents.length > 200 && <li>and {failure.documents.length - 200} more</li>}
          </ul>
        </details>
      ))}
    </section>
  );
}

function Headline(props: { data: Overview; of: LayerInfo; comparison: Comparison | undefined }) {
  const { data, comparison } = props;
  const { name: layer, headline: metric, bound } = props.of;
  const rows = data.extractors.filter((extractor) => layer in extractor.headlines);
  if (rows.length === 0 || !metric) return null;
  const figures = rows.map((row) => row.headlines[layer]!);
  const ends = figures.flatMap((of) => [of.low, of.high, of.value]).filter((end): end is number => end !== null);
  // Shares have one scale on every page; amounts have their own.
  const [low, high] = ends.every((end) => end >= 0 && end <= 1) ? [0, 1] : [Math.min(0, ...ends), Math.max(...ends)];
  const compared = comparison?.metrics[metric];
  const value = (row: Extractor): Figure => row.headlines[layer]!;
  const columns: Column<Extractor>[] = [
    {
      name: "extractor",
      key: (row) => row.name,
      cell: (row) => <a href={href("errors", "", { extractor: row.name, layer })}>{row.name}</a>,
    },
    { name: metric.split(".").slice(1).join(" ") || metric, isNumber: true, key: (row) => value(row).value, cell: (row) => <Value figure={value(row)} /> },
    {
      name: "95 % interval",
      cell: (row) => {
        const of = value(row);
        const label = of.low === null ? "no interval" : `from ${figure(of.low)} to ${figure(of.high)}`;
        return <IntervalBar figure={of} low={low} high={high} label={label} />;
      },
    },
    { name: "gold", isNumber: true, key: (row) => value(row).n ?? 0, cell: (row) => (value(row).n ?? 0).toLocaleString("en") },
    {
      name: "answered",
      isNumber: true,
      key: (row) => row.statuses.ok ?? 0,
      cell: (row) => `${row.statuses.ok ?? 0} of ${row.asked}`,
    },
  ];
  if (rows.some((row) => value(row).answered)) {
    columns.push({ name: "over answered", isNumber: true, cell: (row) => figure(value(row).answered?.value ?? value(row).value) });
  }
  return (
    <section>
      <h2>
        {layer} <a class="definition" href={href("definitions", "", { layer })}>{metric}</a>
      </h2>
      {compared && (
        <p>
          {comparison!.candidate} against {comparison!.base}: <Difference of={compared} />
        </p>
      )}
      {bound !== null && (
        <p class="hint">
          Labelling passes reach {figure(bound)} when scored against each other: more cannot be expected of an extractor.
        </p>
      )}
      <SortedTable columns={columns} rows={rows} label={`${layer}: headline figures`} />
    </section>
  );
}

function Warnings({ data }: { data: Overview }) {
  const rows = data.extractors.flatMap(({ name, warnings, emptySummaries, repeats }) => [
    ...warnings.map((warning) => `${name}: ${warning}`),
    ...(emptySummaries.length > 0 ? [`${name}: ${count(emptySummaries.length, "document")} answered with an empty summary, which scores 0: ${emptySummaries.slice(0, 10).map((id) => short(id)).join(", ")}${emptySummaries.length > 10 ? ", …" : ""}`] : []),
    ...(repeats > 1 ? [`${name}: asked ${repeats} times about every document; figures are means, and items are those of the first answer`] : []),
  ]);
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>Warnings</h2>
      <ul>
        {rows.map((row) => (
          <li>{row}</li>
        ))}
      </ul>
    </section>
  );
}

function Facts({ data }: { data: Overview }) {
  const facts = [
    data.description,
    data.source && `Source: ${data.source}`,
    data.licence && `Licence: ${data.licence}`,
    data.size > 0 && data.size < 30 && `${count(data.size, "document")} cannot tell much about any other: read the intervals, not the third decimal.`,
    data.passes[0] > 1 && `The ceiling comes from ${data.passes[0]} labelling passes over ${count(data.passes[1], "document")}.`,
    data.confidential && "The documents are confidential: their texts are not in this file.",
    data.unlisted,
  ].filter(Boolean);
  return (
    <section class="facts">
      <h2>About</h2>
      <ul>
        {facts.map((fact) => (
          <li>{fact}</li>
        ))}
      </ul>
    </section>
  );
}
