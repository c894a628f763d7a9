#!/usr/bin/env node
// Runs karat against mockttp, an HTTP server that injects faults, and through mockttp as a proxy that decrypts and signs
// anew.
//
//     cp -r tests/services/faults target/services-faults && npm ci --prefix target/services-faults
//     KARAT_BIN=target/release/karat node target/services-faults/faults.mjs
//
// The first word of a document selects what happens to its request. Compares the status, the message and the entities of
// every document with what the server did. Exits 1 on a difference.

import { execFile } from "node:child_process";
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { generateCACertificate, getLocal } from "mockttp";

const karat = resolve(process.env.KARAT_BIN ?? "target/release/karat");
let compared = 0;
const differences = [];

function check(what, found, wanted) {
  compared += 1;
  const holds = wanted instanceof RegExp ? wanted.test(found) : JSON.stringify(found) === JSON.stringify(wanted);
  if (!holds) differences.push(`${what}: ${JSON.stringify(found)} is not ${wanted instanceof RegExp ? wanted : JSON.stringify(wanted)}`);
}

/** The reply of a service that works: every capitalised word. */
function entities(text) {
  return [...text.matchAll(/\p{Lu}\p{L}*/gu)].map((word) => ({
    start: word.index,
    end: word.index + word[0].length,
    label: "NAME",
    text: word[0],
  }));
}

async function answer(request) {
  const { text } = await request.body.getJson();
  return { statusCode: 200, json: { entities: entities(text) } };
}

/** Runs karat on documents; returns the statuses and messages, the predictions, and the exit code. */
async function run(texts, url, table, variables = {}, files = {}) {
  const folder = await mkdtemp(join(tmpdir(), "karat-faults-"));
  try {
    await mkdir(join(folder, "docs"));
    await mkdir(join(folder, "golden"));
    const ids = texts.map((_, at) => `d${String(at).padStart(3, "0")}`);
    for (const [at, text] of texts.entries()) {
      await writeFile(join(folder, "docs", `${ids[at]}.txt`), text);
      const golden = { id: ids[at], entities: entities(text) };
      await writeFile(join(folder, "golden", `${ids[at]}.json`), JSON.stringify(golden));
    }
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    await writeFile(
      join(folder, "karat.toml"),
      `[datasets.d]\ndocuments = "docs"\ngolden = "golden"\n\n[extractors.mine]\nkind = "http"\nurl = "${url}"\n` +
        `layers = ["entities"]\n${table}\n`,
    );
    const none = { HTTP_PROXY: "", HTTPS_PROXY: "", http_proxy: "", https_proxy: "" };
    const env = { ...process.env, ...none, ...variables };
    for (const name of Object.keys(variables)) delete env[name.toLowerCase()];
    const args = ["run", "--quiet", "--out", "r"];
    const code = await new Promise((done) =>
      execFile(karat, args, { cwd: folder, env }, (error) => done(error ? error.code : 0)),
    );
    const lines = (await readFile(join(folder, "r/predictions/d/mine.jsonl"), "utf8")).trim().split("\n").map(JSON.parse);
    const scores = await readFile(join(folder, "r/d/scores.csv"), "utf8");
    return { code, lines, scores };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A reply that arrives in eleven parts, or of which only the first part ever arrives. */
function parts(isWhole) {
  let sent = 0;
  return new Readable({
    read() {
      sent += 1;
      if (sent === 1) this.push('{"entities": [');
      else if (isWhole && sent <= 10) setTimeout(() => this.push(" "), 60);
      else if (isWhole && sent === 11) this.push("]}");
      else if (isWhole) this.push(null);
    },
  });
}

/** A connection to a server that is cut after so many bytes of the reply. `isCut` decides for each connection. */
async function cutter(port, bytes, isCut) {
  const listener = createServer((client) => {
    const upstream = connect(port, "localhost");
    const end = () => [client, upstream].forEach((socket) => socket.destroy());
    [client, upstream].forEach((socket) => socket.on("error", end).on("close", end));
    client.pipe(upstream);
    if (!isCut()) return upstream.pipe(client);
    let left = bytes;
    upstream.on("data", (chunk) => {
      client.write(chunk.subarray(0, left), () => left <= 0 && end());
      left -= chunk.length;
    });
  });
  await new Promise((done) => listener.listen(0, "127.0.0.1", done));
  return listener;
}

async function faults() {
  const server = getLocal();
  await server.start();
  const rule = (word) => server.forPost("/extract").withBodyIncluding(`"text":"${word} `);
  const good = { "content-type": "application/json" };
  try {
    // What happens once is tried again; what always happens costs its document.
    await rule("reset-once").once().thenResetConnection();
    await rule("close-once").once().thenCloseConnection();
    await rule("error-once").once().thenReply(503, "stumbled");
    await rule("reset").always().thenResetConnection();
    await rule("close").always().thenCloseConnection();
    await rule("short").always().thenReply(200, '{"entities": [', good);
    await rule("binary").always().thenReply(200, Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x80]), good);
    await rule("silent").always().thenTimeout();
    // A stream serves one try.
    for (let tries = 0; tries < 3; tries += 1) await rule("stalled").once().thenStream(200, parts(false), good);
    await rule("late").always().delay(700).thenCallback(answer);
    await rule("page").always().thenReply(200, "<!DOCTYPE html><title>Log in</title>", { "content-type": "text/html" });
    await rule("slow").once().thenStream(200, parts(true), good);
    await server.forPost("/extract").thenCallback(answer);
    const wanted = {
      "reset-once": "ok",
      "close-once": "ok",
      "error-once": "ok",
      reset: /^failed: the connection to `localhost:\d+` failed: .*, tried 3 times$/,
      close: /^failed: the connection to `localhost:\d+` failed: .*, tried 3 times$/,
      // Without a length, the end of the connection is the end of the reply.
      short: /^failed: the connection to `localhost:\d+` failed: the answer ended early, tried 3 times$/,
      binary: /^failed: the server's answer \(200\) is not UTF-8: byte 1 is 0xFF$/,
      silent: /^timed_out: no answer within 1\.5s, tried 3 times$/,
      stalled: /^(timed_out: no answer within 1\.5s|failed: the connection to .*), tried 3 times$/,
      late: "ok",
      page: /^failed: the server's answer is not JSON: an HTML page, "Log in"/,
      slow: "ok",
      fine: "ok",
    };
    const texts = Object.keys(wanted).map((word) => `${word} Ada met Bob.`);
    const ended = await run(texts, server.urlFor("/extract"), 'backoff = "20ms"\ntimeout = "1500ms"');
    check("exit code", ended.code, 5);
    for (const [at, [word, expected]] of Object.entries(wanted).entries()) {
      const line = ended.lines[at];
      const status = line.status ?? "ok";
      check(word, status === "ok" ? "ok" : `${status}: ${line.error}`, expected);
      // The slow answer has no entities; all others have those that the server found.
      if (status === "ok") check(`${word}: entities`, line.entities, word === "slow" ? [] : entities(texts[at]));
    }
  } finally {
    await server.stop();
  }
}

