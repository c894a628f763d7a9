// Named entities by compromise, for karat. See README.md for the labels and the limits.

import nlp from "compromise";

// Only protocol lines may reach stdout: what is printed, by libraries too, goes to stderr.
const reply = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

const NAME = "compromise";
const VERSION = nlp.version;
const LAYERS = ["entities"];
const FINGERPRINT = `compromise ${nlp.version}`;

// compromise takes more than linear time over long sentences and long documents, so it gets a long text piece by
// piece; lengths are in UTF-16 units.
const LONGEST_PIECE = 20_000;
const LONGEST_TEXT = 400_000;
// No English word is as long as this. Such runs (encoded data, mostly) are blanked, since they cost seconds each.
const LONG_RUN = /\S{500,}/g;

// ======== The extraction ========

function extract(text) {
  const readable = text.slice(0, LONGEST_TEXT).replace(LONG_RUN, (run) => " ".repeat(run.length));
  const entities = [];
  for (const [start, end] of pieces(readable)) {
    for (const span of longest(spansOf(readable.slice(start, end)))) {
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

// Of spans that overlap the longest stays, of equally long ones the first that was found.
function longest(spans) {
  const kept = [];
  const byLength = [...spans].sort((a, b) => b.end - b.start - (a.end - a.start));
  for (const span of byLength) {
    if (!kept.some((other) => span.start < other.end && other.start < span.end)) kept.push(span);
  }
  return kept.sort((a, b) => a.start - b.start);
}

const CLOCK = /\b(hour|minute|second|hr|min|sec)s?\b/i;

function* spansOf(text) {
  const document = nlp(text);
  // Where each term stands, in one go; asking each phrase for its own offset counts from the start every time.
  const offsets = document.json({ offset: true, terms: { offset: true } }).map((sentence) =>
    sentence.terms.map((term) => term.offset),
  );

  // The stretch of some terms, without the punctuation around them, a possessive and titles.
  function span(terms, label) {
    terms = terms.filter((term) => term.text !== ""); // the second words of contractions have no text
    if (label === "PERSON") while (terms[0]?.tags.has("Honorific")) terms = terms.slice(1);
    if (terms.length === 0) return [];
    const last = terms.at(-1);
    const at = (term) => offsets[term.index[0]][term.index[1]];
    const start = at(terms[0]).start;
    let end = at(last).start + at(last).length;
    if (last.tags.has("Possessive")) end -= last.text.match(/(['’]s|['’])?$/i)[0].length;
    // compromise counts the full stop of "Inc." as punctuation.
    else if (last.tags.has("Abbreviation") && !last.text.endsWith(".") && text[end] === ".") end += 1;
    return end > start ? [{ start, end, label }] : [];
  }

  const every = (terms, ...tags) => terms.every((term) => tags.some((tag) => term.tags.has(tag)));
  const some = (terms, tag) => terms.some((term) => term.tags.has(tag));

  for (const terms of phrases(document.people(), BRACKET)) yield* span(terms, "PERSON");
  for (const terms of phrases(document.organizations(), BRACKET)) yield* span(terms, "ORG");
  for (const terms of phrases(document.places(), BRACKET)) {
    if (some(terms, "Address")) continue;
    yield* span(terms, every(terms, "City", "Region", "Country") ? "GPE" : "LOC");
  }
  for (const terms of phrases(document.match("#Demonym+"), BRACKET)) yield* span(terms, "NORP");
  for (const pattern of ["#Date+", "#Value+ #Duration+"]) {
    for (const terms of phrases(document.match(pattern), BRACKET)) {
      // The unit decides, not the number: "second day" is a DATE.
      const units = terms.filter((term) => term.tags.has("Duration"));
      const clock = every(terms, "Time") || units.some((term) => CLOCK.test(term.text));
      yield* span(terms, clock ? "TIME" : "DATE");
    }
  }
  for (const view of [document.money(), document.match("#Value+ #Unit+"), document.numbers()]) {
    for (const terms of phrases(view, BRACKET_OR_COMMA)) {
      if (some(terms, "Date") || some(terms, "Address") || !some(terms, "Value")) continue;
      if (some(terms, "Percent")) yield* span(terms, "PERCENT");
      else if (some(terms, "Money") || some(terms, "Currency")) yield* span(terms, "MONEY");
      else if (some(terms, "Unit")) yield* span(terms, "QUANTITY");
      else if (some(terms, "Ordinal")) yield* span(terms, "ORDINAL");
      else yield* span(terms, "CARDINAL");
    }
  }
}

const BRACKET = /[()[\]{}"“”;]/;
const BRACKET_OR_COMMA = /[()[\]{}"“”;,]/;

// The phrases of a view, cut where punctuation parts two mentions: "European Union (EU" and "€3m, 45%" are two each.
function* phrases(view, parting) {
  for (const phrase of view.docs) {
    let terms = [];
    for (const term of phrase) {
      if (terms.length > 0 && parting.test(terms.at(-1).post + term.pre)) {
        yield terms;
        terms = [];
      }
      terms.push(term);
    }
    yield terms;
  }
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
