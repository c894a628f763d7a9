// Builds the viewer into src/report/html/, from where Cargo compiles it into karat.
//
//   node build.mjs            writes the bundle
//   node build.mjs --check    fails if the committed bundle is not what the sources give
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const folder = new URL("../src/report/html/", import.meta.url);
const result = await build({
  entryPoints: { viewer: "src/main.tsx" },
  bundle: true,
  write: false,
  outdir: ".",
  format: "iife",
  target: ["chrome103", "firefox115", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: true,
  charset: "utf8",
  legalComments: "none",
});

let stale = false;
for (const { path, text } of result.outputFiles) {
  // The bundle stands inside a script or style element, which its own end tag would close.
  const content = text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  const file = new URL(path.split(/[\\/]/).pop(), folder);
  if (process.argv.includes("--check")) {
    let committed = "";
    try {
      committed = readFileSync(file, "utf8");
    } catch {
      // It is then not what the sources give.
    }
    if (committed !== content) {
      console.error(`${file.pathname} is not what viewer/ gives: run \`npm run build\` there and commit it`);
      stale = true;
    }
  } else {
    writeFileSync(file, content);
    console.log(`${file.pathname}: ${content.length} characters`);
  }
}
process.exit(stale ? 1 : 0);