/** Replies that end in the middle of the body, or of the headers. */
async function cuts() {
  const server = getLocal();
  await server.start();
  const texts = ["Ada met Bob.", "Cyd met Dee."];
  try {
    await server.forPost("/extract").thenCallback(answer);
    for (const bytes of [1, 20, 150]) {
      let connections = 0;
      const once = await cutter(server.port, bytes, () => (connections += 1) === 1);
      const always = await cutter(server.port, bytes, () => true);
      const url = (listener) => `http://127.0.0.1:${listener.address().port}/extract`;
      const table = 'backoff = "20ms"\nconcurrency = 1';
      const answered = await run(texts, url(once), table);
      check(`cut once after ${bytes}`, answered.lines.map((line) => line.entities), texts.map(entities));
      const failed = await run(texts, url(always), table);
      for (const line of failed.lines) {
        check(`cut after ${bytes}`, line.error, /^the connection to `127\.0\.0\.1:\d+` failed: .*, tried 3 times$/);
      }
      for (const listener of [once, always]) listener.close();
    }
  } finally {
    await server.stop();
  }
}

/** A limit in bursts: whoever comes too early is refused, with the time to wait. */
async function bursts() {
  const server = getLocal();
  await server.start();
  try {
    let [refused, window, left] = [0, 0, 0];
    await server.forPost("/extract").thenCallback(async (request) => {
      const now = Date.now();
      if (now >= window + 700) [window, left] = [now, 4];
      if (left > 0) {
        left -= 1;
        return answer(request);
      }
      refused += 1;
      const wait = window + 700 - now;
      return { statusCode: 429, headers: { "retry-after-ms": String(wait) }, json: { error: { message: "slow down" } } };
    });
    const texts = Array.from({ length: 24 }, (_, at) => `Ada met Bob and Cyd${at}.`);
    const ended = await run(texts, server.urlFor("/extract"), "");
    check("bursts: exit code", ended.code, 0);
    check("bursts: answered", ended.lines.map((line) => line.status ?? "ok"), texts.map(() => "ok"));
    check("bursts: entities", ended.lines.map((line) => line.entities), texts.map(entities));
    check("bursts: strict F1", ended.scores, /entities\.strict\.f1[^\n]*\b1(\.0+)?\b/);
    check("bursts: refused at all", refused > 0, true);
  } finally {
    await server.stop();
  }
}

/** A proxy that decrypts, as companies have them. */
async function proxy() {
  const authority = await generateCACertificate({ subject: { commonName: "karat's own proxy" } });
  const server = getLocal({ https: authority });
  await server.start();
  try {
    const seen = await server.forPost("/extract").thenCallback(answer);
    const texts = ["Ada met Bob."];
    const variables = { HTTPS_PROXY: server.url.replace("https:", "http:") };
    const refused = await run(texts, "https://service.test/extract", "", variables);
    check("proxy: not trusted", refused.lines[0].error, /^the certificate of `service\.test` is not trusted: .*`ca`/);
    const trusted = await run(texts, "https://service.test/extract", 'ca = "proxy.pem"', variables, { "proxy.pem": authority.cert });
    check("proxy: answered", trusted.lines[0].error ?? "ok", "ok");
    check("proxy: entities", trusted.lines[0].entities, entities(texts[0]));
    // The certificate that was refused above shows that the tunnel has TLS.
    const hosts = (await seen.getSeenRequests()).map((request) => new URL(request.url).hostname);
    check("proxy: requests", hosts, ["service.test"]);
  } finally {
    await server.stop();
  }
}

await faults();
await cuts();
await bursts();
await proxy();
for (const difference of differences) console.error(difference);
console.log(`mockttp: ${compared} statuses, messages and predictions compared, ${differences.length} differ`);
process.exit(differences.length > 0 ? 1 : 0);
