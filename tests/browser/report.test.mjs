// The report and the comparison, opened from files.
//
//   KARAT_BIN=target/release/karat node --test tests/browser/
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, open, violations } from "./browser.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const karat = resolve(process.env.KARAT_BIN ?? join(root, "target/release/karat"));
const folder = mkdtempSync(join(tmpdir(), "karat-browser-"));
const shots = process.env.KARAT_SCREENSHOTS;
let browser;

function page(name, ...args) {
  const { stdout, stderr, status } = spawnSync(karat, [...args, "--format", "html"], { cwd: folder, maxBuffer: 1 << 30 });
  assert.ok(stdout.length > 0, `${args.join(" ")}: exit ${status}: ${stderr}`);
  writeFileSync(join(folder, name), stdout);
}

const address = (name, route = "") => `file://${join(folder, name)}${route}`;

before(async () => {
  execFileSync("node", [join(here, "generate.mjs"), folder]);
  for (const name of ["shapes", "hostile"]) page(`${name}.html`, "score", "--gold", `${name}-gold.jsonl`, "--pred", `${name}-pred.jsonl`);
  page("comparison.html", "compare", "--gold", "shapes-gold.jsonl", "shapes-base.jsonl", "shapes-pred.jsonl");
  const config = '[datasets.many]\ndocuments = "many-gold.jsonl"\ngolden = "many-gold.jsonl"\n\n[extractors.mine]\nkind = "predictions"\npath = "many-pred.jsonl"\n';
  writeFileSync(join(folder, "karat.toml"), config);
  const run = spawnSync(karat, ["run", "--quiet", "--out", "run"], { cwd: folder, encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  browser = await launch();
});

after(() => browser?.close());

const ROUTES = ["#/overview", "#/errors", "#/documents", "#/documents/shapes", "#/summaries", "#/confusion", "#/slices", "#/definitions"];

test("every page is silent and accessible, in light and dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const tab = await open(browser, { colorScheme });
    const routes = [...ROUTES.map((route) => ["shapes.html", route]), ["comparison.html", "#/overview"], ["comparison.html", "#/changes"], ["hostile.html", "#/errors"]];
    for (const [file, route] of routes) {
      await tab.goto(address(file, route));
      await tab.waitForSelector("main h1, main .list");
      assert.deepEqual(await violations(tab), [], `${file} ${route} ${colorScheme}`);
    }
    assert.deepEqual(tab.said, []);
    await tab.context().close();
  }
});

test("hostile texts stay texts", async () => {
  const tab = await open(browser);
  for (const route of ["#/overview", "#/errors", "#/documents", "#/summaries", "#/confusion", "#/slices"]) {
    await tab.goto(address("hostile.html", route));
    await tab.waitForSelector("main h1, main .list");
    assert.equal(await tab.locator("main img, main script, main iframe").count(), 0, route);
  }
  await tab.goto(address("hostile.html", "#/documents"));
  for (let at = 0; at < 6; at += 1) {
    await tab.locator("a.document").nth(at).click();
    await tab.waitForSelector(".text");
  }
  assert.deepEqual(tab.said, []);
});

