"""Tables of who may come in: people, their sessions and links, keys of programs, failed logins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from sedno.serving.store.base import Base

# SQLite counts rows up by itself only in a column of type INTEGER.
_Key = BigInteger().with_variant(Integer, "sqlite")
MAX_LOGIN_CHARS = 200
"""Longest login."""
MAX_NAME_CHARS = 200
"""Longest name of a person or key."""


class Person(Base):
    """Someone who works at the desk. Never deleted, since decisions name them; disabled instead.

    Attributes:
        login: What they sign in with, an e-mail address or a name, in small letters.
        display_name: What others see.
        role: ``moderator``, ``editor`` or ``admin``.
        password_hash: By argon2id; ``None`` until one is set.
        active: Whether they may sign in.
        language: Of the desk's pages, ``pl`` or ``en``; ``None`` for that of the browser.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    login: Mapped[str] = mapped_column(String(MAX_LOGIN_CHARS), unique=True)
    display_name: Mapped[str] = mapped_column(String(MAX_NAME_CHARS))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool]
    language: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ApiKey(Base):
    """A key of a program. Only a hash of its secret is kept.

    Attributes:
        name: What the operator calls it.
        handle: The part of the key that is no secret and finds it.
        secret_hash: SHA-256 of the secret part.
        previous_hash: That of the secret before the last rotation.
        previous_until: Until when the previous secret is still taken.
        scopes: What it may do.
        expires_at: When it ends; ``None`` for never.
        revoked_at: When it was ended.
        last_used_at: About when it was last used.
    """

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME_CHARS), unique=True)
    handle: Mapped[str] = mapped_column(String(32), unique=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    previous_until: Mapped[datetime | None]
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class WebSession(Base):
    """A browser that has signed in. The cookie holds the token, the table its hash."""

    __tablename__ = "web_sessions"
    __table_args__ = (
        Index("ix_web_sessions_person_id", "person_id"),
        Index("ix_web_sessions_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    person_id: Mapped[int] = mapped_column(_Key, ForeignKey("people.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LoginLink(Base):
    """A link that signs someone in once, without a password."""

    __tablename__ = "login_links"
    __table_args__ = (Index("ix_login_links_person_id", "person_id"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(_Key, ForeignKey("people.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginAttempt(Base):
    """A login that failed, counted by whom it was for and by where it came from.

    Attributes:
        subject: A keyed hash of the login or of the network address; neither is kept plain.
    """

    __tablename__ = "login_attempts"
    __table_args__ = (Index("ix_login_attempts_subject_at", "subject", "at"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    subject: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime]
