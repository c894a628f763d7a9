// The frame of every page: the heading, the pages, the keys that hold everywhere.
import { useEffect, useRef, useState } from "preact/hooks";
import { AdjudicatePage } from "./adjudicate";
import { useLoaded } from "./async";
import { block, type Comparison, type Index, type Overview } from "./data";
import { Banner } from "./edits";
import { useKeys } from "./keys";
import { live, passes } from "./live";
import { ChangesPage } from "./pages/changes";
import { ConfusionPage } from "./pages/confusion";
import { DefinitionsPage } from "./pages/definitions";
import { DocumentsPage } from "./pages/documents";
import { ErrorsPage } from "./pages/errors";
import { OverviewPage } from "./pages/overview";
import { QueuePage } from "./pages/queue";
import { SlicesPage } from "./pages/slices";
import { SummariesPage } from "./pages/summaries";
import { Failed } from "./parts";
import { useRoute } from "./route";

export function App({ data }: { data: Overview }) {
  const route = useRoute();
  const index = useLoaded(() => block<Index>("index"), []);
  const comparison = useLoaded(() => (data.kind === "comparison" ? block<Comparison>("comparison") : Promise.resolve(undefined)), []);
  const [isHelp, setHelp] = useState(false);
  const hasSummaries = data.layers.some((layer) => layer.name === "summaries");
  const hasEntities = data.layers.some((layer) => layer.name === "entities");
  const pages: [string, string][] = passes
    ? [
        ["adjudicate", "Adjudicate"],
        ["errors", "Differences"],
        ["documents", "Documents"],
        ...(hasEntities ? [["confusion", "Confusion"] as [string, string]] : []),
        ["definitions", "Definitions"],
      ]
    : [
        ["overview", "Overview"],
        ...(data.kind === "comparison" ? [["changes", "Changes"] as [string, string]] : []),
        ...(live?.queue ? [["queue", "Queue"] as [string, string]] : []),
        ["errors", "Errors"],
        ["documents", "Documents"],
        ...(hasSummaries ? [["summaries", "Summaries"] as [string, string]] : []),
        ...(hasEntities ? [["confusion", "Confusion"] as [string, string]] : []),
        ["slices", "Slices and curves"],
        ["definitions", "Definitions"],
      ];
  const shown = passes && route.page === "overview" ? "adjudicate" : route.page;
  const go = (page: string) => () => {
    location.hash = `#/${page}`;
  };
  useKeys({
    "?": () => setHelp(!isHelp),
    "/": () => document.getElementById("search")?.focus(),
    Escape: () => setHelp(false),
    go: go(passes ? "adjudicate" : "overview"),
    ge: go("errors"),
    gd: go("documents"),
    gs: go("summaries"),
    gc: go("confusion"),
    ...(live?.queue ? { gq: go("queue") } : {}),
  });
  useEffect(() => {
    const name = pages.find(([page]) => page === shown)?.[1] ?? "Overview";
    document.title = `${route.rest || name} · ${data.dataset} · karat`;
  }, [route.page, route.rest]);
  const error = index.error ?? comparison.error;
  const page = () => {
    if (error) return <Failed message={error} />;
    if (shown === "overview") return <OverviewPage data={data} comparison={comparison.value} />;
    if (route.page === "confusion") return <ConfusionPage data={data} route={route} />;
    if (route.page === "definitions") return <DefinitionsPage data={data} route={route} />;
    if (route.page === "changes" && data.kind === "comparison") return comparison.value ? <ChangesPage data={data} comparison={comparison.value} route={route} /> : <p class="hint" role="status">Reading…</p>;
    if (!index.value) return <p class="hint" role="status">Reading…</p>;
    const shared = { data, index: index.value, route };
    if (shown === "adjudicate" && passes) return <AdjudicatePage index={index.value} route={route} />;
    if (route.page === "errors") return <ErrorsPage {...shared} />;
    if (route.page === "documents") return <DocumentsPage {...shared} />;
    if (route.page === "queue") return <QueuePage {...shared} />;
    if (route.page === "summaries") return <SummariesPage {...shared} />;
    if (route.page === "slices") return <SlicesPage {...shared} />;
    return <Failed message={`This report has no page "${route.page}".`} />;
  };
  return (
    <>
      <header class="top">
        <a class="name" href={passes ? "#/adjudicate" : "#/overview"}>
          karat
        </a>
        <span class="dataset">{data.dataset}</span>
        {live && !passes && <a href="/">runs</a>}
        <nav aria-label="pages">
          {pages.map(([page, name]) => (
            <a href={`#/${page}`} aria-current={shown === page ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <button type="button" class="help" aria-label="keys" title="keys (?)" onClick={() => setHelp(!isHelp)}>
          ?
        </button>
      </header>
      <Banner />
      <main>{page()}</main>
      {isHelp && <Help onClose={() => setHelp(false)} />}
    </>
  );
}

const KEYS: [string, string][] = [
  ["j k", "next and previous in the list"],
  ["n p", "next and previous error in the document"],
  ["Enter", "open what is selected"],
  ["1 to 9", "the extractors"],
  ["b", "another extractor beside this one"],
  ["/", "search"],
  ["g o, g e, g d, g s, g c", "overview, errors, documents, summaries, confusion"],
  ["g q", "karat view: the queue"],
  ["Esc", "close or deselect"],
  ["a", "karat view: accept the prediction as gold"],
  ["l", "karat view: change the label"],
  ["[ ]", "karat view: begin one earlier, end one later"],
  ["x, o", "karat view: delete the label, mark it as optional"],
  ["u", "karat view: undo"],
  ["?", "this help"],
];

const ADJUDICATION_KEYS: [string, string][] = [
  ["a, b", "keep what the first pass has, take what the second one has"],
  ["m, x", "take both, take neither"],
  ["w", "write why, before deciding; Esc leaves the field"],
  ["u", "undo the last decision"],
  ["j k", "next and previous disagreement"],
  ["n p", "next and previous open disagreement"],
  ["g o, g e, g d, g c", "adjudicate, differences, documents, confusion"],
  ["Esc", "close or deselect"],
  ["?", "this help"],
];

function Help({ onClose }: { onClose: () => void }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return (
    <dialog ref={element} onClose={onClose} aria-label="keys">
      <h2>Keys</h2>
      <dl class="keys">
        {(passes ? ADJUDICATION_KEYS : KEYS).map(([key, what]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <button type="button" onClick={() => element.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
