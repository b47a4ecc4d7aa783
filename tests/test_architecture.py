"""What docs/ARCHITECTURE.md promises about the code, read from the code itself."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.every import every

ROOT = Path(__file__).parent.parent

LEVELS = (
    (
        "acts",
        "addresses",
        "business_hours",
        "csv_text",
        "errors",
        "headings",
        "moments",
        "national_holidays",
        "setting_values",
        "settings",
        "texts",
    ),
    ("models", "events", "id_tokens", "masking", "openid", "prober", "courier", "recent", "sqlite", "vault", "words"),
    ("batches", "chain", "commits", "drivers", "engines", "numbering", "outbox", "writing"),
    (
        "db",
        "context",
        "identities",
        "auth",
        "limiter",
        "delays",
        "totp",
        "passwords",
        "scrubbing",
        "migrations",
        "middleware",
        "assets",
        "log",
        "stopping",
        "telemetry",
    ),
    ("resolvers",),
    ("subscriptions",),
    ("schema", "rest_compat", "jobs"),
    (
        "app",
        "backups",
        "cli",
        "__main__",
        "doctor",
        "entrance",
        "exports",
        "operating",
        "probes",
        "services",
        "serving",
        "demo",
    ),
)
"""From the ground up; who stands on a level may import from it and from those below."""

NEVER_EACH_OTHER = {"schema", "rest_compat", "jobs"}
"""Doors to the same use cases: none of them looks through another."""

LONG_FILES = {
    "api/settings.py": "every setting, in one place",
    "api/events.py": "the whole vocabulary of facts, in one place",
    "api/models/enums.py": "every closed set of values, in one place",
    "api/resolvers/access_points.py": "one noun, one file: points, how they are checked, and what they report",
    "api/schema/access_points.py": "one noun, one file: a point with all that hangs on it",
    "api/resolvers/users.py": "one noun, one file: people, their rights and their day",
}
LONG_FUNCTIONS: frozenset[str] = frozenset()
"""`path:function`, each with a comment that says why."""

WRITING = {"insert", "update", "delete"}
QUERYING = WRITING | {"select", "text", "func", "and_", "or_", "exists"}


@dataclass(frozen=True)
class Module:
    """One source file of ours."""

    path: Path

    @cached_property
    def name(self) -> str:
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Everything in it, walked through once for all rules."""
        return list(ast.walk(self.tree))

    @property
    def part(self) -> str:
        """The entry in LEVELS that this module belongs to."""
        return part_of(self.name)

    def imports(self) -> Iterator[tuple[str, str]]:
        """(module, name) of everything imported, wherever in the file."""
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom):
                yield from ((node.module or "", alias.name) for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (node for node in self.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """(name, call) of each call, by the last part of what is called."""
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield called(node), node


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def part_of(name: str) -> str:
    first, *rest = name.split(".")
    return rest[0] if first == "api" and rest else first


MODULES = [Module(path) for folder in ("api", "rest_compat") for path in sorted((ROOT / folder).rglob("*.py"))]
CODE = [module for module in MODULES if module.name != "api" and "versions" not in module.path.parts]


def of(*parts: str) -> list[Module]:
    """The modules of these entries of LEVELS."""
    found = [module for module in CODE if module.part in parts]
    assert found, parts
    return found


def everywhere(modules: list[Module]) -> Callable[[Callable[[Module], None]], Callable[[], None]]:
    return every(modules, lambda module: module.name)


def level(part: str) -> int:
    return next((number for number, parts in enumerate(LEVELS) if part in parts), -1)


def ours(module: str) -> bool:
    return module.split(".")[0] in {"api", "rest_compat"}


# Who may import whom


@everywhere(CODE)
def test_every_module_has_its_level(module: Module) -> None:
    assert level(module.part) >= 0, f"{module.name} is in no entry of LEVELS"


@everywhere(CODE)
def test_imports_point_downwards_only(module: Module) -> None:
    targets = {
        part_of(f"{source}.{name}" if source == "api" else source) for source, name in module.imports() if ours(source)
    }
    upwards = {target for target in targets if level(target) > level(module.part)}
    assert upwards == set(), f"{module.name} imports from above"


@everywhere(of(*NEVER_EACH_OTHER))
def test_doors_never_look_through_each_other(module: Module) -> None:
    targets = {part_of(source) for source, _ in module.imports() if ours(source)}
    assert targets & (NEVER_EACH_OTHER - {module.part}) == set()


@everywhere(of("resolvers"))
def test_use_cases_know_neither_graphql_nor_http(module: Module) -> None:
    assert {source.split(".")[0] for source, _ in module.imports()} & {"strawberry", "starlette", "graphql"} == set()


@everywhere(of("errors", "settings", "texts", "models", "events", "vault", "db"))
def test_the_ground_floor_knows_neither_graphql_nor_http(module: Module) -> None:
    assert {source.split(".")[0] for source, _ in module.imports()} & {"strawberry", "starlette", "graphql"} == set()


# Who may touch the database


@everywhere(of("schema", "rest_compat", "jobs"))
def test_doors_build_no_query(module: Module) -> None:
    queries = {name for source, name in module.imports() if source.split(".")[0] in {"sqlalchemy", "sqlmodel"}}
    assert queries & QUERYING == set()
    # A GraphQL schema has an `execute` too, and ours extends it.
    calls = [(name, ast.unparse(call.func)) for name, call in module.calls()]
    asked = {name for name, called in calls if called != "schema.execute" and not called.startswith("super()")}
    assert not asked & {"transaction", "execute", "scalars"}


@everywhere(of("subscriptions"))
def test_subscriptions_never_write(module: Module) -> None:
    assert {name for _, name in module.imports()} & WRITING == set()
    assert not {name for name, _ in module.calls()} & {"transaction", "emit"}


# Authorisation


def use_cases(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The public use cases of a module: what takes `ctx` and opens a session of its own.

    What also takes a `tx` or a `session` is a step of a use case, and runs in the one that its caller opened.
    """
    for node in module.tree.body:
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
            names = [argument.arg for argument in node.args.args + node.args.kwonlyargs]
            if names[:1] == ["ctx"] and not {"tx", "session"} & set(names):
                yield node


def marks(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.Call]:
    return [mark for mark in node.decorator_list if isinstance(mark, ast.Call) and called(mark) == "allow"]


@everywhere(of("resolvers"))
def test_every_public_use_case_says_whom_it_lets_in(module: Module) -> None:
    for node in use_cases(module):
        (mark,) = marks(node)
        assert mark.args, f"{node.name} lets in nobody"


@everywhere(of("resolvers"))
def test_only_use_cases_are_marked(module: Module) -> None:
    cases = {node.name for node in use_cases(module)}
    assert {node.name for node in module.functions() if marks(node)} <= cases


@everywhere(of("resolvers"))
def test_a_use_case_opens_one_transaction_and_a_step_of_one_opens_none(module: Module) -> None:
    for node in module.functions():
        own = Module(module.path)
        own.__dict__["tree"] = ast.Module(body=[node], type_ignores=[])
        opened = [name for name, _ in own.calls() if name in {"transaction", "_saving"}]
        steps = {"tx", "session"} & {argument.arg for argument in node.args.args}
        assert len(opened) <= (0 if steps else 1), node.name


def test_use_cases_are_found_at_all() -> None:
    assert len([node for module in of("resolvers") for node in use_cases(module)]) > 40


# State


@everywhere(CODE)
def test_no_module_keeps_state(module: Module) -> None:
    """Two apps live in one process: whatever changes belongs to one of them."""
    assert not [node for node in module.nodes if isinstance(node, ast.Global)]
    for node in module.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and is_mutable(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in [target.id for target in targets if isinstance(target, ast.Name)]:
                assert name.isupper() or name == "__all__", f"{name} looks like state"
                assert not is_changed(module.tree, name), f"{name} is changed"


def is_mutable(value: ast.expr | None) -> bool:
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    state = {
        "list",
        "dict",
        "set",
        "defaultdict",
        "deque",
        "Counter",
        "Lock",
        "Event",
        "Queue",
        "ContextVar",
        "Semaphore",
    }
    return isinstance(value, displays) or (isinstance(value, ast.Call) and called(value) in state)


def is_changed(tree: ast.Module, name: str) -> bool:
    """Whether a mutable constant is changed in its own module."""
    changing = {"append", "add", "update", "pop", "clear", "setdefault", "extend", "remove", "discard", "insert"}
    for node in ast.walk(tree):
        changed: ast.expr | None = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            changed = node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in changing:
            changed = node.func.value
        if isinstance(changed, ast.Name) and changed.id == name:
            return True
    return False


# Sizes


@everywhere(CODE)
def test_files_can_be_read_in_one_go(module: Module) -> None:
    path = str(module.path.relative_to(ROOT))
    long = len(module.source.splitlines()) > 300
    assert long == (path in LONG_FILES), f"{path}: justify it in LONG_FILES, split it, or take it off the list"
    assert len(module.source.splitlines()) <= 500


@everywhere(CODE)
def test_functions_fit_on_a_screen(module: Module) -> None:
    path = str(module.path.relative_to(ROOT))
    long = {node.name for node in module.functions() if (node.end_lineno or 0) - node.lineno + 1 > 35}
    listed = {entry.split(":")[1] for entry in LONG_FUNCTIONS if entry.startswith(f"{path}:")}
    assert long == listed


@everywhere(CODE)
def test_every_module_says_what_it_is_for(module: Module) -> None:
    assert ast.get_docstring(module.tree)


@everywhere(CODE)
def test_nothing_is_called_utils(module: Module) -> None:
    words = set(module.name.replace("_", ".").split("."))
    assert words & {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"} == set()
