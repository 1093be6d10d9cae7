// Style sheet and scripts from their sources, by sass and esbuild. Called by `python -m folkmoot.ui.build`.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const built = join(here, "..", "static", "ui", "built");
await mkdir(built, { recursive: true });

const { css } = compile(join(here, "folkmoot.scss"), {
  loadPaths: [join(root, "node_modules")],
  style: "compressed",
  quietDeps: true,
});
const smaller = await transform(css, { loader: "css", minify: true, target: ["chrome80", "firefox78", "safari13"] });
await writeFile(join(built, "folkmoot.css"), smaller.code);

await build({
  entryPoints: [join(here, "folkmoot.mjs")],
  outfile: join(built, "folkmoot.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2020",
  legalComments: "inline",
});
