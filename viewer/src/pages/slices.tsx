// Slices and curves: figures by slice, the curves of confidence, and differences by document.
import { block, type Curves, type Index, type Overview, type Scores, type SliceRow } from "../data";
import { useLoaded } from "../async";
import { IntervalBar, XyChart, type Series } from "../chart";
import { figure, labelUnder, short, signed } from "../format";
import { Empty, ExtractorChoice, Failed, SortedTable, Value, chosen, documentHref } from "../parts";
import { replace, withQuery, type Route } from "../route";

export function SlicesPage({ data, index, route }: { data: Overview; index: Index; route: Route }) {
  const at = chosen(data, route.query);
  const extractor = data.extractors[at];
  const scores = useLoaded(() => (extractor ? block<Scores>(`scores-${at}`) : Promise.reject(new Error("there is no extractor"))), [at]);
  const slices = useLoaded(() => block<SliceRow[]>("slices"), []);
  if (!extractor) return <Empty>There is no extractor in this report.</Empty>;
  if (scores.error) return <Failed message={scores.error} />;
  const own = (slices.value ?? []).filter((row) => row.extractor === extractor.name);
  const curves = Object.entries(scores.value?.curves ?? {});
  const labels = labelled(scores.value, data);
  return (
    <div class="page column wide">
      <h1>Slices and curves</h1>
      <ExtractorChoice extractors={data.extractors} value={extractor.name} onChange={(name) => replace(withQuery(route, { extractor: name }))} />
      <section>
        <h2>By slice</h2>
        <p class="hint">By the first four fields of the metadata that all documents have and that have 2 to 12 values.</p>
        {own.length === 0 ? (
          <Empty>{data.confidential ? "The metadata of the documents are confidential." : "There is no such field."}</Empty>
        ) : (
          <SortedTable
            label="figures by slice"
            rows={own}
            columns={[
              { name: "slice", key: (row) => row.slice, cell: (row) => short(row.slice, 60) },
              { name: "metric", key: (row) => row.metric, cell: (row) => <code>{row.metric}</code> },
              { name: "documents", isNumber: true, key: (row) => row.documents, cell: (row) => row.documents },
              { name: "value", isNumber: true, key: (row) => row.value, cell: (row) => <Value figure={row} /> },
              { name: "95 % interval", cell: (row) => <IntervalBar figure={row} low={0} high={1} label={row.low === null ? "no interval" : `from ${figure(row.low)} to ${figure(row.high)}`} /> },
            ]}
          />
        )}
      </section>
      {labels.length > 0 && (
        <section>
          <h2>By label</h2>
          <SortedTable
            label="figures by label"
            rows={labels}
            most={60}
            columns={[
              { name: "metric", key: (row) => row.metric, cell: (row) => <code>{row.metric}</code> },
              { name: "label", key: (row) => row.label, cell: (row) => short(row.label, 50) },
              { name: "gold", isNumber: true, key: (row) => row.figure.n ?? 0, cell: (row) => row.figure.n },
              { name: "predicted", isNumber: true, key: (row) => row.figure.predicted ?? 0, cell: (row) => row.figure.predicted },
              { name: "value", isNumber: true, key: (row) => row.figure.value, cell: (row) => <Value figure={row.figure} /> },
              { name: "95 % interval", cell: (row) => <IntervalBar figure={row.figure} low={0} high={1} label="interval" /> },
            ]}
          />
        </section>
      )}
      <section>
        <h2>Confidence</h2>
        {curves.length === 0 ? (
          <Empty>{extractor.name} gives no confidence for every prediction, so there are no curves.</Empty>
        ) : (
          <div class="charts">
            {curves.flatMap(([layer, of]) => charts(layer, of))}
          </div>
        )}
      </section>
      <Paired data={data} index={index} at={at} route={route} />
    </div>
  );
}

function labelled(scores: Scores | undefined, data: Overview) {
  const rows: { metric: string; label: string; figure: Scores["metrics"][string] }[] = [];
  for (const { headline } of data.layers) {
    if (!headline) continue;
    for (const [name, figure] of Object.entries(scores?.metrics ?? {})) {
      const label = labelUnder(headline, name);
      if (label !== null) rows.push({ metric: headline, label, figure });
    }
  }
  return rows;
}

function charts(layer: string, curves: Curves) {
  const defined = (points: [number | null, number | null][]) => points.filter((point): point is [number, number] => point[0] !== null && point[1] !== null);
  const precision: Series = { name: "precision", points: defined(curves.precision_recall.map(([, precision, recall]) => [recall, precision])) };
  const bins: Series = { name: "bins", isDots: true, points: defined(curves.reliability.map((bin) => [bin.confidence, bin.accuracy])) };
  const risk: Series = { name: "risk", points: curves.risk_coverage };
  return [
    <XyChart key={`${layer} pr`} title={`${layer}: precision and recall`} x="recall" y="precision" series={[precision]} />,
    <XyChart key={`${layer} rel`} title={`${layer}: reliability`} x="mean confidence" y="share correct" series={[bins]} diagonal />,
    <XyChart key={`${layer} risk`} title={`${layer}: risk and coverage`} x="coverage" y="risk" series={[risk]} />,
  ];
}

/** The differences between two extractors, document by document. */
function Paired({ data, index, at, route }: { data: Overview; index: Index; at: number; route: Route }) {
  const others = data.extractors.map((_, which) => which).filter((which) => which !== at && data.layers.some(({ name }) => index.values[at]?.[name] && index.values[which]?.[name]));
  if (others.length === 0) return null;
  const named = data.extractors.findIndex((one) => one.name === route.query.get("against"));
  const against = others.includes(named) ? named : others[0]!;
  const layer = data.layers.find(({ name }) => index.values[at]?.[name] && index.values[against]?.[name])!;
  const rows = index.ids
    .map((id, number) => ({ id, one: index.values[at]![layer.name]![number] ?? null, other: index.values[against]![layer.name]![number] ?? null }))
    .filter((row): row is { id: string; one: number; other: number } => row.one !== null && row.other !== null)
    .map((row) => ({ ...row, delta: row.one - row.other }));
  const sorted = [...rows].sort((a, b) => a.delta - b.delta);
  const most = Math.max(0.001, ...sorted.map((row) => Math.abs(row.delta)));
  const [name, other] = [data.extractors[at]!.name, data.extractors[against]!.name];
  return (
    <section>
      <h2>Differences by document</h2>
      <ExtractorChoice label="against" extractors={others.map((which) => data.extractors[which]!)} value={other} onChange={(value) => replace(withQuery(route, { against: value }))} />
      <XyChart
        title={`${layer.headline}: ${name} minus ${other}, sorted`}
        x="share of documents"
        y="difference"
        rangeY={[-most, most]}
        series={[{ name: "difference", isStep: true, points: sorted.map((row, place) => [sorted.length > 1 ? place / (sorted.length - 1) : 0.5, row.delta]) }]}
      />
      <SortedTable
        label="differences by document"
        rows={sorted}
        most={50}
        columns={[
          { name: "document", key: (row) => row.id, cell: (row) => <a href={documentHref(row.id, name)}>{short(row.id, 60)}</a> },
          { name: name, isNumber: true, key: (row) => row.one, cell: (row) => figure(row.one) },
          { name: other, isNumber: true, key: (row) => row.other, cell: (row) => figure(row.other) },
          { name: "difference", isNumber: true, key: (row) => row.delta, cell: (row) => signed(row.delta) },
        ]}
      />
    </section>
  );
}
