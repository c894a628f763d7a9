// `karat view`: the server, and corrections of golden files from the page.
//
//   KARAT_BIN=target/release/karat node --test tests/browser/
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { launch, open, violations } from "./browser.mjs";
import { karatIn, openReport, project, view as startView } from "./server.mjs";

const servers = [];
let browser, folder;

const GOLDEN = `{
  "id": "a",
  "note": "kept as it is",
  "entities": [
    {"start": 2, "end": 5, "label": "PERSON", "text": "Ada"},
    {"start": 14, "end": 20, "label": "ORG", "text": "London"}
  ]
}
`;

const karatRun = (...args) => karatIn(folder, ...args);
const serve = (...args) => view("r", ...args);

async function view(...args) {
  const started = await startView(folder, ...args);
  servers.push(started.server);
  return started;
}

before(async () => {
  browser = await launch();
});

after(() => {
  servers.forEach((server) => server.kill());
  return browser?.close();
});

beforeEach(() => {
  folder = project({
    // The first character takes two units in a browser and one code point in karat.
    "docs/a.txt": "𝄞 Ada lived in London. Bo did not.",
    "docs/b.txt": "Nothing.",
    "golden/a.json": GOLDEN.replace('"start": 14, "end": 20', '"start": 15, "end": 21'),
    "golden/b.json": '{"id": "b", "entities": []}\n',
    "mine.jsonl": '{"id": "a", "entities": [{"start": 2, "end": 5, "label": "PERSON"}, {"start": 15, "end": 21, "label": "GPE"}, {"start": 23, "end": 25, "label": "PERSON"}]}\n{"id": "b", "entities": []}\n',
    "karat.toml": '[datasets.d]\ndocuments = "docs"\ngolden = "golden"\n\n[extractors.mine]\nkind = "predictions"\npath = "mine.jsonl"\n',
  });
});

const golden = () => readFileSync(join(folder, "golden/a.json"), "utf8");

/** Opens the document `a` at the mark with this sign. */
async function openMark(tab, address, sign) {
  const page = await openReport(tab, address);
  await tab.goto(`${page}#/documents/a`);
  await tab.locator(`.chip[data-sign^="${sign}"]`).first().click();
  await tab.waitForSelector(".actions");
}

test("accepting a label changes one word of the file, and the figures", async () => {
  const { address } = await serve();
  const tab = await open(browser);
  await openMark(tab, address, "→");
  await tab.getByLabel("why").first().fill("London is a place");
  const before = golden();
  await tab.getByRole("button", { name: "Accept the prediction" }).click();
  await tab.waitForSelector(".banner");
  assert.equal(golden(), before.replace('"label": "ORG"', '"label": "GPE"'));
  assert.match(await tab.locator(".banner").innerText(), /entities\.strict\.f1 0\.400 → 0\.800/);
  const log = readFileSync(join(folder, "golden/edits/log.jsonl"), "utf8").trim().split("\n").map(JSON.parse);
  assert.equal(log.length, 1);
  assert.equal(log[0].why, "London is a place");
  assert.ok(!("who" in log[0]) && !("when" in log[0]));
  assert.deepEqual(await violations(tab), []);
  await tab.getByRole("button", { name: "Undo" }).click();
  await tab.waitForFunction(() => document.querySelector(".banner")?.textContent.includes("0.800 → 0.400"));
  assert.equal(golden(), before);
  assert.deepEqual(tab.said, []);
});

test("selected text becomes a label, in code points", async () => {
  const { address } = await serve();
  const tab = await open(browser);
  await openMark(tab, address, "+");
  await tab.evaluate(() => {
    const host = document.querySelector("[data-text]");
    const walker = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.data.indexOf("Bo");
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 2);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return;
    }
  });
  await tab.waitForSelector(".selection");
  await tab.locator(".selection").getByLabel("label").fill("PERSON");
  await tab.getByRole("button", { name: "Add a golden label" }).click();
  await tab.waitForSelector(".banner");
  const { entities } = JSON.parse(golden());
  assert.deepEqual(entities.at(-1), { start: 23, end: 25, label: "PERSON", text: "Bo" });
});

test("a file that changed on disk is not overwritten; a second tab has to reload", async () => {
  const { address } = await serve();
  const tab = await open(browser);
  await openMark(tab, address, "→");
  const second = await tab.context().newPage();
  await second.goto(tab.url());
  await second.waitForSelector(".actions");
  await tab.getByRole("button", { name: "Accept the prediction" }).click();
  await tab.waitForSelector(".banner");
  const saved = golden();
  await second.getByRole("button", { name: "Delete the label" }).click();
  await second.waitForSelector(".actions .failed");
  assert.match(await second.locator(".actions .failed").innerText(), /changed on disk/);
  assert.equal(golden(), saved);
});

