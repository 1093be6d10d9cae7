"""Finds the texts to translate in Python files (by their syntax tree) and templates (by Django's lexer)."""

import ast
import re
import tokenize
import warnings
from collections.abc import Iterator
from io import StringIO

from django.utils.translation.template import templatize

from folkmoot.ui.catalogues import Message

MODULES = ("django.utils.translation", "folkmoot.base.marks")
ARGUMENTS = {
    "gettext": ("id",),
    "gettext_noop": ("id",),
    "ngettext": ("id", "plural"),
    "pgettext": ("context", "id"),
    "npgettext": ("context", "id", "plural"),
}
FUNCTIONS = ARGUMENTS | {f"{name}_lazy": fields for name, fields in ARGUMENTS.items() if name[-5:] != "_noop"}
NOTE = "# Translators:"
LITERAL = r"u?(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
CALL = re.compile(rf"(?<!\w)(_|n?p?gettext)\(({LITERAL}(?:\s*,\s*{LITERAL})*)", re.DOTALL)


class BadText(Exception):
    """A text that cannot be translated as it stands; says file, line and why."""


def texts_of_python(source: str, name: str) -> Iterator[Message]:
    """Each text given to a function of MODULES, under whatever name it was imported.

    A call with a variable is skipped: its texts stand elsewhere, in a gettext_noop.
    Raises BadText for an f-string, which could never be found in a catalogue.
    """
    if not any(module in source for module in MODULES):
        return
    tree = ast.parse(source, name)
    names = _imported(tree)
    notes = _notes(source) if NOTE in source else {}
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        function = names.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if function is None:
            continue
        fields = FUNCTIONS[function]
        given = call.args[: len(fields)]
        if any(isinstance(argument, ast.JoinedStr) for argument in given):
            raise BadText(f"{name}:{call.lineno}: an f-string cannot be translated; use %(name)s")
        texts = [argument.value for argument in given if isinstance(argument, ast.Constant)]
        if len(texts) == len(fields) and all(isinstance(text, str) for text in texts):
            note = notes.get(call.lineno - 1)
            yield _message(fields, [str(text) for text in texts], [note] if note else [])


def texts_of_template(source: str, name: str) -> Iterator[Message]:
    """Each text of translate and blocktranslate tags and of `_("…")` in tags and variables."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = templatize(source, origin=name)
    except SyntaxError as error:
        raise BadText(f"{name}: {error}") from error
    for found in CALL.finditer(code):
        function = "gettext" if found[1] == "_" else found[1]
        texts = [str(ast.literal_eval(literal)) for literal in re.findall(LITERAL, found[2], re.DOTALL)]
        fields = ARGUMENTS[function]
        yield _message(fields, texts[: len(fields)], [])


def _message(fields: tuple[str, ...], texts: list[str], notes: list[str]) -> Message:
    values = dict(zip(fields, texts, strict=True))
    return Message(
        id=values["id"],
        context=values.get("context", ""),
        plural=values.get("plural", ""),
        notes=notes,
    )


def _imported(tree: ast.Module) -> dict[str, str]:
    """Local name -> function of MODULES."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in MODULES
        for alias in node.names
        if alias.name in FUNCTIONS
    }


def _notes(source: str) -> dict[int, str]:
    """Line -> what its comment tells the translator."""
    tokens = tokenize.generate_tokens(StringIO(source).readline)
    return {
        token.start[0]: token.string.removeprefix(NOTE).strip()
        for token in tokens
        if token.type == tokenize.COMMENT and token.string.startswith(NOTE)
    }
