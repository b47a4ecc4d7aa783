"""What the code never does, read from the code itself: words in logs, answers before the commit, SQL from parts.

Each rule is a function from a tree to its faults, and is shown to find them: a rule that finds nothing might be blind.
"""

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.test_architecture import CODE, called, of

Rule = Callable[[ast.AST], Iterator[str]]

LOGGING = {"debug", "info", "warning", "error", "exception", "critical"}
PRIVATE = {
    "authorization", "body", "caption", "comment", "cookie", "cookies", "cpf", "digits", "email", "excerpt", "headers",
    "message", "messages", "note", "params", "parameters", "password", "payload", "phone", "query", "reason", "secret",
    "subject", "text", "token", "variables", "words",
}  # fmt: skip
"""What people wrote, who they are, and what opens doors, by the names that the code has for them."""

EARLY = {
    "call_later", "call_soon", "create_task", "ensure_future", "publish", "ring", "run_in_executor", "signal", "sleep",
    "to_thread",
}  # fmt: skip
"""What tells others, or begins what a rollback does not take back."""

OUTSIDE = {"courier", "prober", "passwords"}
"""Services that take long, or whose effects nobody takes back."""

TAKES_TEXT = {"text", "exec_driver_sql"}
RUNS_SQL = TAKES_TEXT | {"execute", "executemany", "executescript"}

LATER = {"BackgroundTask", "BackgroundTasks", "add_task", "call_later", "call_soon", "create_task", "ensure_future"}


def words_in_logs(tree: ast.AST) -> Iterator[str]:
    """Log calls that could tell what people wrote: by their name, put together, or within an error's message."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        function = call.func
        if not isinstance(function, ast.Attribute) or function.attr not in LOGGING:
            continue
        if not isinstance(function.value, ast.Name) or function.value.id not in ("log", "logger", "logging"):
            continue
        if not call.args or not isinstance(call.args[0], ast.Constant):
            yield f"{ast.unparse(call)}: the event is no plain sentence"
        told = [*call.args, *call.keywords]
        named = {name for part in told for node in ast.walk(part) for name in names_of(node)}
        if named & PRIVATE:
            yield f"{ast.unparse(call)}: tells {', '.join(sorted(named & PRIVATE))}"
        if any(tells_error_itself(part) for part in told):
            yield f"{ast.unparse(call)}: an error's message may quote anything; tell its type or its code"


def names_of(node: ast.AST) -> set[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
            return {name}
        case _:
            return set()


def tells_error_itself(part: ast.AST) -> bool:
    """Whether an error is told whole, other than as `type(error)` or by an attribute that is ours."""
    match part:
        case ast.keyword(value=value) | ast.FormattedValue(value=value):
            return tells_error_itself(value)
        case ast.Name(id=name):
            return name in ("error", "exc", "exception", "cause", "failed")
        case ast.Call() if called(part) in ("str", "repr", "format"):
            return any(tells_error_itself(argument) for argument in part.args)
        case ast.JoinedStr(values=values):
            return any(tells_error_itself(value) for value in values)
        case _:
            return False


def tells_before_commit(tree: ast.AST) -> Iterator[str]:
    """What happens within a transaction that others see, or that stays when it is rolled back."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lends = any("contextmanager" in ast.unparse(mark) for mark in function.decorator_list)
        for body in transactions_of(function):
            for node in within(body):
                if isinstance(node, ast.Yield | ast.YieldFrom) and not lends:
                    yield f"{function.name}: hands out a value before the commit"
                if isinstance(node, ast.Call) and called(node) in EARLY:
                    yield f"{function.name}: {ast.unparse(node)} before the commit"
                if isinstance(node, ast.Attribute) and node.attr in OUTSIDE:
                    yield f"{function.name}: {ast.unparse(node)} within a transaction"


def transactions_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[list[ast.stmt]]:
    """The bodies that run in a transaction: all of a step of one, or what is within an `async with`."""
    if "tx" in {argument.arg for argument in function.args.args}:
        yield function.body
        return
    for node in ast.walk(function):
        if isinstance(node, ast.AsyncWith) and any(
            isinstance(item.context_expr, ast.Call) and called(item.context_expr) in ("transaction", "_saving")
            for item in node.items
        ):
            yield node.body