test("a page that is reloaded shows the file as it is, and a refused correction hides no figure", async () => {
  const { address } = await serve();
  const tab = await open(browser);
  await openMark(tab, address, "→");
  writeFileSync(join(folder, "golden/a.json"), golden().replace('"label": "ORG"', '"label": "LOC"'));
  await tab.getByRole("button", { name: "Delete the label" }).click();
  await tab.waitForSelector(".actions .failed");
  await tab.reload();
  await tab.locator('.chip[data-sign^="→"]').first().click();
  await tab.waitForSelector(".actions");
  assert.match(await tab.locator(".card").innerText(), /LOC London/);
  await tab.getByRole("button", { name: "Accept the prediction" }).click();
  await tab.waitForSelector(".banner");
  assert.match(await tab.locator(".banner").innerText(), /0\.400 → 0\.800/);
});

test("a server that is killed in an edit leaves a whole file, and says so in the page", async () => {
  const { server, address } = await serve();
  const tab = await open(browser);
  await openMark(tab, address, "→");
  const before = golden();
  tab.getByRole("button", { name: "Accept the prediction" }).click();
  server.kill("SIGKILL");
  await tab.waitForSelector(".actions .failed, .banner");
  const after = golden();
  assert.ok(after === before || after === before.replace('"label": "ORG"', '"label": "GPE"'), after);
  JSON.parse(after);
});

test("--read-only shows and does not change", async () => {
  const { address } = await serve("--read-only");
  const tab = await open(browser);
  const page = await openReport(tab, address);
  await tab.goto(`${page}#/documents/a`);
  await tab.locator(".chip").first().click();
  await tab.waitForSelector(".card");
  assert.equal(await tab.locator(".actions").count(), 0);
  const status = await tab.evaluate(async () => (await fetch("/edit", { method: "POST", body: '{"dataset": "d"}' })).json());
  assert.match(status.error, /--read-only/);
});

test("two runs are compared", async () => {
  karatRun("run", "--quiet");
  karatRun("run", "--quiet");
  const { address } = await serve();
  const tab = await open(browser);
  await tab.goto(address);
  assert.deepEqual(await violations(tab), []);
  await tab.getByRole("button", { name: "Compare" }).click();
  await tab.waitForSelector("text=Both systems gave the same answers");
});

/** What a request without the browser's cookie gets. */
function ask(address, headers, method = "GET") {
  const { hostname, port } = new URL(address);
  return new Promise((done) => {
    const sent = request({ hostname, port, path: "/run/r/d", method, headers }, (reply) => {
      reply.resume();
      done(reply.statusCode);
    });
    sent.end();
  });
}

test("only the browser that was opened may read or write", async () => {
  const { address } = await serve();
  assert.equal(await ask(address, {}), 403);
  const tab = await open(browser);
  await tab.goto(address);
  await tab.waitForSelector("table");
  // The address works once.
  const other = await open(browser);
  const reply = await other.goto(address);
  assert.equal(reply.status(), 403);
  const [cookie] = await tab.context().cookies();
  assert.ok(cookie.httpOnly && cookie.sameSite === "Strict");
  const known = { cookie: `${cookie.name}=${cookie.value}` };
  assert.equal(await ask(address, known), 200);
  assert.equal(await ask(address, { ...known, host: "evil.example" }), 403);
  assert.equal(await ask(address, { ...known, origin: "http://evil.example" }, "POST"), 403);
  assert.equal(await ask(address, known, "POST"), 403);
});

/** Two passes over the document `a` that differ in a label, in an entity and in a summary. */
function writePasses() {
  const entity = (start, end, label) => ({ start, end, label });
  const [ada, bo] = [entity(2, 5, "PERSON"), entity(23, 25, "PERSON")];
  const passes = {
    one: { id: "a", entities: [ada, entity(15, 21, "ORG"), bo], summaries: ["Ada lived."] },
    two: { id: "a", entities: [ada, entity(15, 21, "GPE")], summaries: ["Bo did not."] },
  };
  for (const [name, pass] of Object.entries(passes)) {
    mkdirSync(join(folder, "new/passes", name), { recursive: true });
    writeFileSync(join(folder, "new/passes", name, "a.json"), JSON.stringify(pass));
  }
  return ["--passes", "new/passes/one", "new/passes/two", "--documents", "docs"];
}

