"""Why something cannot be done to an entry; each message says what to do instead."""

from __future__ import annotations


class FaqError(Exception):
    """Something that cannot be done to an entry.

    Attributes:
        code: A stable word for programs and translations.
    """

    code = "faq"


class UnknownEntryError(FaqError):
    """There is no such entry."""

    code = "unknown_entry"

    def __init__(self, entry_id: int) -> None:
        super().__init__(
            f"there is no entry {entry_id}; 'GET /v1/faq/entries' lists those there are"
        )


class EntryChangedError(FaqError):
    """Somebody else has changed the entry since it was shown."""

    code = "entry_changed"

    def __init__(self, entry_id: int, given: int, there: int) -> None:
        super().__init__(
            f"version: entry {entry_id} is at version {there}, not {given}; read it again and "
            "repeat what is still wanted"
        )


class StepError(FaqError):
    """The entry does not stand where the step begins."""

    code = "wrong_step"


class OwnWordingError(FaqError):
    """Whoever wrote a wording may not approve it, by ``SEDNO_FAQ_FOUR_EYES``."""

    code = "own_wording"


class BadEntryError(FaqError):
    """A field cannot be kept.

    Attributes:
        field: Which.
        detail: What is wrong and what to do about it.
    """

    code = "bad_entry"

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.detail = detail
