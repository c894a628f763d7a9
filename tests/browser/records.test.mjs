// `karat view`: values of records, key points and their verdicts, references, and the queue.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { launch, open, violations } from "./browser.mjs";
import { karat, karatIn, openReport, project, serve } from "./server.mjs";

const GOLDEN = `{
  "id": "a",
  "records": {
    "sale": [
      {"seller": "ACME", "item": "pens", "price": 1.50},
      {"seller": "ACME", "item": "cups", "price": 4}
    ]
  },
  "key_points": [
    {"id": "K1", "text": "ACME sold pens to Bo."},
    {"id": "K2", "text": "The bridge was closed."}
  ],
  "summaries": ["ACME sold pens and cups to Bo. The bridge fell in June."],
  "entities": [{"start": 0, "end": 4, "label": "ORG"}]
}
`;
const ANSWERS = [
  {
    id: "a",
    records: { sale: [{ seller: "ACME", item: "cups", price: 5 }, { seller: "ACME", item: "pens", price: 1.5, buyer: "Bo" }] },
    summaries: ["ACME sold pens and cups in July for 4 EUR. The bridge fell in June."],
    entities: [],
  },
  { id: "b", records: { sale: [] }, summaries: ["A bridge."], entities: [] },
];
const FILES = {
  "docs/a.txt": "ACME sold 3 pens at 1.50 EUR and 2 cups at 4 EUR to Bo on 3 May. The bridge fell in June.",
  "docs/b.txt": "Nothing here but a bridge.",
  "golden/a.json": GOLDEN,
  "golden/b.json": '{"id": "b", "records": {"sale": []}, "key_points": [], "summaries": ["A bridge."], "entities": []}\n',
  "mine.jsonl": ANSWERS.map((answer) => `${JSON.stringify(answer)}\n`).join(""),
  "karat.toml": '[datasets.d]\ndocuments = "docs"\ngolden = "golden"\n\n[extractors.mine]\nkind = "predictions"\npath = "mine.jsonl"\n\n[extractors.other]\nkind = "predictions"\npath = "mine.jsonl"\n',
};

const servers = [];
let browser, folder;
before(async () => {
  browser = await launch();
});
after(() => {
  servers.forEach((server) => server.kill());
  return browser?.close();
});
beforeEach(() => {
  folder = project(FILES);
});

const golden = () => readFileSync(join(folder, "golden/a.json"), "utf8");

/** Opens the report on a page, and returns the tab. */
async function openAt(hash, ...args) {
  const { server, address } = await serve(folder, ...args);
  servers.push(server);
  const tab = await open(browser);
  const report = await openReport(tab, address);
  await tab.goto(`${report}#/${hash}`);
  return tab;
}

test("records stand in pairs, and a value is corrected with its spelling", async () => {
  const tab = await openAt("documents/a");
  await tab.waitForSelector("th.record");
  assert.deepEqual(await tab.locator("th.record").allInnerTexts(), ["gold record 2, predicted record 1", "gold record 1, predicted record 2"]);
  const group = tab.locator("tbody", { hasText: "gold record 2" });
  await group.getByRole("button", { name: "price" }).click();
  assert.match(await group.innerText(), /golden\/a\.json:6/);
  await group.getByLabel("golden value").fill("4.10");
  assert.deepEqual(await violations(tab), []);
  await group.getByRole("button", { name: "Save" }).click();
  await tab.waitForSelector(".banner");
  assert.equal(golden(), GOLDEN.replace('"price": 4}', '"price": 4.10}'));
  const log = JSON.parse(readFileSync(join(folder, "golden/edits/log.jsonl"), "utf8"));
  assert.equal(`${log.record} ${log.index} ${log.path} ${log.old}`, "sale 1 /price 4");
  await tab.getByRole("button", { name: "Undo" }).click();
  await tab.waitForFunction(() => document.querySelector(".banner")?.textContent.includes("Undone"));
  assert.equal(golden(), GOLDEN);
  assert.deepEqual(tab.said, []);
});

test("a predicted value is accepted, in a record that lacks the field, too", async () => {
  const tab = await openAt("documents/a");
  const group = tab.locator("tbody", { hasText: "gold record 1" });
  await group.getByRole("button", { name: "buyer" }).click();
  await group.getByRole("button", { name: "Accept the prediction" }).click();
  await tab.waitForSelector(".banner");
  assert.equal(JSON.parse(golden()).records.sale[0].buyer, "Bo");
  assert.match(golden(), /"price": 1\.50/);
});

