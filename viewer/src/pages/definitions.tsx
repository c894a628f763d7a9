// What every metric is, and the signature of every figure.
import { useEffect } from "preact/hooks";
import { block, type Definition, type Overview, type Scores } from "../data";
import { useLoaded } from "../async";
import { isLabelled } from "../format";
import { Markdown } from "../markdown";
import { Failed, SortedTable, chosen } from "../parts";
import type { Route } from "../route";

export function DefinitionsPage({ data, route }: { data: Overview; route: Route }) {
  const loaded = useLoaded(() => block<Definition[]>("definitions"), []);
  const at = chosen(data, route.query);
  const scores = useLoaded(() => (data.extractors.length ? Promise.all(data.extractors.map((_, which) => block<Scores>(`scores-${which}`))) : Promise.resolve([])), [at]);
  const layer = route.query.get("layer");
  useEffect(() => {
    if (layer && loaded.value) document.getElementById(`definition-${layer.split(".")[0]}`)?.scrollIntoView();
  }, [layer, loaded.value]);
  if (loaded.error) return <Failed message={loaded.error} />;
  const signatures = new Map<string, string>();
  for (const one of scores.value ?? []) {
    for (const [name, figure] of Object.entries(one.metrics)) if (!isLabelled(name) && figure.signature) signatures.set(name, figure.signature);
  }
  return (
    <div class="page column wide">
      <h1>Definitions</h1>
      <details>
        <summary>The signatures of {signatures.size} figures</summary>
        <SortedTable
          label="signatures"
          rows={[...signatures].sort()}
          columns={[
            { name: "figure", key: (row) => row[0], cell: (row) => <code>{row[0]}</code> },
            { name: "signature", key: (row) => row[1], cell: (row) => <code>{row[1]}</code> },
          ]}
        />
      </details>
      {(loaded.value ?? []).map((definition) => (
        <section class="definition-text" id={`definition-${definition.layer}`}>
          <Markdown text={definition.text} />
        </section>
      ))}
    </div>
  );
}
