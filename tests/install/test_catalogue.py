"""Every sentence that painters read is in every language's catalogue, with the gaps and the mnemonics that it needs."""

from __future__ import annotations

import ast
import gettext
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
LOCALE = CHECKOUT / "core" / "brushwarp" / "bridge" / "locale"
LANGUAGES = sorted(folder.name for folder in LOCALE.iterdir())

sys.path.insert(0, str(CHECKOUT / "install_scripts"))
from _plugins import plugin_files  # noqa: E402

babel_extract = pytest.importorskip("babel.messages.extract")
babel_pofile = pytest.importorskip("babel.messages.pofile")


@pytest.fixture(scope="module")
def sentences() -> set:
    """As the code has them: a text, or one and many."""
    found = set()
    for folder in ("core/brushwarp", "krita_plugin", "gimp_plugin"):
        for _, _, message, _, _ in babel_extract.extract_from_dir(str(CHECKOUT / folder)):
            found.add(message)
    return found


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request):
    with open(LOCALE / request.param / "LC_MESSAGES" / "brushwarp.po", "rb") as file:
        return babel_pofile.read_po(file, request.param)


def said(catalogue) -> dict:
    return {message.id: message for message in catalogue if message.id}


def pairs(catalogue):
    """Each English text with each of its translations."""
    for message in said(catalogue).values():
        texts = message.id if isinstance(message.id, tuple) else (message.id,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        for form in forms:
            yield texts[-1], form


def gaps(text: str) -> list:
    """Of a text for str.format: by number, how what is filled in is written."""
    fields = [(name, conversion, spec) for _, name, spec, conversion in string.Formatter().parse(text) if name is not None]
    return sorted((name or str(at), conversion, spec) for at, (name, conversion, spec) in enumerate(fields))


def is_filled_in(text: str) -> bool:
    try:
        return bool(gaps(text))
    except ValueError:  # a lone brace: nothing is ever filled in
        return False


def test_there_is_a_second_language():
    assert "de" in LANGUAGES


def test_every_sentence_is_translated_and_none_is_left_over(sentences, catalogue):
    known = said(catalogue)
    assert {text for text in sentences if text not in known} == set()
    assert {text for text in known if text not in sentences} == set()
    assert [message.id for message in known.values() if message.fuzzy or not all(message.string)] == []


def test_what_translates_is_not_called_by_a_name_that_hides_it():
    """`_` is bound by nothing where it is called: `for _ in …` would make a call of what was counted."""
    files = [path for folder in ("core/brushwarp", "krita_plugin", "gimp_plugin") for path in (CHECKOUT / folder).rglob("*.py")]
    assert [f"{path.name}: {line}" for path in files for line in hidden(ast.parse(path.read_text(encoding="utf-8")), False)] == []


def hidden(node: ast.AST, is_hidden: bool) -> Iterator[int]:
    """The lines of a tree that call `_` where it means something else."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id == "_" and is_hidden:
            yield child.lineno
        is_scope = isinstance(child, (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))
        yield from hidden(child, is_hidden or is_scope and "_" in bound(child))


def bound(scope: ast.AST) -> set:
    """The names that a scope binds, those of the scopes within it not among them."""
    names, waiting = set(), list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            waiting += ast.iter_child_nodes(node)
    return names


def test_translations_have_the_same_gaps(catalogue):
    assert [(text, form) for text, form in pairs(catalogue) if is_filled_in(text) and gaps(text) != gaps(form)] == []


def test_translations_begin_and_end_with_the_same_space(catalogue):
    ends = re.compile(r"\A(\s*).*?(\s*)\Z", re.DOTALL)
    assert [text for text, form in pairs(catalogue) if ends.match(text).groups() != ends.match(form).groups()] == []


@pytest.mark.parametrize("mark", ["&", "_"])
def test_labels_keep_their_mnemonic(catalogue, mark):
    of = re.compile(re.escape(mark) + "([A-Za-z])")
    marked = [(text, form) for text, form in pairs(catalogue) if len(text) < 60 and len(of.findall(text)) == 1 and "`" not in text]
    assert len(marked) > 20
    assert [(text, form) for text, form in marked if len(of.findall(form)) != 1] == []


def test_the_hosts_read_what_the_catalogue_says(catalogue):
    with open(LOCALE / str(catalogue.locale) / "LC_MESSAGES" / "brushwarp.mo", "rb") as file:
        made = gettext.GNUTranslations(file)
    for message in said(catalogue).values():
        if isinstance(message.id, tuple):
            assert tuple(made.ngettext(*message.id, n) for n in (1, 2)) == message.string
        else:
            assert made.gettext(message.id) == message.string


@pytest.mark.parametrize("host", ["gimp", "krita"])
def test_plugins_carry_their_translations(host):
    targets = [str(file.target) for file in plugin_files(host)]
    for language in LANGUAGES:
        assert any(target.endswith(f"bridge/locale/{language}/LC_MESSAGES/brushwarp.mo") for target in targets)
    assert not any(target.endswith(".po") for target in targets)