test("a golden value that stands is not replaced by another, and equal values are to be chosen from", async () => {
  const sale = '{"item": "pens", "tags": "red", "lines": [{"n": "x", "price": 5}, {"n": "y", "price": 5}]}';
  const answer = { item: "pens", tags: ["red", "blue"], lines: [{ n: "y", price: 6 }] };
  const gold = `{"id": "a", "records": {"sale": [${sale}]}}`;
  folder = project({
    "docs/a.txt": FILES["docs/a.txt"],
    "golden/a.json": gold,
    "mine.jsonl": JSON.stringify({ id: "a", records: { sale: [answer] } }),
    "karat.toml": FILES["karat.toml"],
  });
  const tab = await openAt("documents/a");
  const row = (text) => tab.locator("tr", { hasText: text }).first();
  await row("blue").getByRole("button").click();
  await tab.waitForSelector("text=This value cannot be corrected here");
  await row("wrong value").getByRole("button").click();
  await tab.getByRole("button", { name: "Accept the prediction" }).click();
  await tab.waitForSelector("text=choose which");
  assert.equal(golden(), gold);
  await tab.getByLabel("which").selectOption({ label: "/lines/1/price" });
  await tab.getByRole("button", { name: "Accept the prediction" }).click();
  await tab.waitForSelector(".banner");
  assert.equal(golden(), gold.replace('"y", "price": 5', '"y", "price": 6'));
});

test("a form for a reference belongs to that reference, and an undo to the newest correction", async () => {
  writeFileSync(join(folder, "golden/a.json"), GOLDEN.replace('June."],', 'June.", "Another one."],'));
  const tab = await openAt("summaries/a");
  await tab.getByRole("button", { name: "Correct this reference" }).click();
  await tab.getByRole("combobox", { name: "reference" }).selectOption("1");
  await tab.getByRole("button", { name: "Correct this reference" }).click();
  assert.equal(await tab.getByRole("textbox", { name: "reference" }).inputValue(), "Another one.");
  await tab.getByRole("textbox", { name: "reference" }).fill("Mine.");
  await tab.getByRole("button", { name: "Save" }).click();
  await tab.waitForSelector(".banner");
  const second = await tab.context().newPage();
  await second.goto(tab.url());
  await second.locator(".points li", { hasText: "K1" }).getByLabel("your verdict").selectOption("supported");
  await second.waitForFunction(() => document.querySelector(".banner")?.textContent.includes("verdict"));
  await tab.getByRole("button", { name: "Undo" }).click();
  await tab.waitForSelector(".banner .failed");
  assert.match(await tab.locator(".banner .failed").innerText(), /something else was corrected/);
  assert.match(golden(), /"Mine\."/);
});

test("a verdict belongs to the summary that was judged", async () => {
  const lines = (hash) => `{"id": "a", "key_point": "K1", "verdict": "partial", "summary_sha256": "${hash}"}\n`;
  mkdirSync(join(folder, "golden/verdicts"));
  writeFileSync(join(folder, "golden/verdicts/mine.jsonl"), lines("00"));
  writeFileSync(join(folder, "golden/verdicts/other.jsonl"), "id,verdict\n");
  const tab = await openAt("summaries/a");
  const verdict = tab.locator(".points li", { hasText: "K1" }).getByLabel("your verdict");
  await verdict.waitFor();
  assert.equal(await verdict.inputValue(), "");
  assert.match(await tab.locator(".pane .failed").innerText(), /verdicts\/other\.jsonl are not shown: line 1/);
  const hash = createHash("sha256").update(ANSWERS[0].summaries[0]).digest("hex");
  writeFileSync(join(folder, "golden/verdicts/mine.jsonl"), lines(hash));
  await tab.reload();
  await verdict.waitFor();
  assert.equal(await verdict.inputValue(), "partial");
});

test("pointing at words lights the same words in the other text", async () => {
  const tab = await openAt("summaries/a");
  const [candidate, reference] = [0, 1].map((at) => tab.locator(".text").nth(at));
  // The page is drawn again some time after the pointer has moved.
  const lights = async (text, expected) => {
    let lit = "";
    for (let tries = 0; tries < 100 && !expected.test(lit); tries += 1) {
      await tab.waitForTimeout(50);
      lit = (await text.locator("mark.lit").allInnerTexts()).join("");
    }
    assert.match(lit, expected);
  };
  await candidate.locator("mark.shared", { hasText: "The bridge fell in" }).first().hover();
  await lights(reference, /^The bridge fell in June$/);
  await candidate.locator("mark.fact", { hasText: "4 EUR" }).first().focus();
  await lights(tab.locator(".text").nth(2), /4 EUR/);
  await tab.locator(".points li", { hasText: "K1" }).focus();
  await lights(candidate, /^ACME sold pens/);
  assert.deepEqual(await violations(tab), []);
  assert.deepEqual(tab.said, []);
});

test("key points: a verdict goes to a file of its own, a text into the golden file", async () => {
  const tab = await openAt("summaries/a");
  const point = tab.locator(".points li", { hasText: "K2" });
  await point.getByLabel("your verdict").selectOption("partial");
  await tab.waitForSelector(".banner");
  const file = join(folder, "golden/verdicts/mine.jsonl");
  const summary = createHash("sha256").update(ANSWERS[0].summaries[0]).digest("hex");
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), { id: "a", key_point: "K2", summary_sha256: summary, verdict: "partial" });
  assert.equal(golden(), GOLDEN);
  assert.match(await tab.locator(".pane", { hasText: "Key points" }).innerText(), /agree on 0 of 1/);
  // The file is one that `karat score` reads.
  karatIn(folder, "score", "--gold", "golden", "--pred", "mine.jsonl", "--documents", "docs", "--hand-verdicts", file);
  await tab.getByRole("button", { name: "Undo" }).click();
  await tab.waitForFunction(() => document.querySelector(".banner")?.textContent.includes("Undone"));
  assert.ok(!existsSync(file));
  await point.getByRole("button", { name: "Correct this key point" }).click();
  await point.getByLabel("key point", { exact: true }).fill("The bridge fell.");
  await point.getByRole("button", { name: "Save" }).click();
  await tab.waitForFunction(() => document.querySelector(".banner")?.textContent.includes("key point"));
  assert.equal(golden(), GOLDEN.replace("The bridge was closed.", "The bridge fell."));
});

