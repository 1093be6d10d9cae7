// One script for the page and for its worker: a page opened from the disk loads no second file.

import { begin } from "./page.js";
import { work } from "./work.js";

if (typeof document === "undefined") work();
else begin();