def within(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Everything in a body but what other functions, defined there, do when they are called."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def works_after_the_answer(tree: ast.AST) -> Iterator[str]:
    """What a door begins and does not await: its answer would acknowledge what may never happen."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if called(node) in LATER or any(given.arg == "background" for given in node.keywords):
                yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom) and node.module == "starlette.background":
            yield ast.unparse(node)


def sql_from_parts(tree: ast.AST) -> Iterator[str]:
    """SQL text that is put together where it is run, or before in the same function."""
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            continue
        nodes = list(within(scope.body))
        mixed = {
            target.id
            for node in nodes
            if isinstance(node, ast.Assign) and put_together(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in (node for node in nodes if isinstance(node, ast.Call) and node.args):
            name, first = called(call), call.args[0]
            at_once = name in RUNS_SQL and put_together(first)
            if at_once or (name in TAKES_TEXT and isinstance(first, ast.Name) and first.id in mixed):
                yield ast.unparse(call)


def put_together(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr | ast.BinOp) or (
        isinstance(node, ast.Call) and called(node) in ("format", "join", "format_map")
    )


SHOWN: list[tuple[Rule, str, int]] = [
    (words_in_logs, 'log.info("sent", body=message.body)', 1),
    (words_in_logs, 'log.info("sent", what=row.body)', 1),
    (words_in_logs, 'log.warning("found %s", cpf)', 1),
    (words_in_logs, 'log.info(f"{name} came")', 1),
    (words_in_logs, 'log.error("failed", error=str(error))', 1),
    (words_in_logs, 'log.error("failed %s", error)', 1),
    (words_in_logs, 'log.error("failed", error=type(error).__name__, code=error.code)', 0),
    (words_in_logs, 'log.exception("hub: %s not read", feed.stream)', 0),
    (tells_before_commit, "async def f():\n async with ctx.db.transaction() as tx:\n  hub.publish(x)", 1),
    (tells_before_commit, "async def f():\n async with ctx.db.transaction() as tx:\n  yield row", 1),
    (tells_before_commit, "async def f():\n async with _saving(ctx) as tx:\n  asyncio.create_task(g())", 1),
    (tells_before_commit, "async def f(tx):\n await ctx.services.courier.send(x)", 1),
    (tells_before_commit, "async def f():\n async with ctx.db.transaction() as tx:\n  pass\n hub.publish(x)", 0),
    (tells_before_commit, "@asynccontextmanager\nasync def f():\n async with a.transaction() as tx:\n  yield tx", 0),
    (works_after_the_answer, "asyncio.create_task(send_message(ctx))", 1),
    (works_after_the_answer, "JSONResponse({}, background=task)", 1),
    (works_after_the_answer, "from starlette.background import BackgroundTask", 1),
    (works_after_the_answer, "await send_message(ctx)", 0),
    (sql_from_parts, 'text(f"SELECT {name}")', 1),
    (sql_from_parts, 'session.execute("SELECT " + name)', 1),
    (sql_from_parts, 'def f():\n asked = "SELECT {}".format(name)\n return text(asked)', 1),
    (sql_from_parts, 'text("SELECT :name").bindparams(name=name)', 0),
]


@pytest.mark.parametrize("rule", [words_in_logs, tells_before_commit, works_after_the_answer, sql_from_parts])
def test_a_rule_finds_what_it_is_about_and_lets_the_rest_be(rule: Rule) -> None:
    shown = [(source, faults) for one, source, faults in SHOWN if one is rule]
    assert {faults for _, faults in shown} == {0, 1}
    assert [(source, len(list(rule(ast.parse(source))))) for source, _ in shown] == shown


def test_nothing_that_people_wrote_is_logged() -> None:
    assert {module.name: found for module in CODE if (found := list(words_in_logs(module.tree)))} == {}


def test_nobody_is_told_of_what_is_not_committed() -> None:
    assert {module.name: found for module in CODE if (found := list(tells_before_commit(module.tree)))} == {}


def test_doors_answer_when_all_is_done() -> None:
    doors = of("schema", "rest_compat", "exports")
    assert {module.name: found for module in doors if (found := list(works_after_the_answer(module.tree)))} == {}


def test_sql_text_is_never_put_together_from_parts() -> None:
    assert {module.name: found for module in CODE if (found := list(sql_from_parts(module.tree)))} == {}
