// The queue of `karat view --queue`: places to review, one after another.
import type { Index, Overview } from "../data";
import { count, short } from "../format";
import { useKeys } from "../keys";
import { List } from "../list";
import { live } from "../live";
import { Empty } from "../parts";
import { href, replace, type Route } from "../route";
import { DocumentView } from "./documents";

export function QueuePage({ data, index, route }: { data: Overview; index: Index; route: Route }) {
  const queue = live?.queue ?? [];
  const at = Math.max(0, Math.min(queue.length - 1, (Number(route.rest) || 1) - 1));
  const go = (to: number) => replace(href("queue", String(Math.max(0, Math.min(queue.length - 1, to)) + 1), { ...Object.fromEntries(route.query), error: null }));
  useKeys({ j: () => go(at + 1), k: () => go(at - 1) });
  const entry = queue[at];
  if (!entry) return <Empty>The queue has no document of this dataset.</Empty>;
  const number = index.ids.indexOf(entry.document);
  const corrected = new Set(queue.map((one) => one.document).filter((document) => live!.corrected.includes(document)));
  return (
    <div class={`page split${route.rest ? " chosen" : ""}`}>
      <aside class="side">
        <p class="hint">
          {at + 1} of {queue.length}; {count(corrected.size, "document")} corrected
        </p>
        <List
          id="queue"
          label="queue"
          count={queue.length}
          height={52}
          selected={at}
          row={(row) => {
            const { document, note } = queue[row]!;
            return (
              <a class={`document queued${row === at ? " selected" : ""}`} aria-current={row === at ? "true" : undefined} href={href("queue", String(row + 1), { ...Object.fromEntries(route.query), error: null })}>
                <span class="id">{short(document, 50)}</span>
                <span class="times">{corrected.has(document) ? "corrected" : ""}</span>
                <span class="note">{short(note, 70)}</span>
              </a>
            );
          }}
        />
      </aside>
      <section class="main" aria-label="document">
        {entry.note && <p class="note">{entry.note}</p>}
        {number < 0 ? <Empty>This report has no document "{short(entry.document)}".</Empty> : <DocumentView key={at} data={data} index={index} route={route} number={number} at={entry.start !== null && entry.end !== null ? [entry.start, entry.end] : undefined} />}
      </section>
    </div>
  );
}
