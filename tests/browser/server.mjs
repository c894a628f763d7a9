// A project in a temporary folder, and `karat view` on it.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const karat = resolve(process.env.KARAT_BIN ?? join(root, "target/release/karat"));

/** Writes files, given by path, into a new folder, and runs karat there into the folder `r`. */
export function project(files) {
  const folder = mkdtempSync(join(tmpdir(), "karat-view-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  karatIn(folder, "run", "--quiet", "--out", "r");
  return folder;
}

export function karatIn(folder, ...args) {
  const { status, stdout, stderr } = spawnSync(karat, args, { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** Starts the server on the run `r`, and returns its process and the address that works once. */
export function serve(folder, ...args) {
  return view(folder, "r", ...args);
}

/** Starts `karat view` with arguments. */
export async function view(folder, ...args) {
  const server = spawn(karat, ["view", "--no-open", ...args], { cwd: folder });
  let text = "";
  server.stderr.on("data", (data) => (text += data));
  const address = await new Promise((done, fail) => {
    server.stdout.on("data", (data) => done(String(data).trim()));
    server.on("exit", () => fail(new Error(text)));
  });
  return { server, address };
}

/** Opens the report on the dataset `d`, and returns its address without a fragment. */
export async function openReport(tab, address) {
  await tab.goto(address);
  await tab.getByRole("link", { name: "d", exact: true }).first().click();
  await tab.waitForURL(/\/run\//);
  return tab.url().replace(/#.*/, "");
}