test("a queue leads from place to place, and keeps its place after a correction", async () => {
  const queue = join(folder, "queue.jsonl");
  writeFileSync(queue, '{"document": "b"}\n{"document": "a", "start": 0, "end": 4, "note": "is ACME an ORG?"}\n');
  const tab = await openAt("queue", "--queue", queue);
  await tab.waitForSelector("text=1 of 2");
  await tab.keyboard.press("j");
  await tab.waitForSelector("text=2 of 2");
  assert.match(await tab.locator("p.note").innerText(), /is ACME an ORG/);
  await tab.waitForSelector(".card");
  assert.deepEqual(await violations(tab), []);
  await tab.keyboard.press("x");
  await tab.waitForSelector(".banner");
  assert.deepEqual(JSON.parse(golden()).entities, []);
  assert.match(await tab.locator(".side").innerText(), /2 of 2; 1 document corrected/);
});

test("a queue of suspect labels, and one with a document that the run does not have", async () => {
  const suspects = JSON.parse(karatIn(folder, "check", "d", "--against", "r", "--format", "json"));
  const [first] = suspects.findings;
  assert.deepEqual([first.code, first.document, first.start, first.end], ["suspect", "a", 0, 4]);
  writeFileSync(join(folder, "suspects.json"), JSON.stringify(suspects));
  const tab = await openAt("queue", "--queue", "suspects.json");
  await tab.waitForSelector(".card");
  assert.match(await tab.locator("p.note").innerText(), /2 of 2 extractors find nothing for ORG/);
  writeFileSync(join(folder, "ids.txt"), "a\nbb\n");
  const { status, stderr } = spawnSync(karat, ["view", "r", "--no-open", "--queue", "ids.txt"], { cwd: folder, encoding: "utf8" });
  assert.equal(status, 2);
  assert.match(stderr, /"bb"[^]*ids\.txt:2:1/);
});

test("a card has the confidence and the other places, and a list the golden file and line", async () => {
  const spans = [[0, 4], [70, 76], [80, 84]];
  const entities = spans.map(([start, end]) => ({ start, end, label: "ORG" }));
  const answer = { id: "a", entities: [{ start: 0, end: 4, label: "ORG", confidence: 0.75 }] };
  const own = project({
    "docs/a.txt": `ACME${" ".repeat(66)}bridge    ACME`,
    "golden/a.json": `{"id": "a", "entities": [\n${entities.map((entity) => JSON.stringify(entity)).join(",\n")}]}`,
    "mine.jsonl": JSON.stringify(answer),
    "karat.toml": FILES["karat.toml"],
  });
  const tab = await open(browser);
  await tab.goto(`file://${own}/r/d/report.html#/documents/a`);
  await tab.locator(".chip").first().click();
  assert.match(await tab.locator(".card").innerText(), /confidence 0\.750[^]*in this document: 1 − missed/);
  await tab.goto(`file://${own}/r/d/report.html#/errors?view=list`);
  await tab.waitForSelector(".row");
  assert.match(await tab.locator(".row").first().innerText(), /golden\/a\.json:3/);
  assert.deepEqual(await violations(tab), []);
});

test("paper has every error, and what was folded", async () => {
  // Seventy errors are more than a window shows.
  const names = Array.from({ length: 70 }, (_, at) => `Name${String(at).padStart(2, "0")}`);
  const entities = names.map((_, at) => ({ start: at * 7, end: at * 7 + 6, label: "PERSON" }));
  const many = project({
    ...FILES,
    "docs/b.txt": names.join(" "),
    "golden/b.json": JSON.stringify({ ...JSON.parse(FILES["golden/b.json"]), entities }),
  });
  const tab = await open(browser);
  await tab.goto(`file://${many}/r/d/report.html#/errors`);
  await tab.waitForSelector(".row");
  assert.ok((await tab.locator(".row").count()) < 70);
  await tab.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const text = await tab.locator(".list").first().evaluate((list) => list.textContent);
  for (const name of names) assert.ok(text.includes(name), name);
  await tab.evaluate(() => dispatchEvent(new Event("afterprint")));
  await tab.goto(`file://${many}/r/d/report.html#/documents/a`);
  await tab.waitForSelector("th.record");
  await tab.emulateMedia({ media: "print" });
  assert.ok(await tab.getByRole("button", { name: "seller" }).first().isVisible());
  assert.ok(!(await tab.locator(".filters").first().isVisible()));
});
