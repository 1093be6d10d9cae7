// The booth, as one page. Called by `python -m folkmoot.ui.build`.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPage } from "./onepage.mjs";

await buildPage(dirname(fileURLToPath(import.meta.url)), { name: "booth", script: "booth.js", format: "esm" });
