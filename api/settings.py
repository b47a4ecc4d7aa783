"""Every setting, in one place. docs/settings.md is generated from here; an undocumented one fails a test."""

import os
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from api.errors import SettingsError
from api.setting_values import (
    SecretFiles,
    first_unreadable,
    origin,
    require_broker,
    require_database,
    require_host_and_port,
    require_issuer,
    require_rates,
    require_reason,
    require_zone,
)
from api.texts import Locale


class Environment(StrEnum):
    """Where AliDash runs: on somebody's desk, or for customers."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """What an operator may choose; read once from the environment and `.env`, then frozen."""

    model_config = SettingsConfigDict(env_prefix="ALIDASH_", env_file=".env", extra="ignore", frozen=True)

    env: Environment = Field(
        Environment.DEVELOPMENT,
        description="`development` or `production`. Production refuses to start without its keys.",
    )
    data: Path = Field(
        Path("data"),
        description="Folder of the embedded database and, in development, of the keys made on first run.",
    )
    database_url: SecretStr | None = Field(
        None,
        description="`sqlite+aiosqlite:///path` or `postgresql+asyncpg://user:password@host/name`. "
        "Default: a SQLite file in the data folder.",
    )
    broker_url: SecretStr = Field(
        SecretStr("memory://"),
        description="The doorbell between processes: "
        "`memory://`, `redis://host:6379` or `postgres://user:password@host/name`.",
    )
    database_pool: int = Field(10, ge=1, le=200, description="Connections to PostgreSQL at most (SQLite: readers).")
    drain: timedelta = Field(
        timedelta(seconds=1),
        ge=timedelta(),
        le=timedelta(minutes=5),
        description="How long a process that was told to stop still answers, `/readyz` with 503, before it ends.",
    )

    cpf_search_key: SecretStr | None = Field(
        None,
        description="Secret of at least 32 characters that finds an equal CPF (HMAC). Changing it loses the search.",
    )
    cpf_keys: SecretStr | None = Field(
        None,
        description="Keys that encrypt CPFs: `id:base64,id:base64`, each of 32 bytes. The first encrypts, all decrypt.",
    )

    timezone: str = Field(
        "America/Sao_Paulo",
        description="Zone of the deployment: when a day begins, how protocols are numbered.",
    )
    locale: Locale = Field(
        Locale.PT_BR, description="Language of what the desk itself writes into chats, `pt-BR` or `en`."
    )
    log: Literal["console", "json"] = Field("console", description="How logs are written.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="What is logged at least; from `warning` on, requests leave no line."
    )

    public_url: str | None = Field(
        None,
        description="The address people use, such as `https://desk.example`. Needed behind a proxy that changes Host.",
    )
    widget_origins: Annotated[list[str], NoDecode] = Field(
        ["*"],
        description="Origins that may embed the widget, by comma, such as `https://isp.example`. "
        "`*` (any) is for development only.",
    )
    trusted_proxies: Annotated[list[str], NoDecode] = Field(
        [],
        description="Addresses or networks, by comma, whose X-Forwarded-For is believed.",
    )
    metrics_allow: Annotated[list[str], NoDecode] = Field(
        ["127.0.0.0/8", "::1"],
        description="Addresses or networks, by comma, that may read `/metrics`; empty for none.",
    )
    metrics_token: SecretStr | None = Field(
        None, min_length=32, description="A bearer token of at least 32 characters that opens `/metrics` from anywhere."
    )

    session_idle: timedelta = Field(
        timedelta(hours=12), description="A browser session ends after this time without use."
    )
    session_limit: timedelta = Field(
        timedelta(days=14), description="A browser session ends after this time in any case."
    )
    reopen_window: timedelta = Field(
        timedelta(minutes=10), description="How long after closing a customer's token still works."
    )
    event_retention: timedelta = Field(
        timedelta(days=7), description="How long events are kept for replay; an older cursor gets RESYNC."
    )
    chat_retention: timedelta | None = Field(
        None,
        ge=timedelta(days=30),
        description="How long closed chats are kept, with their messages and times; of older ones only each day's "
        "figures stay. 30 days at least, longer than events; empty to keep them for ever.",
    )
    legal_hold: timedelta | None = Field(
        timedelta(days=730),
        ge=timedelta(days=1),
        description="How long after the end of a customer's last chat the record of it is kept against a request to "
        "erase: the person and their chats are out of everybody's sight instead, and erased when it ends. Two years by "
        "default, as Decreto 11.034/2022 (art. 12) asks of regulated services; empty to erase at once.",
    )
    tick: timedelta = Field(
        timedelta(seconds=1),
        description="How often streams are compared with the database, for rings that were lost.",
    )
    reauthorise: timedelta = Field(
        timedelta(seconds=4),
        description="How often the rights of a live subscription are looked at again, at the latest.",
    )
    reader_buffer: int = Field(
        1000, ge=16, description="Events that one subscriber may lag behind before it is ended with LAGGED."
    )

    presence_lease: timedelta = Field(
        timedelta(seconds=45), description="An agent without a live connection for this time is OFFLINE."
    )
    orphan_after: timedelta = Field(
        timedelta(minutes=2),
        description="Chats that wait for the answer of an agent who is gone this long return to the queue.",
    )
    return_after: timedelta = Field(
        timedelta(minutes=3), description="A claimed chat without a first answer for this time returns to the queue."
    )
    bot_lease: timedelta = Field(
        timedelta(minutes=2), description="A bot that does not answer its customer for this time hands over to people."
    )
    silence_customer: timedelta = Field(
        timedelta(minutes=4),
        gt=timedelta(),
        description="Active handling counts at most this of a silence in which the customer owes the answer.",
    )
    silence_agent: timedelta = Field(
        timedelta(minutes=10),
        gt=timedelta(),
        description="Active handling counts at most this of a silence in which the agent owes the answer.",
    )
    pause_reasons: Annotated[list[str], NoDecode] = Field(
        ["Almoço", "Café", "Banheiro", "Reunião", "Treinamento", "Outro motivo"],
        min_length=1,
        description="What an agent may pause for, by comma, in the order of the panel's menu.",
    )

    boost_urgent: timedelta = Field(timedelta(minutes=60), description="Head start of an URGENT chat in its queue.")
    boost_high: timedelta = Field(timedelta(minutes=20), description="Head start of a HIGH chat in its queue.")
    boost_low: timedelta = Field(
        timedelta(minutes=-20), description="Head start of a LOW chat in its queue (negative: it yields)."
    )
    boost_incident: timedelta = Field(
        timedelta(minutes=-60), description="Head start of a chat that an incident explains (negative: it yields)."
    )

    incident_complaints: int = Field(
        5,
        ge=1,
        description="Customers of one access point who write of an outage or of slowness, within "
        "`ALIDASH_INCIDENT_WINDOW`, from whom on an incident is suspected though every check is green.",
    )
    incident_window: timedelta = Field(timedelta(minutes=10), description="Within which time those customers count.")
    incident_monitoring: timedelta = Field(
        timedelta(minutes=30), description="How long an incident that is over by its checks is watched before it ends."
    )

    mask_numbers: bool = Field(
        True,
        description="Whether CPFs and card numbers are masked in what customers and bots write, before it is kept. "
        "Switch it off only where people have to give their CPF within the conversation.",
    )

    privacy_notice: str = Field(
        "",
        max_length=500,
        description="What customers read above the button that opens a chat, such as `Ao iniciar, você concorda com a "
        "nossa política de privacidade:`. Empty for none.",
    )
    privacy_notice_en: str = Field(
        "", max_length=500, description="The same for pages in English; empty for the one in Portuguese."
    )
    privacy_url: str = Field(
        "", pattern="^(https?://\\S+)?$", description="The address of the privacy policy, shown as a link after it."
    )

    rate_open: str = Field("10/minute;60/hour", description="Chats that one address may open without an API key.")
    rate_open_cpf: str = Field("5/hour", description="Chats that one CPF may open.")
    rate_open_all: str = Field("600/minute", description="Chats that everybody together may open without an API key.")
    sign_in_tries: int = Field(
        5,
        ge=1,
        description="Sign-ins of one account that may fail before the next one has to wait: a second, then twice as "
        "long after each failure, a quarter of an hour at most. One address may fail six times as often.",
    )
    second_factor_roles: Annotated[list[Literal["ADMIN", "SUPERVISOR", "AGENT", "ANALYST"]], NoDecode] = Field(
        [],
        description="Roles, by comma, such as `ADMIN,SUPERVISOR`, whose people need a second factor: who has none sets "
        "it up at the next sign-in, before anything else. Tokens of such a person do nothing until then.",
    )
    oidc_issuer: str = Field(
        "",
        description="The company's identity provider, by which staff may sign in beside their passwords, such as "
        "`https://accounts.google.com`: exactly as its discovery document names it. Empty for none.",
    )
    oidc_client_id: str = Field("", description="As whom the provider knows this desk.")
    oidc_client_secret: SecretStr | None = Field(None, description="The secret that the provider gave this desk.")
    oidc_name: str = Field("SSO", min_length=1, max_length=40, description="What the button calls the provider.")
    rate_reveal: str = Field("10/minute;60/hour", description="Whole CPFs that one person may have shown.")
    rate_message: str = Field("60/minute", description="Messages that one customer may send.")
    challenge: Literal["off", "auto", "always"] = Field(
        "off",
        description="Whether who opens a chat without an API key has to prove work first, which the widget does by "
        "itself: `auto` asks for it only while more chats are opened than `ALIDASH_CHALLENGE_ABOVE`.",
    )
    challenge_above: str = Field(
        "120/minute",
        description="Chats that everybody together may open without an API key before `auto` asks for proof.",
    )
    challenge_bits: int = Field(
        16,
        ge=1,
        le=24,
        description="How much work: one more doubles it. 16 take a slow phone about a second, and others a tenth.",
    )
    sockets_per_address: int = Field(
        1000,
        ge=0,
        description="Sockets that one address (a /64 of IPv6) may hold open in each process; one more is answered by "
        "429. Leave room: behind CGNAT one IPv4 address stands for 16 to 128 customers, each with a page or two, and "
        "an office for everybody in it. Loopback is not counted: it is a proxy that `ALIDASH_TRUSTED_PROXIES` does not "
        "name, and stands for all. 0 for no cap.",
    )
    socket_frames: int = Field(
        100,
        ge=0,
        description="Frames that one socket may send in a second, on the mean of ten seconds; one that sends more is "
        "closed with 1008. A panel that connects anew sends some dozens at once. 0 for no limit.",
    )

    probe_networks: Annotated[list[str], NoDecode] = Field(
        [],
        description="Networks whose addresses may be checked, by comma, such as `10.0.0.0/8,100.64.0.0/10`. "
        "Empty: none, and access points report by heartbeats alone. Link-local is never checked, and loopback only in "
        "development, when it is named.",
    )
    probe_canary: Annotated[list[str], NoDecode] = Field(
        [],
        description="What always answers while our own uplink works, as `host:port` by comma, such as `1.1.1.1:443`. "
        "When none does, failed checks count as unknown.",
    )
    probe_concurrency: int = Field(200, ge=1, le=5000, description="Checks at the same time at most.")
    sample_retention: timedelta = Field(
        timedelta(days=7), description="How long each result of a check is kept; of older ones, each hour's mean."
    )
    hour_retention: timedelta = Field(
        timedelta(days=400),
        ge=timedelta(days=31),
        description="How long the hourly means of checks are kept: 400 days are as much as can be asked for at once.",
    )
    outage_retention: timedelta = Field(
        timedelta(days=5 * 365),
        ge=timedelta(days=31),
        description="How long outages, the stretches that availability is counted from, and planned work are kept "
        "after their end; 5 years let years be compared, and outlast the two that records of service are asked for.",
    )

    webhook_networks: Annotated[list[str], NoDecode] = Field(
        [],
        description="Private networks, by comma, to whose addresses webhooks may be sent, also in the clear; beside "
        "them every public address, over TLS. Link-local is never allowed, and loopback only in development, when it "
        "is named.",
    )
    webhook_retention: timedelta = Field(
        timedelta(days=14),
        ge=timedelta(days=4),
        description="How long it is kept what webhooks were told, and what became of it. 4 days at least: deliveries "
        "are tried for 3.",
    )

    @field_validator(
        "widget_origins",
        "trusted_proxies",
        "metrics_allow",
        "pause_reasons",
        "second_factor_roles",
        "probe_networks",
        "probe_canary",
        "webhook_networks",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("trusted_proxies", "metrics_allow", "probe_networks", "webhook_networks")
    @classmethod
    def _known_networks(cls, value: list[str]) -> list[str]:
        for network in value:
            ip_network(network, strict=False)
        return value

    @field_validator("probe_canary")
    @classmethod
    def _known_canaries(cls, value: list[str]) -> list[str]:
        for canary in value:
            require_host_and_port(canary)
        return value

    @field_validator(
        "session_idle",
        "session_limit",
        "reopen_window",
        "event_retention",
        "tick",
        "reauthorise",
        "presence_lease",
        "orphan_after",
        "return_after",
        "bot_lease",
        "sample_retention",
        "incident_window",
        "incident_monitoring",
    )
    @classmethod
    def _forwards(cls, value: timedelta) -> timedelta:
        if value <= timedelta():
            raise ValueError("must be longer than nothing")
        return value

    @field_validator("*")
    @classmethod
    def _within_reason(cls, value: object) -> object:
        require_reason(value)
        return value

    @field_validator("rate_open", "rate_open_cpf", "rate_open_all", "rate_message", "rate_reveal", "challenge_above")
    @classmethod
    def _known_rates(cls, value: str) -> str:
        require_rates(value)
        return value

    @field_validator("public_url")
    @classmethod
    def _known_address(cls, value: str | None) -> str | None:
        return origin(value) if value else None

    @field_validator("widget_origins")
    @classmethod
    def _known_origins(cls, value: list[str]) -> list[str]:
        return [one if one == "*" else origin(one) for one in value]

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        require_zone(value)
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            require_database(value.get_secret_value())
        return value

    @field_validator("broker_url")
    @classmethod
    def _known_broker(cls, value: SecretStr) -> SecretStr:
        require_broker(value.get_secret_value())
        return value

    @field_validator("chat_retention", "legal_hold", mode="before")
    @classmethod
    def _for_ever(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _events_go_first(self) -> "Settings":
        if self.chat_retention is not None and self.chat_retention <= max(self.event_retention, self.reopen_window):
            raise ValueError("ALIDASH_CHAT_RETENTION must be longer than events are kept and chats may be reopened")
        return self

    @field_validator("oidc_issuer")
    @classmethod
    def _known_issuer(cls, value: str) -> str:
        if value:
            require_issuer(value)
        return value

    @model_validator(mode="after")
    def _provider_is_whole(self) -> "Settings":
        given = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(given) and not all(given):
            raise ValueError("ALIDASH_OIDC_ISSUER, ALIDASH_OIDC_CLIENT_ID and ALIDASH_OIDC_CLIENT_SECRET go together")
        if self.oidc_issuer and self.production and (self.oidc_issuer.startswith("http:") or not self.public_url):
            raise ValueError("production needs an ALIDASH_OIDC_ISSUER of https:// and ALIDASH_PUBLIC_URL beside it")
        return self

    @model_validator(mode="after")
    def _production_is_closed(self) -> "Settings":
        if self.env is Environment.PRODUCTION:
            if self.cpf_search_key is None or self.cpf_keys is None:
                raise ValueError("production needs ALIDASH_CPF_SEARCH_KEY and ALIDASH_CPF_KEYS (or their _FILE forms)")
            if "*" in self.widget_origins and "widget_origins" in self.model_fields_set:
                raise ValueError("production needs ALIDASH_WIDGET_ORIGINS to name its origins; * is for development")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFiles(settings_cls), dotenv_settings

    @property
    def production(self) -> bool:
        """Whether customers depend on this process."""
        return self.env is Environment.PRODUCTION

    @property
    def origins(self) -> list[str]:
        """Foreign origins that may embed the widget; in production none unless named."""
        return [] if self.production and self.widget_origins == ["*"] else self.widget_origins

    def privacy_notice_in(self, locale: Locale) -> str | None:
        """What a customer agrees to by opening a chat, with the policy's address; None when nothing was set."""
        words = (self.privacy_notice_en if locale is Locale.EN else "") or self.privacy_notice
        return f"{words} {self.privacy_url}".strip() or None

    @property
    def zone(self) -> ZoneInfo:
        """The deployment's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def database(self) -> str:
        """The database's address, with its password."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data.absolute() / 'alidash.sqlite3'}"


def load_settings(**given: Any) -> Settings:
    """Read the environment; a bad value ends with one line that names it.

    Raises SettingsError.
    """
    if odd := first_unreadable(os.environ):
        raise SettingsError(f"{odd}: not UTF-8")
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError("; ".join(_explain(problem) for problem in error.errors())) from None
    except UnicodeDecodeError as error:
        raise SettingsError(".env: not UTF-8") from error


def _explain(problem: Any) -> str:
    where = "_".join(str(part) for part in problem["loc"]).upper()
    message = problem["msg"].removeprefix("Value error, ")
    return f"ALIDASH_{where}: {message}" if where else message