test("the disagreements of two passes are decided by keys, and a stopped session goes on", async () => {
  const args = writePasses();
  const { server, address } = await view(...args);
  const tab = await open(browser);
  await tab.goto(address);
  await tab.waitForSelector(".adjudicated");
  assert.match(await tab.locator(".progress").innerText(), /0 of 3 decided; 0 of 1 file written/);
  assert.match(await tab.locator(".adjudicated").innerText(), /one and two differ/);
  assert.equal(await tab.locator(".chip.selected").getAttribute("data-sign"), "→ ORG → GPE");
  assert.deepEqual(await violations(tab), []);
  await tab.keyboard.press("w");
  await tab.keyboard.type("London is a place");
  await tab.keyboard.press("Escape");
  await tab.keyboard.press("b");
  // The next open disagreement: an entity that one pass has.
  await tab.waitForSelector("text=one only");
  await tab.keyboard.press("x");
  assert.equal(await tab.getByRole("button", { name: "Neither" }).count(), 0);
  await tab.keyboard.press("a");
  await tab.waitForFunction(() => document.querySelector(".adjudicated")?.innerText.startsWith("summaries"));
  await tab.keyboard.press("u");
  await tab.waitForSelector("text=one only");
  assert.match(await tab.locator(".progress").innerText(), /1 of 3 decided/);
  await tab.getByRole("button", { name: "Leave it out, as two" }).click();
  await tab.waitForFunction(() => document.querySelector(".adjudicated")?.innerText.startsWith("summaries"));
  // What was decided is known when another page was shown in between.
  await tab.getByRole("link", { name: "Differences" }).click();
  await tab.waitForSelector(".error .c-missed");
  assert.equal(await tab.locator(".error .c-missed").first().innerText(), "− one only");
  await tab.getByRole("link", { name: "Adjudicate" }).click();
  await tab.waitForFunction(() => document.querySelector(".progress")?.innerText.includes("2 of 3 decided"));
  assert.deepEqual(tab.said, []);
  server.kill("SIGKILL");
  await new Promise((done) => server.on("exit", done));

  const again = await view(...args);
  const second = await open(browser);
  await second.goto(again.address);
  await second.waitForFunction(() => document.querySelector(".progress")?.innerText.includes("2 of 3 decided"));
  await second.getByRole("button", { name: "Both" }).click();
  await second.waitForSelector(".done");
  assert.match(await second.locator(".progress").innerText(), /1 of 1 file written/);
  const written = JSON.parse(readFileSync(join(folder, "new/a.json"), "utf8"));
  assert.deepEqual(written.entities, [{ start: 2, end: 5, label: "PERSON" }, { start: 15, end: 21, label: "GPE" }]);
  assert.deepEqual(written.summaries, ["Ada lived.", "Bo did not."]);
  const journal = readFileSync(join(folder, "new/edits/adjudication.jsonl"), "utf8").trim().split("\n").map(JSON.parse);
  assert.equal(journal[0].why, "London is a place");
  assert.deepEqual(second.said, []);
});

test("a held key decides once, a reason stays with its disagreement, and a stale page takes nothing back", async () => {
  const { address } = await view(...writePasses());
  const tab = await open(browser);
  await tab.goto(address);
  await tab.waitForSelector(".adjudicated");
  // A reason that was typed for the first disagreement is not recorded with the second one.
  await tab.keyboard.press("w");
  await tab.keyboard.type("London is a place");
  await tab.keyboard.press("Escape");
  await tab.keyboard.press("j");
  await tab.waitForSelector("text=one only");
  assert.equal(await tab.getByLabel("why").inputValue(), "");
  const stale = await tab.context().newPage();
  await stale.goto(new URL("/", address).href);
  await stale.waitForSelector(".adjudicated");
  // A page behind another one draws nothing, for which the functions below would wait.
  await tab.bringToFront();
  // A key that is held repeats until it is released.
  await tab.keyboard.down("a");
  await tab.waitForFunction(() => document.querySelector(".progress")?.innerText.startsWith("1 of 3"));
  for (let repeat = 0; repeat < 5; repeat += 1) await tab.keyboard.down("a");
  await tab.keyboard.up("a");
  await tab.waitForTimeout(300);
  assert.match(await tab.locator(".progress").innerText(), /1 of 3 decided/);
  const journal = () => readFileSync(join(folder, "new/edits/adjudication.jsonl"), "utf8").trim().split("\n").map(JSON.parse);
  assert.deepEqual(journal().map((line) => line.why), [""]);
  // The other page decides something, and then the first one is stale.
  await stale.bringToFront();
  await stale.keyboard.press("b");
  await stale.waitForFunction(() => document.querySelector(".progress")?.innerText.startsWith("2 of 3"));
  await tab.bringToFront();
  await tab.keyboard.press("u");
  await tab.waitForSelector("text=another decision is the newest");
  assert.equal(journal().length, 2);
  // A move is repeated.
  await tab.keyboard.press("k");
  await tab.waitForSelector("text=one only");
  await tab.keyboard.press("k");
  await tab.waitForSelector("text=one and two differ");
  await tab.keyboard.down("j");
  await tab.waitForSelector("text=one only");
  await tab.keyboard.down("j");
  await tab.keyboard.up("j");
  await tab.waitForFunction(() => document.querySelector(".adjudicated")?.innerText.startsWith("summaries"));
});

test("a golden file that is there is replaced only by a button", async () => {
  const args = writePasses();
  writeFileSync(join(folder, "new/a.json"), "{}");
  const { address } = await view(...args);
  const tab = await open(browser);
  await tab.goto(address);
  await tab.waitForSelector(".adjudicated");
  for (const number of [1, 2, 3]) {
    await tab.keyboard.press("a");
    await tab.waitForFunction((count) => document.querySelector(".progress")?.innerText.startsWith(`${count} of 3`), number);
  }
  await tab.waitForSelector("text=this adjudication did not write it");
  assert.equal(readFileSync(join(folder, "new/a.json"), "utf8"), "{}");
  assert.deepEqual(await violations(tab), []);
  await tab.getByRole("button", { name: "Replace the file that is there" }).click();
  await tab.waitForSelector("text=Written to");
  assert.equal(JSON.parse(readFileSync(join(folder, "new/a.json"), "utf8")).entities.length, 3);
});
