"""Operators' commands as they are typed: what they print, and how they end."""

import base64
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import cli, main


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder, and no settings but the defaults."""
    monkeypatch.setenv("ALIDASH_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("ALIDASH_DATABASE_URL", raising=False)
    return tmp_path


def test_a_backup_is_restored_only_after_a_yes(alone: Path) -> None:
    assert CliRunner().invoke(cli, ["migrate"]).exit_code == 0
    backup = str(alone / "backup")
    made = CliRunner().invoke(cli, ["backup", backup])
    assert made.exit_code == 0
    assert made.stdout.startswith(f"{backup}: ")
    before = (alone / "data" / "alidash.sqlite3").stat().st_ino
    assert CliRunner().invoke(cli, ["restore", backup], input="n\n").exit_code == 1
    assert (alone / "data" / "alidash.sqlite3").stat().st_ino == before
    done = CliRunner().invoke(cli, ["restore", backup], input="y\n")
    assert done.exit_code == 0
    assert "clients read everything anew" in done.stdout


def test_the_doctor_ends_with_1_when_something_is_bad(alone: Path) -> None:
    (alone / "data").mkdir()
    looked = CliRunner().invoke(cli, ["doctor"])
    assert looked.exit_code == 0
    assert "ok   disk:" in looked.stdout
    (alone / "data" / "alidash.sqlite3").write_text("no database")
    looked = CliRunner().invoke(cli, ["doctor"])
    assert looked.exit_code == 1
    assert "bad  database:" in looked.stdout


def test_keys_are_changed_in_a_desk_without_anything_sealed(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIDASH_CPF_SEARCH_KEY", "s" * 40)
    monkeypatch.setenv("ALIDASH_CPF_KEYS", f"new:{base64.b64encode(bytes(32)).decode()}")
    done = CliRunner().invoke(cli, ["keys", "rotate"])
    assert (done.exit_code, done.stdout) == (0, "Keys: 0 sealed anew, 0 that no key opens.\n")


@pytest.mark.parametrize("command", [["migrate"], ["check"], ["audit", "verify"], ["keys", "rotate"]])
@pytest.mark.parametrize("fault", ["no database", "a folder", "a file for a folder", "nobody answers"])
def test_a_database_that_cannot_be_used_is_told_in_one_line(
    alone: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], command: list[str], fault: str
) -> None:
    data = alone / "data"
    match fault:
        case "no database":
            data.mkdir()
            (data / "alidash.sqlite3").write_text("no database " * 1000)
        case "a folder":
            (data / "alidash.sqlite3").mkdir(parents=True)
        case "a file for a folder":
            data.write_text("")
        case _:
            monkeypatch.setenv("ALIDASH_DATABASE_URL", "postgresql+asyncpg://desk:hunter2@127.0.0.1:9/desk")
    monkeypatch.setattr(sys, "argv", ["alidash", *command])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capfd.readouterr().err
    assert ended.value.code == 2
    assert said.startswith("alidash: ")
    assert said.count("\n") == 1
    assert "hunter2" not in said
