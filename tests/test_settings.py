"""What an operator may choose, and what they are told when it is wrong."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.errors import SettingsError
from api.settings import Settings, load_settings

KEYS = {"ALIDASH_CPF_SEARCH_KEY": "s" * 32, "ALIDASH_CPF_KEYS": "a:" + base64.b64encode(b"x" * 32).decode()}


def load(**given: Any) -> Settings:
    return load_settings(_env_file=None, **given)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests."""
    import os

    for name in os.environ:
        if name.startswith("ALIDASH_") and not name.startswith("ALIDASH_TEST_"):
            monkeypatch.delenv(name)


def test_everything_has_a_default(tmp_path: Path) -> None:
    settings = load(data=tmp_path)
    assert settings.database == f"sqlite+aiosqlite:///{tmp_path / 'alidash.sqlite3'}"
    assert (settings.production, settings.origins) == (False, ["*"])
    assert settings.zone.key == "America/Sao_Paulo"


def test_settings_are_read_from_the_environment_and_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIDASH_TICK", "PT2S")
    monkeypatch.setenv("ALIDASH_WIDGET_ORIGINS", "https://a.example, https://b.example,")
    monkeypatch.setenv("ALIDASH_LOCALE", "en")
    settings = load()
    assert settings.tick == timedelta(seconds=2)
    assert settings.origins == ["https://a.example", "https://b.example"]
    with pytest.raises(ValueError, match="frozen"):
        settings.tick = timedelta()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENV", "staging"),
        ("TIMEZONE", "Mars/Olympus"),
        ("TIMEZONE", "../etc/passwd"),
        ("TIMEZONE", ""),
        ("LOCALE", "fr"),
        ("LOG", "xml"),
        ("DATABASE_URL", "mysql://root:hunter2@host/x"),
        ("DATABASE_URL", ""),
        ("BROKER_URL", "amqp://root:hunter2@host"),
        ("DATABASE_POOL", "0"),
        ("DATABASE_POOL", "many"),
        ("READER_BUFFER", "1"),
        ("TICK", "soon"),
        ("TICK", "PT0S"),
        ("TICK", "-PT1S"),
        ("REAUTHORISE", "PT0S"),
        ("SESSION_IDLE", "-PT1S"),
        ("EVENT_RETENTION", "PT0S"),
        ("RATE_OPEN", "often"),
        ("RATE_OPEN_CPF", "5/fortnight"),
        ("RATE_OPEN_ALL", ""),
        ("SIGN_IN_TRIES", "0"),
        ("SECOND_FACTOR_ROLES", "ADMIN,OWNER"),
        ("RATE_MESSAGE", "-1/minute"),
        ("RATE_OPEN", "0/minute"),
        ("RATE_REVEAL", "10/minute;0/hour"),
        ("SESSION_IDLE", "P999999D"),
        ("BOOST_LOW", "-P999999D"),
        ("INCIDENT_COMPLAINTS", "9" * 20),
        ("PUBLIC_URL", "desk.example"),
        ("PUBLIC_URL", "https://desk.example/desk"),
        ("PUBLIC_URL", "https://me@desk.example"),
        ("PUBLIC_URL", "http://["),
        ("WIDGET_ORIGINS", "https://a.example,b.example"),
        ("WIDGET_ORIGINS", "https://a.example/loja"),
        ("DATABASE_URL", "sqlite+aiosqlite:///"),
        ("DATABASE_URL", "postgresql+asyncpg://root:hunter2@host:port/x"),
        ("DATABASE_URL", "postgresql+asyncpg://root:hunter2@host/x?sslmode=require"),
        ("BROKER_URL", "redis://root:hunter2@host:port"),
        ("BROKER_URL", "redis://root:hunter2@[::1"),
        ("PRIVACY_NOTICE", "hunter2 \udcff"),
        ("CPF_SEARCH_KEY", "hunter2 \udcff"),
        ("TRUSTED_PROXIES", "10.0.0.0/99"),
        ("TRUSTED_PROXIES", "proxy"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_it_and_hides_secrets(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"ALIDASH_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load()
    assert f"ALIDASH_{name}" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_origins_are_written_as_browsers_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slash at the end, or a capital, and no origin of a browser would ever be equal to it."""
    monkeypatch.setenv("ALIDASH_WIDGET_ORIGINS", "https://A.example/,http://b.example:8080")
    monkeypatch.setenv("ALIDASH_PUBLIC_URL", "https://Desk.example/")
    settings = load()
    assert settings.origins == ["https://a.example", "http://b.example:8080"]
    assert settings.public_url == "https://desk.example"


def test_an_odd_password_of_the_database_is_nobodys_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql+asyncpg://desk:p%40[ss%2F#w@host:6432/desk?ssl=require"
    monkeypatch.setenv("ALIDASH_DATABASE_URL", url)
    assert load().database == url


def test_a_file_of_settings_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"ALIDASH_LOCALE=\xff\n")
    with pytest.raises(SettingsError, match=r"^\.env: not UTF-8$"):
        load_settings(_env_file=tmp_path / ".env")


def test_every_bad_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIDASH_TICK", "soon")
    monkeypatch.setenv("ALIDASH_LOG", "xml")
    with pytest.raises(SettingsError, match=r"ALIDASH_LOG.*ALIDASH_TICK"):
        load()


def test_production_refuses_to_start_without_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIDASH_ENV", "production")
    with pytest.raises(SettingsError, match=r"ALIDASH_CPF_SEARCH_KEY and ALIDASH_CPF_KEYS"):
        load()
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    settings = load()
    assert settings.production
    assert settings.origins == []


def test_production_names_the_origins_of_its_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (KEYS | {"ALIDASH_ENV": "production", "ALIDASH_WIDGET_ORIGINS": "*"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="ALIDASH_WIDGET_ORIGINS"):
        load()


# Secrets in files


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("from a file, with enough length for it\n", encoding="utf-8")
    monkeypatch.setenv("ALIDASH_CPF_SEARCH_KEY_FILE", str(path))
    key = load().cpf_search_key
    assert key is not None
    assert key.get_secret_value() == "from a file, with enough length for it"


def test_the_variable_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "broker"
    path.write_text("redis://file", encoding="utf-8")
    monkeypatch.setenv("ALIDASH_BROKER_URL_FILE", str(path))
    assert load().broker_url.get_secret_value() == "redis://file"
    monkeypatch.setenv("ALIDASH_BROKER_URL", "redis://variable")
    assert load().broker_url.get_secret_value() == "redis://variable"


PROVIDER = {"oidc_issuer": "https://sso.example", "oidc_client_id": "alidash", "oidc_client_secret": "s3cret"}


@pytest.mark.parametrize(
    "change",
    [
        {"oidc_issuer": "http://sso.example"},
        {"oidc_issuer": "https://sso.example/?tenant=1"},
        {"oidc_issuer": "https://"},
        {"oidc_issuer": "sso.example"},
        {"oidc_client_id": ""},
        {"oidc_client_secret": None},
        {"oidc_issuer": ""},
        {"oidc_name": ""},
    ],
    ids=str,
)
def test_an_identity_provider_is_named_as_a_whole_and_over_tls(change: dict[str, Any]) -> None:
    assert load(**PROVIDER).oidc_name == "SSO"
    assert load(**PROVIDER | {"oidc_issuer": "http://127.0.0.1:9000/realms/x"}).oidc_client_id == "alidash"
    with pytest.raises(SettingsError, match="ALIDASH_OIDC_"):
        load(**PROVIDER | change)


@pytest.mark.parametrize("change", [{"public_url": None}, {"oidc_issuer": "http://127.0.0.1:9000"}], ids=str)
def test_in_production_a_provider_needs_tls_and_an_address_to_come_back_to(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    given = PROVIDER | {"env": "production", "public_url": "https://desk.example"}
    assert load(**given).production
    with pytest.raises(SettingsError, match="ALIDASH_OIDC_ISSUER"):
        load(**given | change)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("ALIDASH_CPF_SEARCH_KEY_FILE", str(path))
    with pytest.raises(SettingsError, match="ALIDASH_CPF_SEARCH_KEY_FILE") as caught:
        load()
    assert "\n" not in str(caught.value)


def test_what_is_no_secret_is_read_from_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "locale"
    path.write_text("en", encoding="utf-8")
    monkeypatch.setenv("ALIDASH_LOCALE_FILE", str(path))
    assert load().locale == "pt-BR"


def test_no_secret_is_shown_by_printing_settings() -> None:
    settings = load(database_url="postgresql+asyncpg://me:hunter2@host/x", cpf_search_key="hunter2" * 6)
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings)


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_says_what_it_does(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description
    assert description.endswith(".")
