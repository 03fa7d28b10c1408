"""What an operator can set about the server: one environment variable a setting.

Every setting stands in ``docs/settings.md``; a test holds the two together.
"""

from __future__ import annotations

import base64
import ipaddress
import os
import re
from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from sedno.serving.privacy.mentions import handle

PREFIX = "SEDNO_"
_OTHER_VARIABLES = frozenset({"SEDNO_MODELS", "SEDNO_DATA"})
_SECRETS = frozenset(
    {"api_key", "database_url", "secret_key", "pseudonym_key", "webhook_url", "webhook_secret"}
)
_LISTS = ("cors_origins", "faq_origins", "brand_authors", "brand_handles")
_WEBHOOK_KEY_BYTES = range(24, 65)


class SettingsError(ValueError):
    """A setting that cannot be used; the message names variable, value and remedy."""


class Settings(BaseSettings):
    """Settings of ``sedno serve``, read from ``SEDNO_*`` and overridden by arguments.

    Build it with :func:`load_settings`, which words errors for the operator.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    api_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="Key that callers of /v1 and /metrics must send as 'Authorization: Bearer'.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Web origins whose pages may call the API, separated by commas."
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Proxies whose X-Forwarded-For and -Proto are believed, or '*' for all.",
    )

    secret_key: SecretStr | None = Field(
        None,
        min_length=32,
        description="Secret that forms of the desk are signed with. Unset: a file made at the "
        "first start.",
    )
    pseudonym_key: SecretStr | None = Field(
        None,
        min_length=32,
        description="Secret that authors' pseudonyms are made with; never change it. Unset: a "
        "file made at the first start.",
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/]+(/[^\s?#]*)?$",
        description="Address at which browsers find the server, for links. Unset: host and port.",
    )
    session_hours: float = Field(
        12.0, gt=0, le=720, description="Hours without use after which a browser is signed out."
    )
    mask_mentions: bool = Field(
        True, description="Whether mentions of people, as @name, are masked in kept texts."
    )
    brand_handles: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Names after an @ that stay readable, since they are the brand's own, "
        "separated by commas.",
    )
    retention_days: int | None = Field(
        None,
        ge=1,
        description="Days for which comments are kept, of sources without a rule of their own. "
        "Unset: for ever.",
    )
    audit_days: int = Field(
        1_095, ge=1, description="Days for which entries of the audit log are kept."
    )

    review_lease_seconds: float = Field(
        600.0,
        ge=10,
        le=86_400,
        description="Time for which a comment stays taken by the person who has it open.",
    )
    second_opinion_share: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Share of decisions that a second person takes without seeing the first.",
    )

    brand_authors: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Authors who answer for the brand, as AUTHOR or SOURCE=AUTHOR, separated by "
        "commas.",
    )
    faq_public: bool = Field(
        False, description="Whether anyone may read published answers, without a key."
    )
    faq_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Web origins whose pages may read published answers, separated by commas, or "
        "'*' for all.",
    )
    faq_max_age: int = Field(
        300, ge=0, le=86_400, description="Seconds for which published answers may be cached."
    )
    faq_four_eyes: bool = Field(
        False, description="Whether whoever wrote an answer may not approve it."
    )
    webhook_url: SecretStr | None = Field(
        None,
        description="Address that is told when an answer is published or withdrawn.",
    )
    webhook_secret: SecretStr | None = Field(
        None,
        description="Key that those messages are signed with: 'whsec_' and 24 to 64 bytes in "
        "base64.",
    )
    webhook_allow_private: bool = Field(
        False,
        description="Whether that address may be on this machine or in a private network, and "
        "plain http.",
    )

    model: str | None = Field(
        None, description="Model to serve: a name or a folder. Unset: the active model."
    )
    threads: int | None = Field(
        None,
        ge=1,
        le=256,
        description="CPU threads of the model. Unset: one a usable processor, at most 8.",
    )
    target_error: float = Field(
        0.05, gt=0, lt=1, description="Accepted share of wrong answers among those not reviewed."
    )
    cache_size: int = Field(
        20_000, ge=0, description="Texts whose answers are remembered, by hash; 0 for none."
    )

    database_url: SecretStr | None = Field(
        None,
        min_length=1,
        description="Database: sqlite:////path/to/file.db or postgresql://user:password@host/name. "
        "Unset: the file sedno.db in SEDNO_DATA_DIR.",
    )
    data_dir: Path | None = Field(
        None,
        description="Folder for what the server keeps. Unset: 'sedno' in the platform's folder "
        "for data of programs.",
    )
    job_workers: int = Field(
        1,
        ge=0,
        le=64,
        description="Threads of the server that work on jobs; 0 leaves jobs to 'sedno jobs work'.",
    )
    job_lease_seconds: float = Field(
        30.0,
        ge=1,
        le=3600,
        description="Time after which a worker that gives no sign of life "
        "loses its job to another.",
    )
    job_days: int = Field(
        90,
        ge=1,
        description="Days for which jobs that are done are kept, with their lists of results.",
    )
    webhook_days: int = Field(
        90,
        ge=1,
        description="Days for which messages that arrived or were given up are kept.",
    )
    max_ingest_comments: int = Field(
        10_000, ge=1, le=10_000, description="Most comments in a request to keep comments."
    )
    max_ingest_bytes: int = Field(
        64 << 20,
        ge=1 << 10,
        le=1 << 30,
        description="Largest body of a request to keep comments, after unpacking.",
    )
    max_upload_bytes: int = Field(
        1 << 30, ge=1 << 10, description="Largest file that is taken as a job."
    )

    max_comments: int = Field(1_000, ge=1, le=1_000, description="Most comments in a request.")
    max_body_bytes: int = Field(
        8 << 20,
        ge=1 << 10,
        le=1 << 30,
        description="Largest body of any other request, after unpacking.",
    )
    body_seconds: float = Field(
        30.0, gt=0, le=3600, description="Longest time a client may take to send a body."
    )
    deadline_seconds: float = Field(
        60.0, gt=0, le=3600, description="Longest time a request may wait for its answers."
    )
    queue_comments: int = Field(
        10_000, ge=1, description="Most comments waiting over all requests; beyond it 429."
    )
    queue_tokens: int = Field(
        400_000, ge=256, description="Most tokens waiting over all requests; beyond it 429."
    )
    batch_tokens: int = Field(
        4_096, ge=256, le=1 << 17, description="Tokens that requests share in one pass."
    )

    drain_seconds: float = Field(
        0.0,
        ge=0,
        le=600,
        description="Time between the signal to stop and the end of accepting connections.",
    )
    shutdown_seconds: float = Field(
        30.0, ge=1, le=3600, description="Longest time to finish accepted requests at the end."
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least important events to log."
    )
    log_format: Literal["json", "console"] = Field(
        "json", description="One JSON object a line, or coloured lines for a terminal."
    )

    @field_validator(*_LISTS, mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("cors_origins", "faq_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if origin != "*" and not origin.startswith(("http://", "https://")):
                raise ValueError(f"{origin!r} is no origin; write it like https://desk.example.org")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _webhook_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(
            r"https?://[^\s/@]+\S*", value.get_secret_value()
        ):
            raise ValueError("write it like https://shop.example/hooks/sedno")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _webhook_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            prefix, _, key = value.get_secret_value().partition("_")
            try:
                size = len(base64.b64decode(key, validate=True))
            except ValueError:
                size = 0
            if prefix != "whsec" or size not in _WEBHOOK_KEY_BYTES:
                raise ValueError("make one by: echo whsec_$(openssl rand -base64 32)")
        return value

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Self:
        if self.webhook_url is not None and self.webhook_secret is None:
            raise ValueError(
                "SEDNO_WEBHOOK_URL is set without SEDNO_WEBHOOK_SECRET: messages have to be signed"
            )
        return self

    @property
    def own_handles(self) -> frozenset[str] | None:
        """Profiles that a kept text may mention; ``None`` where it may mention anyone."""
        if not self.mask_mentions:
            return None
        authors = (author.rpartition("=")[2] for author in self.brand_authors)
        return frozenset(map(handle, (*self.brand_handles, *authors)))

    @property
    def database(self) -> str:
        """The database's URL."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_folder / 'sedno.db'}"

    @property
    def data_folder(self) -> Path:
        """The folder of what Sedno keeps."""
        if self.data_dir is not None:
            return self.data_dir.absolute()
        return Path(platformdirs.user_data_dir("sedno", appauthor=False))

    @property
    def address(self) -> str:
        """The address at which browsers find the server, without a slash at the end."""
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        if host in {"0.0.0.0", "[::]"}:  # noqa: S104 - compared, not listened on
            host = "localhost"
        return f"http://{host}:{self.port}"

    @property
    def review_lease(self) -> timedelta:
        """How long a comment stays taken when nothing is heard of who has it."""
        return timedelta(seconds=self.review_lease_seconds)

    @property
    def is_loopback(self) -> bool:
        """Whether only programs of this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_open_to_others(self) -> bool:
        """Whether other machines can reach the server and no key is asked of them."""
        return not self.is_loopback and self.api_key is None


def variable_of(field: str) -> str:
    """The environment variable that sets ``field``."""
    return PREFIX + field.upper()


def load_settings(**overrides: Any) -> Settings:
    """Reads the settings from the environment.

    Args:
        overrides: Values by field name that win over the environment; ``None`` counts as
            not given, so that a command line can pass its options as they are.

    Raises:
        SettingsError: A value cannot be used; tells every one with its remedy.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = [_describe(fault, given) for fault in error.errors(include_url=False)]
        raise SettingsError("\n".join(lines)) from None


def unknown_variables(environ: Mapping[str, str] | None = None) -> dict[str, str | None]:
    """``SEDNO_*`` variables that set nothing, each with the name that was likely meant."""
    known = {variable_of(name) for name in Settings.model_fields}
    environ = os.environ if environ is None else environ
    return {
        name: next(iter(get_close_matches(name, known, n=1)), None)
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known | _OTHER_VARIABLES
    }


def _describe(fault: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    field = str(fault["loc"][0]) if fault["loc"] else ""
    if not field:
        return str(fault["msg"]).removeprefix("Value error, ")
    if field not in Settings.model_fields:
        return f"{field}: there is no such setting; docs/settings.md lists them"
    secret = field in _SECRETS
    value = given.get(field, os.environ.get(variable_of(field), ""))
    shown = "" if secret else f" is {str(value)[:80]!r}, but"
    rule = fault["msg"][0].lower() + fault["msg"][1:]
    meaning = Settings.model_fields[field].description or ""
    return f"{variable_of(field)}{shown}: {rule}. {meaning}"
