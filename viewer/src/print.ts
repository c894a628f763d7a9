// Printing: the page shows what it would show if one scrolled and unfolded.
import { options } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

/** The most rows of a list on paper. */
export const MOST_PRINTED = 2000;

/** Draws at once what changes before the browser prints, and unfolds what is folded. */
export function preparePrinting(): void {
  let folded: HTMLDetailsElement[] = [];
  const later = options.debounceRendering;
  // In the capturing phase, so that it comes before the components hear of it.
  addEventListener(
    "beforeprint",
    () => {
      options.debounceRendering = (render) => render();
      folded = [...document.querySelectorAll<HTMLDetailsElement>("details:not([open])")];
      folded.forEach((element) => element.setAttribute("open", ""));
    },
    { capture: true },
  );
  addEventListener("afterprint", () => {
    options.debounceRendering = later!;
    folded.forEach((element) => element.removeAttribute("open"));
  });
}

/** Whether the page is being printed. */
export function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useLayoutEffect(() => {
    const begin = () => setPrinting(true);
    const end = () => setPrinting(false);
    addEventListener("beforeprint", begin);
    addEventListener("afterprint", end);
    return () => {
      removeEventListener("beforeprint", begin);
      removeEventListener("afterprint", end);
    };
  }, []);
  return isPrinting;
}
