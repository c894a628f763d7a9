// The first page: what was decided, what failed, and the headline figures.
import { IntervalBar } from "../chart";
import type { Comparison, Extractor, Figure, Finding, LayerInfo, Overview } from "../data";
import { count, figure, short, signed, withMinusSigns } from "../format";
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

/** The verdicts of the gate: what fails, then what cannot be decided, then the rest by verdict. */
function Verdicts({ data }: { data: Overview }) {
  const isIncomplete = (extractor: Extractor) => (extractor.statuses.ok ?? 0) < extractor.asked;
  const findings = data.extractors.flatMap((extractor) =>
    (extractor.baseline?.findings ?? [])
      .filter((finding) => finding.verdict === "fail" || finding.verdict === "inconclusive")
      .map((finding) => ({ extractor, finding })),
  );
  const failing = findings.filter(({ finding }) => finding.fails && !finding.informational);
  const open = findings.filter(({ finding }) => !finding.fails && !finding.informational);
  const informational = findings.filter(({ finding }) => finding.informational);
  const hasLine = new Set([...failing, ...open].map(({ extractor }) => extractor));
  const groups = new Map<string, Extractor[]>();
  for (const extractor of data.extractors) {
    if (hasLine.has(extractor) && !isIncomplete(extractor)) continue;
    const verdict = isIncomplete(extractor) ? "incomplete" : (extractor.verdict ?? "no baseline");
    groups.set(verdict, [...(groups.get(verdict) ?? []), extractor]);
  }
  const [first] = data.extractors;
  if (groups.size === 1 && groups.has("no baseline") && hasLine.size === 0) {
    return (
      <section class="verdicts" aria-label="Verdict">
        <p class="verdict open">
          <b>No verdict:</b> {first?.notCompared}.
        </p>
      </section>
    );
  }
  const group = (of: string) =>
    [...groups]
      .filter(([verdict]) => kind(verdict) === of)
      .map(([verdict, extractors]) => (
        <p key={verdict} class={`verdict ${of}`}>
          <b>{verdict}</b>: {extractors.map((extractor) => short(extractor.name) + changes(extractor)).join(", ")}
        </p>
      ));
  const isBounded = [...failing, ...open, ...informational].some(({ finding }) => finding.delta !== null);
  return (
    <section class="verdicts" aria-label="Verdicts">
      <Findings rows={failing} />
      {group("fail")}
      <Findings rows={open} />
      {group("open")}
      {group("pass")}
      <Findings rows={informational} />
      {data.labelChanges.map((change) => (
        <p key={change} class="verdict open">
          {change.slice(0, 1).toUpperCase() + change.slice(1)}.
        </p>
      ))}
      {isBounded && (
        <p class="hint">
          The bounds in brackets above are those of the gate: one-sided, at the confidence of the rule. Intervals in tables
          have 95 %.
        </p>
      )}
    </section>
  );
}

/** The changes with which an extractor passes, at most two of them: ` (summary.rouge1.f1 +0.004)`. */
function changes({ baseline }: Extractor): string {
  const moved = (baseline?.findings ?? []).filter(
    ({ delta, slice, verdict }) => verdict === "pass" && slice === null && delta !== null && Math.abs(delta) >= 0.0005,
  );
  const shown = moved.slice(0, 2).map(({ metric, delta }) => `${short(metric)} ${signed(delta)}`);
  return shown.length > 0 ? ` (${shown.join(", ")})` : "";
}

interface FindingRow {
  extractor: Extractor;
  finding: Finding;
}

/** The most findings that are shown at once. */
const MOST_FINDINGS = 10;

function Findings({ rows }: { rows: FindingRow[] }) {
  const line = ({ extractor, finding }: FindingRow) => <FindingLine extractor={extractor} finding={finding} />;
  return (
    <>
      {rows.slice(0, MOST_FINDINGS).map(line)}
      {rows.length > MOST_FINDINGS && (
        <details>
          <summary>and {rows.length - MOST_FINDINGS} more like these</summary>
          {rows.slice(MOST_FINDINGS).map(line)}
        </details>
      )}
    </>
  );
}

