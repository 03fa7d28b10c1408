"""The pages of docs/ that describe serving say what the code does."""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sedno.datasets import comment
from sedno.datasets.io import reader
from sedno.datasets.io.formats import Format
from sedno.serving.api.app import create_app
from sedno.serving.api.problems import KINDS
from sedno.serving.cli.main import app
from sedno.serving.cli.reference import page
from sedno.serving.people.roles import GRANTS, ROLES_OF_PEOPLE, Scope
from sedno.serving.privacy.masking import MARKS
from sedno.serving.settings import Settings, load_settings, variable_of
from sedno.serving.store.base import Base

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = ("api.md", "cli.md", "faq.md", "files.md", "privacy.md", "security.md", "settings.md")


def read(name: str) -> str:
    """A page."""
    return (DOCS / name).read_text(encoding="utf-8")


def table(text: str, *, width: int) -> list[list[str]]:
    """The cells of all rows of tables with a number of columns, heads left out."""
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in text.splitlines()
        if line.startswith("| `")
    ]
    return [[cell.strip("` ") for cell in row] for row in rows if len(row) == width]


def test_the_page_of_commands_is_the_real_help() -> None:
    """docs/cli.md is what ``sedno reference`` prints."""
    assert read("cli.md") == page(app), "out of date: sedno reference > docs/cli.md"


def test_examples_stand_on_lines_of_their_own() -> None:
    """No help runs the lines of its examples together, as raw docstrings make click do."""
    assert r"\b" not in read("cli.md")
    assert re.search(r"Examples?: {2,}sedno", read("cli.md")) is None


def test_every_setting_is_described() -> None:
    """docs/settings.md has each variable with its default and meaning, and no other."""
    described = {name: (default, meaning) for name, default, meaning in
                 table(read("settings.md"), width=3)}  # fmt: skip
    expected = {}
    for name, field in Settings.model_fields.items():
        unset = field.default is None or field.default == ()
        expected[variable_of(name)] = (
            "unset" if unset else str(field.default),
            field.description,
        )
    assert described == expected


def test_every_problem_is_described() -> None:
    """docs/api.md has each kind of problem with its status, and no other."""
    described = {slug: status for slug, status, _ in table(read("api.md"), width=3)}
    assert described == {kind.type: str(kind.status) for kind in KINDS}


def test_every_route_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/api.md has each route of the published schema, and no other."""
    for name in Settings.model_fields:
        monkeypatch.delenv(variable_of(name), raising=False)
    schema = create_app(load_settings()).openapi()
    published = {
        f"{method.upper()} {path}" for path, routes in schema["paths"].items() for method in routes
    }
    assert {route for route, _ in table(read("api.md"), width=2)} == published


def codes(module: Path) -> Iterator[str]:
    """The codes of errors and warnings that a module gives to a row."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        found: Sequence[ast.AST] = ()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in {"RowError", "Flaw"}:
                found = node.args[:1]
            elif node.func.id == "CommentError":
                found = node.args[1:2]
        elif isinstance(node, ast.Assign):
            target = ast.unparse(node.targets[0])
            if target == "code":
                found = [node.value]
            elif target == "(code, detail)" and isinstance(node.value, ast.Tuple):
                found = node.value.elts[:1]
        for leaf in itertools.chain.from_iterable(map(ast.walk, found)):
            value = leaf.value if isinstance(leaf, ast.Constant) else None
            if isinstance(value, str) and re.fullmatch(r"[a-z]+(_[a-z]+)+", value):
                yield value


def test_every_code_is_described() -> None:
    """docs/files.md has each code that a row can be refused or marked with, and no other."""
    modules = [*Path(reader.__file__).parent.glob("*.py"), Path(comment.__file__)]
    given = {code for module in modules for code in codes(module)}
    section = read("files.md").partition("| code |")[2].partition("\n\n")[0]
    described = {code for code, _ in table(section, width=2)}
    assert described == given


def test_every_format_is_described() -> None:
    """docs/files.md names each format that is read."""
    named = re.findall(r"^\| (\w+) \|", read("files.md"), flags=re.MULTILINE)
    assert {name.lower() for name in named} >= {kind.value for kind in Format}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    """Links to other pages name files that are there, and headings that they have."""
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", read(name)):
        file, _, heading = target.partition("#")
        assert (DOCS / file).is_file(), target
        if heading:
            headings = re.findall(r"^#+ (.+)$", read(file), flags=re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-")
                               for h in headings}, target  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_json_examples_are_json(name: str) -> None:
    """Whoever copies an example can parse it."""
    for example in re.findall(r"```json\n(.+?)```", read(name), flags=re.DOTALL):
        json.loads(example)


def test_every_permission_is_described() -> None:
    """docs/security.md has the table of who may do what, and the scopes of keys."""
    rows = {row[0]: row[1:] for row in table(read("security.md"), width=5)}
    expected = {}
    for may, grant in GRANTS.items():
        people = [
            "yes" if grant.anyone or role in grant.roles else "no" for role in ROLES_OF_PEOPLE
        ]
        key = "every" if grant.anyone or grant.signed_in else (grant.scope or "no")
        expected[str(may)] = [*people, str(key)]
    assert rows == expected
    scopes = {scope for scope, _ in table(read("security.md"), width=2)}
    assert scopes >= set(Scope)


def test_every_mark_is_described() -> None:
    """docs/privacy.md has each mark that stands for personal data."""
    marks = {mark for mark, _, _ in table(read("privacy.md"), width=3) if mark.startswith("[")}
    assert marks == set(MARKS.values())


def test_every_table_is_described() -> None:
    """docs/privacy.md says of each table with data of people what it is for."""
    named = set(re.findall(r"`([a-z_]+)`", read("privacy.md")))
    technical = {"marks", "retention_rules", "repeatable_requests"}
    assert {
        name
        for name in Base.metadata.tables
        if name not in technical and not name.startswith("queue_")
    } <= named
