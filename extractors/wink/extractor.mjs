// Named entities by wink-nlp, for karat. See README.md for the labels and the limits.

import { createRequire } from "node:module";
import model from "wink-eng-lite-web-model";
import winkNLP from "wink-nlp";

// Only protocol lines may reach stdout: what is printed, by libraries too, goes to stderr.
const reply = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

const require = createRequire(import.meta.url);
const NAME = "wink";
const VERSION = require("wink-nlp/package.json").version;
const LAYERS = ["entities"];
const FINGERPRINT = `wink-nlp ${VERSION}, wink-eng-lite-web-model ${require("wink-eng-lite-web-model/package.json").version}`;

// wink takes more than linear time over long words and long documents, so it gets a long text piece by piece;
// lengths are in UTF-16 units.
const LONGEST_PIECE = 20_000;
// No English word is as long as this. Such runs (encoded data, mostly) are blanked, since they cost seconds each.
const LONG_RUN = /\S{500,}/g;

const LABELS = {
  CARDINAL: "CARDINAL",
  DATE: "DATE",
  DURATION: "DATE", // but TIME below a day, see `labelOf`
  MONEY: "MONEY",
  ORDINAL: "ORDINAL",
  PERCENT: "PERCENT",
  TIME: "TIME",
};

// ======== The extraction ========

const nlp = winkNLP(model, ["sbd", "ner"]);

function extract(text) {
  const readable = text.replace(LONG_RUN, (run) => " ".repeat(run.length));
  const entities = [];
  for (const [start, end] of pieces(readable)) {
    for (const span of spansOf(readable.slice(start, end))) {
      const [from, to] = [start + span.start, start + span.end];
      entities.push({ start: from, end: to, label: span.label, text: text.slice(from, to) });
    }
  }
  return { entities };
}

// Cuts at a line's end, else at any white space, so never inside of a word or of a surrogate pair.
function* pieces(text) {
  let start = 0;
  while (start < text.length) {
    let end = Math.min(start + LONGEST_PIECE, text.length);
    if (end < text.length) {
      const line = text.lastIndexOf("\n", end);
      if (line > start) end = line;
      else while (end > start + 1 && !/\s/.test(text[end])) end -= 1;
    }
    yield [start, end];
    start = end;
  }
}

function* spansOf(text) {
  const document = nlp.readDoc(text);
  // wink numbers its tokens and says nothing of characters. Tokens stand in the text in order, with nothing but
  // white space between them, so that the next place of each is its own.
  const places = [];
  let position = 0;
  document.tokens().each((token) => {
    const value = token.out();
    const start = text.indexOf(value, position);
    if (start < 0 || text.slice(position, start).trim() !== "") {
      throw new Error(`the token ${JSON.stringify(value)} does not stand after offset ${position}`);
    }
    position = start + value.length;
    places.push({ start, end: position });
  });
  const found = document.entities();
  const details = found.out(nlp.its.detail);
  const spans = found.out(nlp.its.span);
  for (const [index, [first, last]] of spans.entries()) {
    const label = labelOf(details[index]);
    if (label) yield { start: places[first].start, end: places[last].end, label };
  }
}

function labelOf({ type, value }) {
  if (type === "DURATION" && /\b(hour|hr|minute|min|second|sec)s?$/i.test(value)) return "TIME";
  return LABELS[type];
}

// ======== The protocol, karat.extractor/1 ========

const hello = {
  type: "hello",
  protocol: "karat.extractor/1",
  name: NAME,
  version: VERSION,
  layers: LAYERS,
  fingerprint: FINGERPRINT,
};

const failure = (seq, message) => JSON.stringify({ type: "error", seq: seq ?? null, message });

async function answer(line) {
  let request;
  try {
    request = JSON.parse(line);
  } catch (problem) {
    return failure(null, `this is not a line of JSON: ${problem.message}`);
  }
  if (request === null || typeof request !== "object" || Array.isArray(request)) {
    return failure(null, "a request is a JSON object");
  }
  const { type, seq, id, text, meta } = request;
  if (type === "hello") return JSON.stringify(hello);
  if (type !== "extract") return failure(seq, `unknown type of request: ${JSON.stringify(type)}`);
  if (typeof text !== "string") return failure(seq, "an extract request needs a text");
  try {
    const layers = await extract(text, meta ?? {});
    return JSON.stringify({ type: "result", seq, id, offset_unit: "utf16", ...layers });
  } catch (problem) {
    // One bad document must not end the others.
    return JSON.stringify({ type: "error", seq, id, message: String(problem) });
  }
}

// Not `readline`: it also breaks lines at U+2028 and U+2029, which may stand in a text.
let rest = "";
process.stdin.setEncoding("utf8");
for await (const chunk of process.stdin) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) reply((await answer(line)) + "\n");
}
// The loop ends when karat closes stdin.
if (rest !== "") reply((await answer(rest)) + "\n");
