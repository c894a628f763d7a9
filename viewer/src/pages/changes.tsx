// What changed between two systems: figures, labels, slices, and items by document.
import { useMemo } from "preact/hooks";
import type { Comparison, Overview } from "../data";
import { figure, isLabelled, short } from "../format";
import { List } from "../list";
import { Class, Difference, Empty, SortedTable, documentHref } from "../parts";
import { replace, withQuery, type Route } from "../route";

export function ChangesPage({ data, comparison, route }: { data: Overview; comparison: Comparison; route: Route }) {
  const all = route.query.get("figures") === "all";
  const figures = useMemo(() => Object.entries(comparison.metrics).map(([name, of]) => ({ name, of })), [comparison]);
  const shown = figures.filter(({ name, of }) => of.decides || (all && !isLabelled(name)));
  const labels = figures.filter(({ name, of }) => isLabelled(name) && of.delta);
  const change = route.query.get("change");
  const flips = comparison.flips.filter((flip) => !change || flip.change === change);
  const columns = [
    { name: "metric", key: (row: (typeof figures)[number]) => row.name, cell: (row: (typeof figures)[number]) => <code>{short(row.name, 80)}</code> },
    { name: comparison.base, isNumber: true, key: (row: (typeof figures)[number]) => row.of.base, cell: (row: (typeof figures)[number]) => figure(row.of.base) },
    { name: comparison.candidate, isNumber: true, key: (row: (typeof figures)[number]) => row.of.candidate, cell: (row: (typeof figures)[number]) => figure(row.of.candidate) },
    { name: "difference", key: (row: (typeof figures)[number]) => row.of.delta, cell: (row: (typeof figures)[number]) => <Difference of={row.of} /> },
  ];
  return (
    <div class="page column wide">
      <h1>What changed</h1>
      <label class="choice">
        <input type="checkbox" checked={all} onChange={(event) => replace(withQuery(route, { figures: event.currentTarget.checked ? "all" : null }))} /> figures that do not decide, too
      </label>
      <SortedTable label="figures" rows={shown} columns={columns} />
      {labels.length > 0 && (
        <section>
          <h2>Labels, worst first</h2>
          <SortedTable label="labels" rows={[...labels].sort((a, b) => a.of.delta! - b.of.delta!)} columns={columns} most={40} />
        </section>
      )}
      {comparison.slices.length > 0 && (
        <section>
          <h2>Slices, worst first</h2>
          <SortedTable
            label="slices"
            rows={comparison.slices}
            columns={[
              { name: "slice", key: (row) => row.slice, cell: (row) => short(row.slice, 60) },
              { name: "metric", key: (row) => row.metric, cell: (row) => <code>{row.metric}</code> },
              { name: "documents", isNumber: true, key: (row) => row.documents, cell: (row) => row.documents },
              { name: "difference", key: (row) => row.delta, cell: (row) => <Difference of={row} /> },
            ]}
          />
        </section>
      )}
      <section class="tall">
        <h2>Items</h2>
        <label class="choice">
          change{" "}
          <select value={change ?? ""} onChange={(event) => replace(withQuery(route, { change: event.currentTarget.value || null }))}>
            <option value="">any</option>
            {[...new Set(comparison.flips.map((flip) => flip.change))].sort().map((name) => (
              <option value={name}>{name.replaceAll("_", " ")}</option>
            ))}
          </select>
        </label>
        {flips.length === 0 ? (
          <Empty>No item changed.</Empty>
        ) : (
          <List
            id="flips"
            label="changed items"
            count={flips.length}
            height={48}
            row={(at) => {
              const flip = flips[at]!;
              return (
                <a class="flip" href={documentHref(flip.document, comparison.candidate)}>
                  <b class={`change-${flip.change}`}>{flip.change.replaceAll("_", " ")}</b> {flip.class && <Class name={flip.class} />} {short(flip.label, 30)}: {short(flip.text, 80)} <span class="where">{short(flip.document, 40)}</span>
                </a>
              );
            }}
          />
        )}
      </section>
      {data.unlisted && <p class="hint">{data.unlisted}</p>}
    </div>
  );
}
