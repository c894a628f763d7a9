// Writes the inputs of the browser tests: golden files and two systems' predictions.
//
//   node generate.mjs FOLDER
import { mkdirSync, writeFileSync } from "node:fs";

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const jsonl = (name, rows) => writeFileSync(`${folder}/${name}`, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));

// 5,000 documents with 40 entities each, of which every tenth is wrong.
const words = ["Ada", "Byron", "London", "Paris", "Acme", "Initech", "Monday", "Tuesday"];
const labels = ["PERSON", "PERSON", "PLACE", "PLACE", "ORG", "ORG", "DATE", "DATE"];
const [gold, predicted] = [[], []];
for (let document = 0; document < 5000; document += 1) {
  let text = "";
  const [of_gold, of_predicted] = [[], []];
  for (let item = 0; item < 40; item += 1) {
    const at = (document * 7 + item * 3) % words.length;
    const start = text.length + 4;
    text += `the ${words[at]} said `;
    const entity = { start, end: start + words[at].length, label: labels[at] };
    of_gold.push(entity);
    const kind = (document + item) % 40;
    if (kind === 0) continue;
    if (kind === 10) of_predicted.push({ ...entity, label: "MISC" });
    else if (kind === 20) of_predicted.push({ ...entity, start: start - 4 });
    else of_predicted.push(entity);
    if (kind === 30) of_predicted.push({ start: start - 4, end: start - 1, label: "ORG" });
  }
  const id = `document-${String(document).padStart(5, "0")}`;
  gold.push({ id, text, entities: of_gold, meta: { kind: document % 2 ? "letter" : "report" } });
  predicted.push({ id, entities: of_predicted });
}
jsonl("many-gold.jsonl", gold);
jsonl("many-pred.jsonl", predicted);

// Nested, overlapping and discontinuous entities, relations, records, and texts beyond the first plane.
const text = "𝄞 The University of North Carolina, led by Ada Byron of London, hired Bo in 1843.";
const points = [...text];
const span = (words, label, id) => {
  const unit = text.indexOf(words);
  const start = [...text.slice(0, unit)].length;
  return { id, start, end: start + [...words].length, label };
};
const entities = [
  span("University of North Carolina", "ORG", "1"),
  span("North Carolina", "GPE", "2"),
  span("Ada Byron", "PERSON", "3"),
  span("London", "GPE", "4"),
  { id: "5", start: span("University", "", "").start, end: span("Carolina", "", "").end, fragments: [[span("University", "").start, span("University", "").end], [span("Carolina", "").start, span("Carolina", "").end]], label: "SPLIT" },
];
const shapes = {
  id: "shapes",
  text,
  entities,
  relations: [{ label: "lives in", head: "3", tail: "4" }],
  records: { people: [{ name: "Ada Byron", place: "London", year: 1843 }] },
  summaries: ["Ada Byron of London led the University of North Carolina."],
};
const answer = {
  id: "shapes",
  entities: [
    { ...entities[0] },
    { ...entities[1], label: "LOC" },
    { ...entities[2], end: entities[2].end - 6 },
    { ...entities[3] },
    span("Bo", "PERSON", "6"),
    { ...entities[4] },
  ],
  relations: [{ label: "works in", head: "3", tail: "4" }],
  records: { people: [{ name: "Ada", place: "London", year: 1844 }] },
  summaries: ["Ada Byron of London led 12 people at the University of North Carolina."],
};
jsonl("shapes-gold.jsonl", [shapes, { id: "unanswered", text: "Cy left.", entities: [{ start: 0, end: 2, label: "PERSON" }] }]);
jsonl("shapes-pred.jsonl", [answer, { id: "unanswered", status: "failed", error: "TimeoutError" }]);
jsonl("shapes-base.jsonl", [{ ...answer, entities: entities.slice(0, 4) }, { id: "unanswered", entities: [] }]);

// Strings that would do something if they were taken for markup.
const strings = [
  "<img src=x onerror=alert(1)><script>alert(2)</script><!-- b -->",
  "</script><script>alert(3)</script>",
  "javascript:alert(4)",
  "\u202eevil\u202c \u200b \u0000 \u001b[31m",
  "{{constructor.constructor('alert(5)')()}}",
  "L".repeat(5000),
];
jsonl("hostile-gold.jsonl", strings.map((string) => ({ id: string.slice(0, 200), text: `${string} and more`, entities: [{ start: 0, end: 3, label: string }], summaries: [string], meta: { [string.slice(0, 80)]: string.slice(0, 80) } })));
jsonl("hostile-pred.jsonl", strings.map((string) => ({ id: string.slice(0, 200), entities: [{ start: 0, end: 3, label: `not ${string}` }], summaries: [`not ${string}`] })));
if (points.length === text.length) throw new Error("the text must have a character beyond the first plane");
