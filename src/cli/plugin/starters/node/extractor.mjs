#!/usr/bin/env node
// {{name}}: an extractor for karat. Replace `extract`; the rest speaks karat's protocol.

// Only protocol lines may reach stdout: what is printed, by libraries too, goes to stderr.
const reply = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

const NAME = "{{name}}";
const VERSION = "0.1.0";
const LAYERS = ["entities"];
// What the output depends on besides this file: versions of libraries and models, settings.
const FINGERPRINT = `unicode ${process.versions.unicode}`;

// ======== Yours to replace ========

// The layers of one document. Offsets count UTF-16 units, as JavaScript's strings do; karat converts them, as
// `offset_unit` below tells it to. May be async.
function extract(text, meta) {
  const entities = [];
  for (const word of text.matchAll(/(?<!\p{L})\p{Lu}\p{L}*/gu)) {
    entities.push({ start: word.index, end: word.index + word[0].length, label: "NAME", text: word[0] });
  }
  return { entities };
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
