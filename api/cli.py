"""The command line: `alidash --help`."""

import asyncio
import socket
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from api import log, operating
from api.app import create_app
from api.context import Context
from api.drivers import usable_database
from api.errors import AppError, Conflict, SettingsError
from api.jobs import JOBS, find_job
from api.migrations import migrate as migrate_database
from api.models.enums import Role
from api.passwords import random_password
from api.resolvers.counters import check_counters
from api.resolvers.departments import list_departments
from api.resolvers.tokens import create_token
from api.resolvers.users import NewUser, create_user, has_admin
from api.resolvers.verifying import verify_audit
from api.schema import build_schema
from api.services import assemble, run_once
from api.serving import Server, listener
from api.settings import Settings, load_settings
from api.subscriptions.running import Running
from api.texts import say

FIRST_ADMIN = "admin@alidash.example"

cli = typer.Typer(help="AliDash: the support desk.", no_args_is_help=True, add_completion=False)
token = typer.Typer(help="Tokens for programs that act as a person.", no_args_is_help=True)
cli.add_typer(token, name="token")
audit = typer.Typer(help="The audit log.", no_args_is_help=True)
cli.add_typer(audit, name="audit")
cli.add_typer(operating.keys, name="keys")
for command in (operating.backup, operating.restore, operating.doctor):
    cli.command()(command)

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.", min=0, max=65535)]


