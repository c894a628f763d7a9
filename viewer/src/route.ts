// The address holds the state: `#/errors?extractor=rules&label=ORG`. A link reproduces the view.
import { useLayoutEffect, useState } from "preact/hooks";

export interface Route {
  page: string;
  /** What follows the page: the id of a document, or empty. */
  rest: string;
  query: URLSearchParams;
}

export function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [page = "", ...rest] = path.split("/");
  let name = rest.join("/");
  try {
    name = decodeURIComponent(name);
  } catch {
    // A hand-written address: it is taken as it stands.
  }
  return { page: page || "overview", rest: name, query: new URLSearchParams(query) };
}

export function href(page: string, rest = "", query: Record<string, string | null | undefined> = {}): string {
  const kept = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const search = new URLSearchParams(kept).toString();
  return `#/${page}${rest ? `/${encodeURIComponent(rest)}` : ""}${search ? `?${search}` : ""}`;
}

/** Replaces the address without a new entry in the history: for filters and selections. */
export function replace(address: string): void {
  history.replaceState(null, "", address);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Returns the address with some keys of its query set, or removed if they are null. */
export function withQuery(route: Route, changes: Record<string, string | null>): string {
  const query = Object.fromEntries(route.query);
  return href(route.page, route.rest, { ...query, ...changes });
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parse(location.hash));
  // Before the browser does anything else: an address that changes between the first drawing and a later
  // listener would be lost.
  useLayoutEffect(() => {
    const changed = () => setRoute(parse(location.hash));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}
