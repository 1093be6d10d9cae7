// A page that needs nothing beside it: style and script are inside, and the page's own policy allows just these two by
// their hashes. So it can be served by anybody, or opened from a disk, where a browser loads no module from a second
// file. The booth and the verifier are such pages.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { compile } from "sass";

const MARK = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "ui", "static", "ui", "favicon.svg");

/** Build `<name>.html`, `<name>.scss` and a script of a folder into its folder `built`; `more` is added to the policy. */
export async function buildPage(folder, { name, script: entry, format, more = [] }) {
  const { css } = compile(join(folder, `${name}.scss`), { style: "compressed" });
  const style = await transform(css, { loader: "css", minify: true, target: ["chrome80", "firefox78", "safari14"] });
  const script = await build({
    entryPoints: [join(folder, entry)],
    bundle: true,
    write: false,
    minify: true,
    charset: "utf8",
    format,
    target: "es2020",
    legalComments: "none",
  });

  const inside = {
    style: style.code.trim(),
    script: script.outputFiles[0].text.trim().replaceAll("</script", "<\\/script"),
    mark: (await readFile(MARK, "utf8")).replaceAll("#1a7f67", "currentColor").replace("<svg ", '<svg aria-hidden="true" ').trim(),
  };
  const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  // Whom the page asks is known only from the address. http is there for a trial on one's own machine.
  inside.policy = [
    "default-src 'none'",
    `script-src ${hash(inside.script)}`,
    `style-src ${hash(inside.style)}`,
    ...more,
    "img-src data:",
    "connect-src 'self' https: http://127.0.0.1:* http://localhost:*",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

  const template = await readFile(join(folder, `${name}.html`), "utf8");
  const page = template.replace(/\{\{(\w+)\}\}/g, (_, part) => inside[part]);
  const built = join(folder, "built");
  await mkdir(built, { recursive: true });
  await writeFile(join(built, "index.html"), page);
  await writeFile(join(built, "policy.txt"), `${inside.policy}; frame-ancestors 'none'\n`);
}