@cli.command()
def serve(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Serve the desk: the database is brought up to date first, and the addresses are printed."""
    settings = load_settings()
    log.configure(settings.log, level=settings.log_level)
    first_password = run_once(lambda running: _first_admin(running, settings))
    _listen(settings, host, port, first_password)


@cli.command()
def demo(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Serve a desk with a believable day behind it, and simulated customers who write."""
    from api.demo import prepare, simulate

    settings = load_settings()
    if settings.production:
        raise SettingsError("ALIDASH_ENV: the demo runs in development only")
    settings = load_settings(data=settings.data / "demo", database_url=None)
    log.configure(settings.log, level=settings.log_level)
    typer.echo("Living the demo's day…")
    password = asyncio.run(prepare(settings))
    _listen(settings, host, port, password, beside=simulate)


@cli.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    settings = load_settings()

    async def work() -> None:
        running = assemble(settings)
        try:
            with usable_database():
                await migrate_database(running.services.db.engine, running.services.db.sign)
        finally:
            await running.services.db.close()

    asyncio.run(work())
    typer.echo("The database is up to date.")


@cli.command("create-admin")
def create_admin(
    email: Annotated[str, typer.Option(help="The login.")],
    name: Annotated[str, typer.Option(help="The name that people see.")],
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
) -> None:
    """Add an administrator, who sets a password by a link unless one is given on standard input."""
    given = sys.stdin.readline().rstrip("\n") if password_stdin else None

    async def work(running: Running) -> str:
        made = await create_user(running.as_system(), await _admin(running, email, name, given))
        if made.link is None:
            return f"{email} can sign in."
        here = (running.services.settings.public_url or "http://127.0.0.1:8000").rstrip("/")
        return f"{email} sets a password until {made.link.expires_at:%Y-%m-%d %H:%M} UTC at {here}{made.link.path}"

    typer.echo(run_once(work))


@token.command("create")
def create(
    email: Annotated[str, typer.Option(help="Whom the token acts as.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="A permission that it is held to, such as METRICS_VIEW; again for more. All by default."),
    ] = None,
) -> None:
    """Print a new bearer token, alone."""
    scopes = tuple(scope) if scope else None
    typer.echo(run_once(lambda running: create_token(running.as_system(), email=email, scopes=scopes)))


@audit.command("verify")
def verify(
    head: Annotated[
        str | None,
        typer.Option(help="The hash of an entry noted earlier, outside of the database; it must still be there."),
    ] = None,
) -> None:
    """Read the whole audit log and tell what is not as it was written; ends with 1 when something is not."""
    verdict = run_once(lambda running: verify_audit(running.as_system(), anchor=head))
    for fault in verdict.faults:
        typer.echo(f"Fault: {fault}.")
    if verdict.more:
        typer.echo("And more.")
    typer.echo(f"Audit log: {verdict}.")
    raise typer.Exit(0 if verdict.sound else 1)


@audit.callback()
def _of_audit() -> None:
    """Keep `verify` a command by name, though it is the only one."""


@cli.command()
def check() -> None:
    """Work the live counters out of the rows again; ends with 1 when one differs. Nothing is mended."""
    found = run_once(lambda running: check_counters(running.as_system()))
    for difference in found.differences:
        typer.echo(f"{difference}.")
    if found.total > len(found.differences):
        typer.echo(f"And {found.total - len(found.differences)} more.")
    typer.echo(f"Counters: {found}.")
    raise typer.Exit(1 if found.total else 0)


@cli.command("export-schema")
def export_schema() -> None:
    """Print the GraphQL schema."""
    typer.echo(build_schema().as_str())


@cli.command("run-job")
def run_job(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(job.name for job in JOBS)}.")],
) -> None:
    """Run a timed job now."""
    job = find_job(name)
    if job is None:
        raise SettingsError(f"no such job: {name}; there are {', '.join(job.name for job in JOBS)}")
    typer.echo(f"{name}: {run_once(lambda running: job.run(running.as_system()))}")


def main() -> None:
    """Run the command line; what an operator can mend ends with one line, not a traceback."""
    try:
        cli()
    except SettingsError as error:
        _give_up(str(error))
    except AppError as error:
        _give_up(
            "; ".join(say(p.reason, Context.__dataclass_fields__["locale"].default, **p.values) for p in error.problems)
        )


def _give_up(reason: str) -> None:
    typer.echo(f"alidash: {reason}", err=True)
    raise SystemExit(2)


async def _admin(running: Running, email: str, name: str, password: str | None) -> NewUser:
    departments = await list_departments(running.as_system())
    ids = tuple(department.id for department in departments)
    return NewUser(email=email, name=name, role=Role.ADMIN, department_ids=ids, password=password)


async def _first_admin(running: Running, settings: Settings) -> str | None:
    """In development, an empty desk gets an administrator, whose password is shown this once."""
    if settings.production or await has_admin(running.as_system()):
        return None
    password = random_password()
    try:
        await create_user(running.as_system(), await _admin(running, FIRST_ADMIN, "Administração", password))
    except Conflict:
        # Another process that started on the same empty database was first, and shows the password.
        return None
    return password


def _listen(
    settings: Settings,
    host: str,
    port: int,
    password: str | None,
    beside: Callable[[Running], Any] | None = None,
) -> None:
    app = create_app(settings)
    open_socket = listener(host, port)
    _announce(settings, open_socket, password)
    server = Server(app)
    # The quicker loop where there is one, as uvicorn chooses it.
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(_serve(server, open_socket, app.state.running, beside))


async def _serve(
    server: Server, open_socket: socket.socket, running: Running, beside: Callable[[Running], Any] | None
) -> None:
    company = asyncio.create_task(beside(running)) if beside else None
    try:
        await server.serve([open_socket])
    finally:
        if company:
            company.cancel()
            await asyncio.gather(company, return_exceptions=True)


def _announce(settings: Settings, open_socket: socket.socket, password: str | None) -> None:
    host, port = open_socket.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    base = settings.public_url or f"http://{'localhost' if host in ('127.0.0.1', '::1') else shown}:{port}"
    typer.echo(f"AliDash serves at {base}")
    for what, path in (
        ("Panel", "/login/"),
        ("Widget test page", "/teste-widget/"),
        ("REST", "/api/v1/docs/"),
    ):
        typer.echo(f"  {what + ':':18}{base}{path}")
    if password:
        typer.echo(f"  {'Sign in:':18}{FIRST_ADMIN}  {password}   (shown this once)")
    typer.echo("")
    sys.stdout.flush()