test("errors are filtered, and lead to their place in the document", async () => {
  const tab = await open(browser);
  await tab.goto(address("shapes.html", "#/errors"));
  await tab.getByLabel("class", { exact: false }).first().selectOption("mislabelled");
  await tab.waitForSelector(".error");
  assert.match(tab.url(), /class=mislabelled/);
  assert.equal(await tab.locator(".error").count(), 1);
  await tab.locator(".error .context").click();
  await tab.waitForSelector(".card");
  assert.match(await tab.locator(".card").innerText(), /GPE[\s\S]*LOC/);
  // The address reproduces the view.
  const link = tab.url();
  assert.match(link, /#\/documents\/shapes\?.*error=/);
  const other = await open(browser);
  await other.goto(link);
  await other.waitForSelector(".card");
  assert.equal(await other.locator(".card").innerText(), await tab.locator(".card").innerText());
});

test("nested and discontinuous spans have lanes, and copying gives the document's own text", async () => {
  const tab = await open(browser);
  await tab.goto(address("shapes.html", "#/documents/shapes"));
  await tab.waitForSelector(".chip");
  const lanes = await tab.locator(".piece").evaluateAll((pieces) => pieces.map((piece) => (piece.style.backgroundImage.match(/gradient/g) ?? []).length));
  assert.ok(Math.max(...lanes) >= 6, `${lanes}`);
  const text = await tab.evaluate(() => {
    getSelection().selectAllChildren(document.querySelector("[data-text]"));
    return getSelection().toString();
  });
  assert.equal(text, JSON.parse(readFileSync(join(folder, "shapes-gold.jsonl"), "utf8").split("\n")[0]).text);
  assert.ok((await tab.locator(".arc").count()) > 0);
});

test("keys move through lists and errors, and show help", async () => {
  const tab = await open(browser);
  await tab.goto(address("shapes.html", "#/documents"));
  await tab.waitForSelector("a.document");
  await tab.keyboard.press("j");
  await tab.waitForSelector(".failed, .text");
  await tab.keyboard.press("j");
  await tab.waitForSelector(".chip");
  await tab.keyboard.press("n");
  const first = await tab.locator(".card").innerText();
  await tab.keyboard.press("n");
  assert.notEqual(await tab.locator(".card").innerText(), first);
  await tab.keyboard.press("p");
  assert.equal(await tab.locator(".card").innerText(), first);
  await tab.keyboard.press("?");
  await tab.waitForSelector("dialog[open]");
  assert.deepEqual(await violations(tab), []);
  await tab.keyboard.press("Escape");
  await tab.keyboard.press("g");
  await tab.keyboard.press("e");
  await tab.waitForSelector("h1:text('Errors')");
});

test("figures by label and by slice are listed", async () => {
  const tab = await open(browser);
  await tab.goto(address("shapes.html", "#/slices"));
  await tab.waitForSelector("h2:text('By label')");
  const rows = await tab.getByRole("region", { name: "figures by label" }).locator("tbody tr").allInnerTexts();
  assert.ok(rows.some((row) => /entities\.strict\.f1\s+PERSON\b/.test(row)), `${rows}`);
  await tab.goto(address("run/many/report.html", "#/slices"));
  await tab.waitForSelector("text=meta.kind=letter");
  await tab.goto(address("comparison.html", "#/changes"));
  await tab.waitForSelector("h2:text('Labels')");
});

test("a document that failed shows its error", async () => {
  const tab = await open(browser);
  await tab.goto(address("shapes.html", "#/documents/unanswered"));
  assert.match(await tab.locator(".failed").innerText(), /TimeoutError/);
});

test("5,000 documents open in two seconds, in a file smaller than the CSVs", async (context) => {
  const sizeOf = (name) => statSync(join(folder, "run/many", name)).size;
  const size = sizeOf("report.html");
  const tables = ["alignment.csv", "documents.csv", "scores.csv", "facts.csv"].map(sizeOf).reduce((sum, one) => sum + one);
  const tab = await open(browser);
  const started = Date.now();
  await tab.goto(address("run/many/report.html"));
  await tab.waitForSelector("table");
  const opened = Date.now() - started;
  await tab.goto(address("run/many/report.html", "#/errors?view=list"));
  await tab.waitForSelector(".error");
  await tab.locator(".list").evaluate((list) => {
    list.scrollTop = list.scrollHeight / 2;
  });
  await tab.waitForFunction(() => document.querySelectorAll(".error").length > 5);
  const drawn = await tab.locator(".error").count();
  assert.ok(drawn < 60, `${drawn} rows are drawn`);
  const memory = await tab.evaluate(() => performance.memory.usedJSHeapSize);
  context.diagnostic(`${size} bytes (the tables: ${tables}), opened in ${opened} ms, ${Math.round(memory / 1e6)} MB of heap, ${drawn} of 20,000 rows drawn`);
  assert.ok(opened < 2000, `${opened} ms`);
  assert.ok(size < tables, `${size} bytes, and the tables have ${tables}`);
  assert.deepEqual(tab.said, []);
});

test("a truncated file and an old browser say what is missing", async () => {
  const whole = readFileSync(join(folder, "shapes.html"), "utf8");
  const without = whole.replace(/<script type="application\/gzip" id="b-a0-0">[^<]*<\/script>\n/, "");
  writeFileSync(join(folder, "truncated.html"), without);
  const tab = await open(browser);
  await tab.goto(address("truncated.html"));
  assert.match(await tab.locator("#viewer").innerText(), /truncated: 1 of its \d+ blocks are missing \(a0-0\)/);
  writeFileSync(join(folder, "other.html"), whole.replace("karat.view/1", "karat.view/9"));
  await tab.goto(address("other.html"));
  assert.match(await tab.locator("#viewer").innerText(), /karat\.view\/9/);
  await tab.addInitScript(() => {
    delete window.DecompressionStream;
  });
  await tab.goto(address("shapes.html"));
  assert.match(await tab.locator("#viewer").innerText(), /DecompressionStream/);
});

test("screenshots", { skip: !shots }, async () => {
  mkdirSync(shots, { recursive: true });
  const briefs = process.env.KARAT_REPORT ?? join(root, "reports/briefs/report.html");
  for (const [colorScheme, width, height] of [["light", 1280, 720], ["dark", 1280, 720], ["light", 390, 780], ["dark", 390, 780]]) {
    const tab = await open(browser, { colorScheme, viewport: { width, height } });
    for (const [name, route] of [["overview", "#/overview"], ["errors", "#/errors?extractor=rules"], ["document", "#/documents?extractor=rules"]]) {
      await tab.goto(`file://${resolve(briefs)}${route}`);
      await tab.waitForSelector("main h1, main .list");
      if (name === "document") {
        await tab.locator("a.document").nth(1).click();
        await tab.waitForSelector(".chip");
        await tab.keyboard.press("n");
        await tab.waitForSelector(".card");
      }
      await tab.waitForTimeout(300);
      await tab.screenshot({ path: join(shots, `${name}-${colorScheme}-${width}.png`) });
    }
  }
});
