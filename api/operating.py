"""The commands of operators: a copy of the database and the way back, a look at everything, and new keys."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from api.backups import back_up
from api.backups import restore as put_back
from api.doctor import Finding, Health, examine
from api.resolvers.keys import rotate_keys
from api.services import run_once
from api.settings import load_settings

keys = typer.Typer(help="The keys that seal CPFs and secrets.", no_args_is_help=True)


def backup(file: Annotated[Path, typer.Argument(help="The new file; there must be none of that name yet.")]) -> None:
    """Copy the whole database into a file, while people go on working. The keys are no part of it."""
    made = back_up(load_settings(), file)
    typer.echo(f"{made.path}: {made.size} bytes, at migration {made.revision}. Keep the keys apart from it.")


def restore(
    file: Annotated[Path, typer.Argument(help="What `alidash backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup in the place of the database; every process has to be stopped. Clients will read everything anew."""
    if not yes:
        typer.confirm(f"Replace everything in the database by what is in {file}?", abort=True, err=True)
    typer.echo(f"Restored; {put_back(load_settings(), file)}. Start AliDash: clients read everything anew.")


def doctor() -> None:
    """Look at settings, keys, database, broker, clock, permissions and disk; ends with 1 when something is bad."""

    async def look() -> list[Finding]:
        found: list[Finding] = []
        async for finding in examine(load_settings()):
            typer.echo(str(finding))
            found.append(finding)
        return found

    raise typer.Exit(int(any(finding.health is Health.ILL for finding in asyncio.run(look()))))


@keys.command()
def rotate() -> None:
    """Seal anew, under the first of the keys, all that the others sealed; ends with 1 when some could not be read."""
    done = run_once(lambda running: rotate_keys(running.as_system()))
    typer.echo(f"Keys: {done}.")
    raise typer.Exit(int(done.lost > 0))


@keys.callback()
def _of_keys() -> None:
    """Keep `rotate` a command by name, though it is the only one."""
