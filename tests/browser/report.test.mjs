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
  gated();
  browser = await launch();
});

/** A run that is worse than its accepted baseline, with a second extractor that has none. */
function gated() {
  const [text, home] = ["Ada lived in London. Bo did not.", join(folder, "gated")];
  const entity = (words, label) => ({ start: text.indexOf(words), end: text.indexOf(words) + words.length, label });
  const [ada, london, bo] = [entity("Ada", "PERSON"), entity("London", "GPE"), entity("Bo", "PERSON")];
  const ids = [...Array(24).keys()].map((at) => `d${String(at).padStart(2, "0")}`);
  for (const name of ["docs", "golden/passes/one", "golden/passes/two", "golden/edits"]) mkdirSync(join(home, name), { recursive: true });
  const json = (name, value) => writeFileSync(join(home, name), `${JSON.stringify(value)}\n`);
  for (const id of ids) {
    writeFileSync(join(home, `docs/${id}.txt`), text);
    for (const name of ["golden", "golden/passes/one"]) json(`${name}/${id}.json`, { id, entities: [ada, london, bo] });
    json(`golden/passes/two/${id}.json`, { id, entities: id === "d00" ? [ada, london] : [ada, london, bo] });
  }
  const answers = (name, of) => writeFileSync(join(home, name), ids.map((id, at) => `${JSON.stringify({ id, entities: of(at) })}\n`).join(""));
  // The baseline finds all but one entity; the run loses those of the first seven documents, too.
  answers("mine.jsonl", (at) => (at === 9 ? [ada] : [ada, london]));
  answers("new.jsonl", () => [ada]);
  const extractors = ["mine", "new"].map((name) => `[extractors.${name}]\nkind = "predictions"\npath = "${name}.jsonl"\n`);
  const rule = '[[gate]]\nextractor = "mine"\nmetric = "entities.strict.f1"\nmargin = 0.01\n';
  writeFileSync(join(home, "karat.toml"), `[datasets.d]\ndocuments = "docs"\ngolden = "golden"\n${extractors.join("")}${rule}`);
  const succeeds = (...args) => {
    const { status, stderr } = spawnSync(karat, args, { cwd: home, encoding: "utf8" });
    assert.equal(status, 0, stderr);
  };
  succeeds("run", "--quiet", "--out", "first");
  succeeds("accept", "first", "--extractor", "mine");
  answers("mine.jsonl", (at) => (at % 3 === 0 ? [ada] : [ada, london]));
  json("golden/d01.json", { id: "d01", entities: [ada, { ...london, label: "LOC" }, bo] });
  json("golden/edits/log.jsonl", { document: "d01", change: "set_label", old: london, new: { ...london, label: "LOC" }, why: "" });
  succeeds("run", "--quiet", "--out", "run");
}

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

test("the overview compares with the baseline: the verdict with its figure, then a column of differences", async () => {
  for (const width of [1280, 390]) {
    const tab = await open(browser, { viewport: { width, height: 780 } });
    await tab.goto(address("gated/run/d/report.html"));
    const verdict = await tab.locator(".verdict.fail").first().innerText();
    assert.match(verdict, /^FAIL entities\.strict\.f1 of mine: F1 fell by 0\.\d{3} \[−0\.\d{3}, −0\.\d{3}\]; 24 documents; \d+ GPE items lost/);
    const labels = await tab.locator(".verdicts").innerText();
    assert.match(labels, /The golden labels of "d" changed since the baseline of mine was accepted: 1 correction in golden\/edits\/log\.jsonl \(d01: GPE -> LOC "London"\)/);
    const table = tab.getByRole("region", { name: "entities: headline figures" });
    const headings = await table.locator("th").allInnerTexts();
    assert.deepEqual(headings, ["extractor", "strict f1", "95 % interval", "baseline", "difference", "gold", "answered", "ceiling"]);
    const cells = (row) => table.locator("tbody tr").nth(row).locator("td").allInnerTexts();
    const [mine, other] = [await cells(0), await cells(1)];
    assert.match(mine[3], /^0\.\d{3}$/);
    assert.match(mine[4], /^−0\.\d{3} \[−0\.\d{3}, −0\.\d{3}\] worse$/);
    const title = table.locator("tbody tr").first().locator(".difference");
    assert.match(await title.getAttribute("title"), /^a rule of the gate judges this figure; spans\|/);
    assert.match(mine[7], /^0\.\d{3}$/);
    const [value, base, delta] = [mine[1].split(" ")[0], mine[3], mine[4].split(" ")[0].replace("−", "-")].map(Number);
    assert.ok(Math.abs(value - base - delta) < 0.0011, `${value} - ${base} is not ${delta}`);
    assert.deepEqual(other.slice(3, 5), ["–", "–"]);
    const why = table.locator("tbody tr").nth(1).locator("td").nth(4).locator("span");
    assert.equal(await why.getAttribute("title"), "there is no accepted baseline to compare with");
    // A click on a heading sorts; those without a difference come last in both directions.
    for (let click = 0; click < 2; click += 1) {
      await table.getByRole("button", { name: "difference" }).click();
      assert.equal((await cells(0))[0], "mine");
    }
    // A wide table scrolls by itself.
    assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} pixels are not enough`);
    assert.deepEqual(await violations(tab), []);
    assert.deepEqual(tab.said, []);
    await tab.context().close();
  }
  const tab = await open(browser);
  for (const name of ["shapes.html", "comparison.html", "run/many/report.html"]) {
    await tab.goto(address(name, "#/overview"));
    const headings = await tab.locator("table th").allInnerTexts();
    assert.ok(headings.length > 0 && !headings.some((heading) => /baseline|difference|ceiling/.test(heading)), `${name}: ${headings}`);
  }
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
