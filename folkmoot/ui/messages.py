"""Keeps the message catalogues: `python -m folkmoot.ui.messages [app ...]`.

Collects every text of the named apps (of all apps when none is named) from Python files and templates and
merges it into folkmoot/<app>/locale/zh_Hans/LC_MESSAGES/django.po: translations stay, texts that are gone go,
new ones are added empty, or filled where another app has translated the same text. Needs no gettext programs.
`--check` writes nothing and names every message that is missing, fuzzy, obsolete, or at odds with its source.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from folkmoot.ui.catalogues import BadCatalogue, Key, Message, read_catalogue, write_catalogue
from folkmoot.ui.texts import BadText, texts_of_python, texts_of_template

PACKAGE = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale", "zh_Hans", "LC_MESSAGES", "django.po")
# Where English differs from what Django says by itself: plainer words for its own sentences.
ENGLISH = Path("locale", "en", "LC_MESSAGES", "django.po")
HOMELESS = "base"  # texts outside any app: settings, the root's addresses, commands
TEMPLATES = {".html", ".txt", ".xml"}
HEADER = """Project-Id-Version: folkmoot
Language: zh_Hans
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
Plural-Forms: nplurals=1; plural=0;
"""
PLACEHOLDER = re.compile(r"%\((\w+)\)|%[sdr%]")

Catalogue = dict[Key, Message]


def main(arguments: list[str]) -> int:
    named = [argument for argument in arguments if not argument.startswith("--")]
    unknown = sorted(set(named) - set(apps_of(PACKAGE)))
    if unknown:
        sys.stderr.write(f"No such app: {', '.join(unknown)}\n")
        return 2
    chosen = named or apps_of(PACKAGE)
    try:
        used = collect(PACKAGE)
        if "--check" in arguments:
            return _report(chosen, check(PACKAGE, used, chosen))
        for app in chosen:
            _merge_into(PACKAGE, app, used[app])
    except (BadCatalogue, BadText) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def apps_of(package: Path) -> list[str]:
    return sorted(path.parent.name for path in package.glob("*/apps.py"))


def collect(package: Path) -> dict[str, Catalogue]:
    """The texts of each app, with the files that use them."""
    found: dict[str, Catalogue] = {app: {} for app in apps_of(package)}
    for path in _sources(package):
        folder = path.relative_to(package).parts[0]
        into = found[folder if folder in found else HOMELESS]
        name = path.relative_to(package.parent).as_posix()
        texts = texts_of_python if path.suffix == ".py" else texts_of_template
        for message in texts(path.read_text(encoding="utf-8"), name):
            known = into.setdefault(message.key, message)
            known.files.add(name)
            known.plural = known.plural or message.plural
            known.notes += [note for note in message.notes if note not in known.notes]
    return found


def check(package: Path, used: dict[str, Catalogue], apps: list[str]) -> list[str]:
    """One line for each message that is not as it should be."""
    catalogues = {app: _read(package / app / CATALOGUE) for app in used}
    lines: list[str] = []
    for app in apps:
        known = catalogues[app]
        lines += [
            f"{app}: missing: {_name(key)} ({', '.join(sorted(used[app][key].files))})"
            for key in sorted(used[app].keys() - known.keys())
        ]
        obsolete = sorted(known.keys() - used[app].keys() - {("", "")})
        lines += [f"{app}: obsolete: {_name(key)}" for key in obsolete]
        for key in sorted(known.keys() & used[app].keys()):
            lines += [f"{app}: {what}: {_name(key)}" for what in faults(used[app][key], known[key])]
        english = _read(package / app / ENGLISH)
        lines += [
            f"{app}: obsolete in English: {_name(key)}" for key in sorted(english.keys() - known.keys())
        ]
    return lines + _two_ways(catalogues, apps)


def faults(source: Message, known: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    if known.is_fuzzy:
        yield "fuzzy"
    if not known.is_translated:
        yield "empty"
    elif source.plural != known.plural:
        yield "plural changed"
    elif any(_placeholders(text) != _placeholders(source.plural or source.id) for text in known.texts):
        yield "other placeholders"


def merged(used: Catalogue, known: Catalogue, elsewhere: Catalogue) -> Catalogue:
    """The new catalogue: what is used, with the translations there are."""
    fresh: Catalogue = {("", ""): known.get(("", ""), Message(id="", texts=[HEADER]))}
    for key, message in used.items():
        old = known.get(key) or elsewhere.get(key)
        if old is not None and old.plural == message.plural:
            message.texts, message.is_fuzzy, message.remarks = old.texts, old.is_fuzzy, old.remarks
        fresh[key] = message
    return fresh


def _merge_into(package: Path, app: str, used: Catalogue) -> None:
    path = package / app / CATALOGUE
    known = _read(path)
    if not used and not path.exists():
        return
    elsewhere: Catalogue = {}
    for other in sorted(package.glob(f"*/{CATALOGUE}")):
        elsewhere |= {key: message for key, message in read_catalogue(other).items() if message.is_translated}
    fresh = merged(used, known, elsewhere)
    write_catalogue(path, fresh)
    empty = sum(not message.is_translated for message in fresh.values())
    sys.stdout.write(f"{app}: {len(fresh) - 1} messages, {empty} to translate\n")


def _two_ways(catalogues: dict[str, Catalogue], apps: list[str]) -> list[str]:
    """Django reads all catalogues as one: the same text must be translated alike in each."""
    first: dict[Key, tuple[str, Message]] = {}
    lines = []
    for app, catalogue in sorted(catalogues.items()):
        for key, message in catalogue.items():
            if key == ("", "") or not message.is_translated:
                continue
            other, known = first.setdefault(key, (app, message))
            if known.texts != message.texts and {app, other} & set(apps):
                lines.append(f"{app}: translated otherwise in {other}: {_name(key)}")
    return lines


def _sources(package: Path) -> Iterator[Path]:
    for path in sorted(package.rglob("*")):
        if "migrations" in path.parts or "node_modules" in path.parts:
            continue
        if path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in path.parts):
            yield path


def _report(apps: list[str], lines: list[str]) -> int:
    for line in lines:
        sys.stderr.write(f"{line}\n")
    if not lines:
        sys.stdout.write(f"All texts of {len(apps)} apps stand in both languages.\n")
    return 1 if lines else 0


def _read(path: Path) -> Catalogue:
    return read_catalogue(path) if path.exists() else {}


def _placeholders(text: str) -> list[str]:
    return sorted(found.group() for found in PLACEHOLDER.finditer(text))


def _name(key: Key) -> str:
    context, text = key
    return f"[{context}] {text!r}" if context else repr(text)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