/** `FAIL entities.strict.f1 of rules: F1 fell by 0.031 [−0.048, −0.014]; 36 documents`. */
function FindingLine({ extractor, finding }: FindingRow) {
  const { metric, slice, verdict, fails, informational, message } = finding;
  const word = informational ? `${verdict} (informational)` : fails ? "FAIL" : verdict;
  const refused = fails && verdict === "inconclusive" ? "; the rule fails what is inconclusive" : "";
  // A sentence names documents in backquotes.
  const parts = withMinusSigns(message).split("`");
  return (
    <p class={`verdict ${fails && !informational ? "fail" : "open"}`}>
      <b>{word}</b> <code>{short(metric, 100)}</code> of{" "}
      <a href={href("errors", "", { extractor: extractor.name })}>{short(extractor.name)}</a>
      {slice !== null && ` on ${short(slice)}`}: {parts.map((part, at) => (at % 2 ? <code>{part}</code> : part))}
      {refused}
    </p>
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
  // An extractor that no longer fills a layer that its baseline fills has lost it.
  const rows = data.extractors.filter((extractor) => layer in extractor.headlines || extractor.baseline?.figures[layer]);
  if (rows.length === 0 || !metric) return null;
  const figures = rows.flatMap((row) => row.headlines[layer] ?? []);
  const ends = figures.flatMap((of) => [of.low, of.high, of.value]).filter((end): end is number => end !== null);
  // Shares have one scale on every page; amounts have their own.
  const [low, high] = ends.every((end) => end >= 0 && end <= 1) ? [0, 1] : [Math.min(0, ...ends), Math.max(...ends)];
  const compared = comparison?.metrics[metric];
  const value = (row: Extractor): Figure | undefined => row.headlines[layer];
  const against = (row: Extractor) => row.baseline?.figures[layer];
  const columns: Column<Extractor>[] = [
    {
      name: "extractor",
      key: (row) => row.name,
      cell: (row) => <a href={href("errors", "", { extractor: row.name, layer })}>{row.name}</a>,
    },
    { name: metric.split(".").slice(1).join(" ") || metric, isNumber: true, key: (row) => value(row)?.value ?? null, cell: (row) => <Value figure={value(row)} /> },
    {
      name: "95 % interval",
      cell: (row) => {
        const of = value(row);
        if (!of) return "–";
        const label = of.low === null ? "no interval" : `from ${figure(of.low)} to ${figure(of.high)}`;
        return <IntervalBar figure={of} low={low} high={high} label={label} />;
      },
    },
    { name: "gold", isNumber: true, key: (row) => value(row)?.n ?? 0, cell: (row) => value(row)?.n?.toLocaleString("en") ?? "–" },
    {
      name: "answered",
      isNumber: true,
      key: (row) => row.statuses.ok ?? 0,
      cell: (row) => `${row.statuses.ok ?? 0} of ${row.asked}`,
    },
  ];
  if (rows.some(against)) {
    columns.splice(
      3,
      0,
      {
        name: "baseline",
        isNumber: true,
        key: (row) => against(row)?.base ?? null,
        cell: (row) => (against(row) ? figure(against(row)!.base) : <NotCompared of={row} />),
      },
      {
        name: "difference",
        key: (row) => against(row)?.delta ?? null,
        cell: (row) => {
          const of = against(row);
          if (!of) return <NotCompared of={row} />;
          if (of.delta === null) return <span title="undefined on one side" tabIndex={0}>–</span>;
          const why = of.decides ? "a rule of the gate judges this figure" : "no rule of the gate judges this figure";
          return <Difference of={{ ...of, signature: `${why}; ${of.signature}` }} />;
        },
      },
    );
  }
  if (rows.some((row) => value(row)?.answered)) {
    columns.push({ name: "over answered", isNumber: true, cell: (row) => figure(value(row)?.answered?.value ?? value(row)?.value) });
  }
  if (bound !== null) {
    columns.push({ name: "ceiling", isNumber: true, cell: () => figure(bound) });
  }
  const leftOut = Math.max(...rows.map((row) => (against(row) ? row.baseline!.leftOut : 0)));
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
        <p class="hint">Ceiling: what labelling passes reach when scored against each other.</p>
      )}
      {leftOut > 0 && (
        <p class="hint">
          Baselines and differences leave out at most {count(leftOut, "document")} that only the run or only the baseline has.
        </p>
      )}
      <SortedTable columns={columns} rows={rows} label={`${layer}: headline figures`} />
    </section>
  );
}

/** A dash for an extractor that is not compared, with the reason. */
function NotCompared({ of }: { of: Extractor }) {
  return <span title={of.notCompared} tabIndex={0}>–</span>;
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
