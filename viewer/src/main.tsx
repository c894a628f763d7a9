// Starts the viewer, or says in the page why it cannot.
import { render } from "preact";
import { App } from "./app";
import { overview } from "./data";
import { listen } from "./keys";
import { preparePrinting } from "./print";
import "./style.css";

function start(): void {
  const root = document.getElementById("viewer")!;
  const refuse = (message: string) => {
    root.textContent = message;
    root.className = "failed";
    root.setAttribute("role", "alert");
  };
  if (!("DecompressionStream" in window)) {
    refuse("This browser has no DecompressionStream, which this report needs: use one from 2023 or later (Chrome 80, Firefox 113, Safari 16.4).");
    return;
  }
  try {
    const data = overview();
    root.textContent = "";
    listen();
    preparePrinting();
    render(<App data={data} />, root);
  } catch (error) {
    refuse(`This report cannot be shown: ${(error as Error).message}`);
  }
}

start();
