// What the browser tests share: the browser, pages that must stay silent, and axe.
import AxeBuilder from "@axe-core/playwright";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser that is installed: Debian's Chromium, or what KARAT_CHROMIUM names. */
export function executable() {
  const found = [process.env.KARAT_CHROMIUM, ...CANDIDATES].find((file) => file && existsSync(file));
  if (!found) throw new Error("Chromium is not installed; set KARAT_CHROMIUM to its path");
  return found;
}

export async function launch() {
  return chromium.launch({ executablePath: executable(), args: ["--no-sandbox"] });
}

/** A new page whose console and errors are collected in `said`. */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, colorScheme: "light", ...options });
  const page = await context.newPage();
  page.said = [];
  page.on("console", (message) => page.said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => page.said.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    page.said.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!/^(file|data|blob|http:\/\/127\.0\.0\.1)/.test(request.url())) page.said.push(`request: ${request.url()}`);
  });
  return page;
}

/** The violations that axe finds, one line each. */
export async function violations(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}
