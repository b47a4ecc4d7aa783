"""What the documentation says is so: links, names, commands, paths and examples, against the program itself."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template
from typing import Any

import httpx2 as httpx
import pytest
import typer.main
from graphql import GraphQLObjectType, GraphQLUnionType, parse, validate
from typer.core import TyperCommand, TyperGroup, TyperOption

from api.cli import cli
from api.errors import ErrorCode
from api.jobs import JOBS
from api.schema import build_schema
from api.settings import Settings
from rest_compat.metrics import Metrics
from tests.browser.screens import made_paths, panel_paths, picture
from tests.every import every
from tests.markdown import Page
from tests.server import serving
from tests.test_architecture import LEVELS
from tools import screenshots, settings_doc

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [
    Page(path)
    for path in (
        *sorted(ROOT.glob("*.md")),
        *sorted(DOCS.rglob("*.md")),
        ROOT / "widget" / "README.md",
    )
]
DECISIONS = [page for page in PAGES if page.path.parent.name == "adr"]
IMAGES = sorted((DOCS / "images").iterdir())

FOR_TESTS = {"ALIDASH_FORBID_SKIPS", "ALIDASH_TEST_POSTGRES_URL", "ALIDASH_TEST_VALKEY_URL", "ALIDASH_WRITE_POLICY"}
PLACEHOLDERS = {"ALIDASH_X", "ALIDASH_X_FILE"}
"""How docs/settings.md writes of any variable."""

SCHEMA = build_schema()._schema  # where Strawberry keeps graphql-core's schema


def page(name: str) -> Page:
    return next(found for found in PAGES if found.path == ROOT / name)


def everywhere(pages: list[Page]) -> Callable[[Callable[[Page], None]], Callable[[], None]]:
    return every(pages, lambda found: str(found.path.relative_to(ROOT)))


# Links and pictures


@everywhere(PAGES)
def test_every_link_leads_somewhere(doc: Page) -> None:
    for link in doc.links():
        if re.match(r"https://[\w.-]+/", link):
            continue
        name, _, anchor = link.partition("#")
        target = (doc.path.parent / name).resolve() if name else doc.path
        assert target.exists(), f"{link} is not there"
        assert ROOT in [target, *target.parents], f"{link} leads out of the repository"
        if anchor:
            assert anchor in Page(target).anchors, f"{name} has no heading for #{anchor}"


def test_every_picture_is_shown_and_light_enough_to_load() -> None:
    assert [image for image in IMAGES if image.suffix != ".webp"] == []
    shown = set(page("docs/screens.md").links())
    assert {f"images/{image.name}" for image in IMAGES} - shown == set()
    assert [image.name for image in IMAGES if image.stat().st_size > screenshots.LARGEST] == []
    assert sum(image.stat().st_size for image in IMAGES) < 5 * 1024 * 1024


def test_every_page_of_the_panels_has_its_picture() -> None:
    pages = {picture(name) for name in panel_paths().keys() | made_paths()}
    main = {f"{picture(name)}{sight}" for name in screenshots.MAIN for sight in ("-light", "-phone")}
    assert pages | main <= {image.stem for image in IMAGES}, "take it: `make screenshots`"


def test_every_picture_is_told_of_in_a_sentence() -> None:
    """Below each heading that has pictures stands a sentence before them."""
    for section in page("docs/screens.md").prose.split("\n### ")[1:]:
        _, sentence, *pictures = section.split("\n## ")[0].strip().split("\n\n")
        assert sentence.endswith(".")
        assert pictures
        assert all("images/" in one for one in pictures)


@everywhere(PAGES)
def test_no_page_names_a_machine_or_leaves_something_undone(doc: Page) -> None:
    for pattern in (r"(?<!\w)/(?:work|root|tmp)/", r"\b(?:TODO|FIXME|TBD|lorem ipsum)\b"):
        assert not re.search(pattern, doc.text, re.IGNORECASE)


# The two READMEs


def test_both_readmes_have_the_same_headings_blocks_links_and_tables() -> None:
    english, portuguese = page("README.md"), page("README.pt-BR.md")
    assert [level for level, _ in english.headings] == [level for level, _ in portuguese.headings]
    assert [_without_remarks(block.code) for block in english.blocks] == [
        _without_remarks(block.code) for block in portuguese.blocks
    ]
    twins = {"README.md", "README.pt-BR.md"}
    assert [link for link in english.links() if link not in twins] == [
        link for link in portuguese.links() if link not in twins
    ]
    for mark in ("| ", "- "):
        assert _lines(english, mark) == _lines(portuguese, mark)


def test_both_readmes_claim_the_same_figures_and_only_measured_ones() -> None:
    english, portuguese = (_claimed(page(name)) for name in ("README.md", "README.pt-BR.md"))
    assert portuguese == english
    limits = {"120", "15"}  # which `make size` holds
    measured = set(re.findall(r"\d+", (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")))
    assert limits < set(english) <= limits | measured


def _claimed(found: Page) -> list[str]:
    """The numbers in the second column of the tables."""
    rows = [line.split("|")[2] for line in found.prose.splitlines() if line.startswith("| ")]
    return [number for row in rows for number in re.findall(r"\d+", row)]


def _without_remarks(code: str) -> str:
    return re.sub(r" +# .*", "", code)


def _lines(found: Page, mark: str) -> int:
    return sum(line.startswith(mark) for line in found.prose.splitlines())


# Names


def test_settings_are_all_documented_and_the_page_is_current() -> None:
    for name, setting in Settings.model_fields.items():
        assert setting.description, name
        assert setting.description.endswith("."), name
    current = settings_doc.document()
    assert page("docs/settings.md").text == current, "docs/settings.md is not current: run `make settings-doc`"


@everywhere(PAGES)
def test_every_variable_exists(doc: Page) -> None:
    known = set(FOR_TESTS | PLACEHOLDERS)
    for name, setting in Settings.model_fields.items():
        known.add(settings_doc.variable(name))
        if settings_doc.is_secret(setting):
            known.add(f"{settings_doc.variable(name)}_FILE")
    assert set(re.findall(r"\bALIDASH_[A-Z_]+\b", doc.text)) <= known


def test_variables_for_tests_are_read_somewhere() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    for name in FOR_TESTS:
        assert sources.count(name) > page_count(name), f"{name} is read nowhere"


def page_count(name: str) -> int:
    """How often this very file names it."""
    return Path(__file__).read_text(encoding="utf-8").count(name)


def commands(command: object, *path: str) -> Iterator[tuple[str, TyperCommand]]:
    """Every command that can be given, as it is typed."""
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from commands(inner, *path, name)
    else:
        assert isinstance(command, TyperCommand)
        yield " ".join(path), command


COMMANDS = dict(commands(typer.main.get_command(cli)))


@everywhere(PAGES)
def test_every_command_exists_with_its_options(doc: Page) -> None:
    for line in doc.code():
        for words in re.findall(r"\balidash ([a-z].*)", line):
            name = next((known for known in COMMANDS if f"{words} ".startswith(f"{known} ")), None)
            assert name, f"alidash {words}"
            known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
            assert set(re.findall(r"--[a-z-]+", words)) <= known, f"alidash {words}"


def test_every_command_and_its_options_are_documented() -> None:
    operations = page("docs/operations.md")
    rows = [row for row in operations.prose.splitlines() if row.startswith("| `alidash ")]
    for name, command in COMMANDS.items():
        row = next((row for row in rows if row.startswith(f"| `alidash {name}`")), "")
        assert row, f"alidash {name} is not in docs/operations.md"
        for parameter in command.params:
            if isinstance(parameter, TyperOption):
                assert f"`{parameter.opts[0]}`" in row, f"{parameter.opts[0]} of alidash {name}"


@everywhere(PAGES)
def test_every_make_target_exists(doc: Page) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for line in doc.code():
        for name in re.findall(r"^make ([a-z-]+)", line):
            assert name in targets, f"make {name}"


def test_every_job_is_documented() -> None:
    operations = page("docs/operations.md").text
    assert all(f"| `{job.name}` |" in operations for job in JOBS)


def test_every_code_of_a_stream_exists() -> None:
    codes = re.findall(r"`([A-Z][A-Z_]{4,})`", page("docs/realtime.md").text)
    variables = {"ALIDASH"}
    assert {code for code in codes if code.split("_")[0] not in variables} <= {code.value for code in ErrorCode}


def test_every_subscription_and_event_is_documented() -> None:
    told = set(re.findall(r"\w+", " ".join(page("docs/realtime.md").spans)))
    assert SCHEMA.subscription_type
    assert set(SCHEMA.subscription_type.fields) <= told
    for kind in SCHEMA.type_map.values():
        if isinstance(kind, GraphQLUnionType):
            assert {member.name for member in kind.types} <= told


def test_every_figure_is_documented() -> None:
    told = set(re.findall(r"\w+", " ".join(page("docs/metrics.md").spans)))
    metrics = SCHEMA.type_map["Metrics"]
    assert isinstance(metrics, GraphQLObjectType)
    assert set(metrics.fields) - {"from", "to"} <= told
    assert set(Metrics.model_fields) - {"period", "department"} <= told


def test_the_widgets_attributes_are_those_it_reads() -> None:
    source = (ROOT / "widget" / "src" / "settings.ts").read_text(encoding="utf-8")
    destructured = re.search(r"export const \{ (.*?) \} = dataset", source)
    assert destructured
    read = {f"data-{part.split('=')[0].strip()}" for part in destructured[1].split(",")}
    for name in ("docs/widget.md", "widget/README.md"):
        rows = re.findall(r"^\| `(data-\w+)` \|", page(name).text, re.MULTILINE)
        assert set(rows) == read


# The house


@everywhere(PAGES)
def test_every_path_exists(doc: Page) -> None:
    top = {path.name for path in ROOT.iterdir()}
    for span in doc.spans:
        if re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", span) and ("/" in span and span.split("/")[0] in top):
            assert (ROOT / span).exists(), span


def test_every_file_at_the_top_is_in_the_architecture() -> None:
    named = set(page("docs/ARCHITECTURE.md").spans)
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()  # noqa: S607
    folders = {f"{name.split('/')[0]}/" for name in tracked if "/" in name and not name.startswith(".")}
    modules = {name for name in tracked if re.fullmatch(r"api/\w+\.py", name) and name != "api/__init__.py"}
    packages = {f"{Path(name).parent}/" for name in tracked if re.fullmatch(r"api/\w+/__init__\.py", name)}
    assert folders | modules | packages <= named


def test_the_levels_are_those_that_the_code_is_held_to() -> None:
    drawn = next(block.code for block in page("docs/ARCHITECTURE.md").blocks if "rest_compat" in block.code)
    there = {path.stem for path in (ROOT / "api").iterdir()} | {"rest_compat"}
    for number, parts in enumerate(LEVELS, start=1):
        line = next(line for line in drawn.splitlines() if line.startswith(f"{number} "))
        for part in set(parts) & there - {"__main__"}:
            assert re.search(rf"\b{part}\b", line), f"{part} is not on level {number}"


# Faults


def test_every_fault_has_its_test_and_every_test_its_fault() -> None:
    named = re.findall(r"\[`(test_\w+)`\]\(\.\./(tests/[\w/]+\.py)\)", page("docs/reliability.md").text)
    for name, path in named:
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{name} is not in {path}"
    for path in sorted((ROOT / "tests" / "faults").glob("test_*.py")):
        if path.name != "test_history.py":
            tests = set(re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8")))
            assert tests <= {name for name, _ in named}, f"{path.name} is not in the list"


# Decisions


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(found.path.name[:4]) for found in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))


@everywhere(DECISIONS)
def test_a_decision_has_its_number_and_four_parts(doc: Page) -> None:
    assert re.fullmatch(r"\d{4}(-[a-z0-9]+)+\.md", doc.path.name)
    (_, title), *parts = doc.headings
    assert title.startswith(f"{int(doc.path.name[:4])}. ")
    assert [text for _, text in parts] == ["Context", "Decision", "Consequences"]
    assert re.search(r"^\d{4}-\d\d-\d\d, (accepted|replaced by \[)", doc.prose, re.MULTILINE)


# Examples


def documents() -> list[str]:
    """The GraphQL documents of all pages, also those inside other code."""
    blocks = [block for found in PAGES for block in found.blocks]
    inside = [text for block in blocks for text in re.findall(r"query: `(.*?)`", block.code, re.DOTALL)]
    return [block.code for block in blocks if block.language == "graphql"] + inside


@every(documents(), str)
def test_every_graphql_example_fits_the_schema(document: str) -> None:
    assert validate(SCHEMA, parse(document)) == []


def test_the_json_examples_are_json() -> None:
    for found in PAGES:
        for block in found.blocks:
            if block.language == "json":
                json.loads(block.code)


@pytest.mark.slow
def test_the_readmes_lines_of_curl_hold_a_chat(tmp_path: Path) -> None:
    lines = next(block.code for block in page("README.md").blocks if "curl" in block.code).splitlines()
    with serving(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/desk.sqlite3") as server:
        opened, sent, history = _run(lines, server.url)
    assert opened["status"] == "waiting"
    assert sent["seq"] == 2
    assert [message["text"] for message in history["messages"]] == ["Estou sem internet.", "A luz LOS está vermelha."]


def _run(lines: list[str], base: str) -> list[dict[str, Any]]:
    """Does what a person would by typing these lines, and putting the first answer's values where they say."""
    values: dict[str, str] = {}
    answers: list[dict[str, Any]] = []
    for line in lines:
        if not line.startswith("curl"):
            values |= dict(word.split("=", 1) for word in shlex.split(line.replace("; ", " "), comments=True))
            values["API"] = f"{base}/api/v1"
            if answers:
                values |= {"CHAT": answers[0]["chat_id"], "AUTH": f"Authorization: Bearer {answers[0]['token']}"}
            continue
        answers.append(_curl(shlex.split(Template(line).substitute(values))[1:]))
    return answers


def _curl(words: list[str]) -> dict[str, Any]:
    headers, data, url = {}, None, ""
    rest = iter(words)
    for word in rest:
        match word:
            case "-s":
                continue
            case "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            case "-d":
                data = next(rest)
            case _:
                url = word
    response = httpx.request("POST" if data else "GET", url, headers=headers, content=data)
    assert response.is_success, response.text
    return response.json()
