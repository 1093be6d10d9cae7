// The verifier, as one page. Called by `python -m folkmoot.ui.build`.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPage } from "../booth/onepage.mjs";

// The worker is made from the page's own script, which therefore is one that a worker can be made from.
const worker = { format: "iife", more: ["worker-src blob:"] };
await buildPage(dirname(fileURLToPath(import.meta.url)), { name: "verifier", script: "main.js", ...worker });
