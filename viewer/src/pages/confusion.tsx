// The confusion of labels: a matrix whose cells open their errors.
import { block, type Overview, type Scores } from "../data";
import { useLoaded } from "../async";
import { count, short } from "../format";
import { Empty, ExtractorChoice, Failed, filling } from "../parts";
import { href, replace, withQuery, type Route } from "../route";

/** The labels that have a row and a column of their own. */
const MOST = 30;

export function ConfusionPage({ data, route }: { data: Overview; route: Route }) {
  const at = filling(data, route.query, "entities");
  const loaded = useLoaded(() => block<Scores>(`scores-${at}`), [at]);
  if (!data.extractors[at]) return <Empty>There is no extractor in this report.</Empty>;
  if (loaded.error) return <Failed message={loaded.error} />;
  const name = data.extractors[at]!.name;
  const cells = loaded.value?.confusion?.entities ?? [];
  return (
    <div class="page column wide">
      <h1>Confusion of labels</h1>
      <ExtractorChoice extractors={data.extractors} value={name} onChange={(name) => replace(withQuery(route, { extractor: name }))} />
      <p class="hint">Rows are gold labels, columns predicted ones, of the pairs of the alignment: overlapping spans, one gold item to one prediction.</p>
      {loaded.value && cells.length === 0 ? <Empty>{name} was not scored on entities.</Empty> : <Matrix cells={cells} extractor={name} />}
    </div>
  );
}

function Matrix({ cells, extractor }: { cells: { gold: string | null; predicted: string | null; count: number }[]; extractor: string }) {
  const weight = new Map<string, number>();
  for (const { gold, predicted, count } of cells) {
    for (const label of new Set([gold, predicted])) if (label !== null) weight.set(label, (weight.get(label) ?? 0) + count);
  }
  const labels = [...weight].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([label]) => label);
  const kept = new Set(labels.slice(0, MOST));
  const other = labels.length > MOST ? "other" : null;
  const group = (label: string | null) => (label === null ? "" : kept.has(label) ? `=${label}` : "other");
  const sums = new Map<string, number>();
  for (const { gold, predicted, count } of cells) {
    const key = `${group(gold)}\n${group(predicted)}`;
    sums.set(key, (sums.get(key) ?? 0) + count);
  }
  const shown = [...kept].sort().map((label) => ({ key: `=${label}`, name: label }));
  if (other) shown.push({ key: "other", name: `other (${labels.length - MOST})` });
  const most = Math.max(1, ...[...sums].filter(([key]) => key.split("\n")[0] !== key.split("\n")[1]).map(([, sum]) => sum));
  const cell = (gold: string, predicted: string) => {
    const sum = sums.get(`${gold}\n${predicted}`) ?? 0;
    if (sum === 0) return <td class="number" />;
    const is = gold === predicted;
    const [from, to] = [gold, predicted].map((key) => (key === "" ? "–" : key.slice(1)));
    const level = is ? 0 : Math.max(1, Math.ceil((4 * sum) / most));
    const words = `${count(sum, "item")}: gold ${gold === "" ? "nothing" : from}, predicted ${predicted === "" ? "nothing" : to}`;
    return (
      <td class={`number level${level}${is ? " diagonal" : ""}`}>
        {is || gold === "other" || predicted === "other" ? sum : (
          <a href={href("errors", "", { extractor, layer: "entities", label: from, predicted: to, view: "list" })} aria-label={words} title={words}>
            {sum}
          </a>
        )}
      </td>
    );
  };
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="confusion of labels">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">gold</th>
            {shown.map(({ name }) => (
              <th scope="col" class="number" title={name}>{short(name, 14)}</th>
            ))}
            <th scope="col" class="number">missed</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((gold) => (
            <tr>
              <th scope="row" title={gold.name}>{short(gold.name, 20)}</th>
              {shown.map((predicted) => cell(gold.key, predicted.key))}
              {cell(gold.key, "")}
            </tr>
          ))}
          <tr>
            <th scope="row">spurious</th>
            {shown.map((predicted) => cell("", predicted.key))}
            <td />
          </tr>
        </tbody>
      </table>
    </div>
  );
}
