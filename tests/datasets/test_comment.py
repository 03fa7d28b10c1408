"""Which inputs are comments, and what is said about those that are not."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sedno.datasets.cleaning import clean_text
from sedno.datasets.comment import (
    MAX_ID_CHARS,
    MAX_TEXT_CHARS,
    Comment,
    CommentError,
    make_comment,
)
from sedno.datasets.normalize import normalize


def refusal(**fields: object) -> CommentError:
    """Return the error that a comment with these fields is refused with."""
    with pytest.raises(CommentError) as caught:
        make_comment({"text": "super", **fields}, default_id=1)
    return caught.value


def test_all_fields() -> None:
    """Every stated field arrives, numbers as identifiers included."""
    comment = make_comment(
        {
            "id": 17,
            "text": "Kiedy drugi sezon?",
            "author": 42,
            "posted_at": "2025-03-01T12:00:00+01:00",
            "source": "facebook",
            "post_id": "p-1",
            "context": "Premiera w piątek",
            "language": "pl-PL",
            "likes": 3,
        },
        default_id=1,
    )
    expected = Comment(
        id="17",
        text="Kiedy drugi sezon?",
        author="42",
        posted_at=datetime(2025, 3, 1, 11, tzinfo=UTC),
        source="facebook",
        post_id="p-1",
        context="Premiera w piątek",
        language="pl",
    )
    assert expected == comment


@pytest.mark.parametrize(
    "stated", [{}, {"id": None}, {"id": ""}, {"id": "  "}, {"id": float("nan")}]
)
def test_missing_id_takes_the_default(stated: dict[str, object]) -> None:
    """A comment without an identifier gets the caller's: its row number."""
    assert make_comment({"text": "ok", **stated}, default_id=3).id == "3"


def test_whole_float_is_an_identifier() -> None:
    """Table formats read whole numbers with gaps as floats; the identifier has no point."""
    assert make_comment({"text": "ok", "id": 12.0}, default_id=1).id == "12"


@pytest.mark.parametrize(
    "field", ["author", "posted_at", "source", "post_id", "context", "language"]
)
@pytest.mark.parametrize("value", [None, "", " \n", float("nan")])
def test_blank_optional_fields_are_absent(field: str, value: object) -> None:
    """An empty cell states nothing."""
    comment = make_comment({"text": "ok", field: value}, default_id=1)
    assert getattr(comment, field) is None


@pytest.mark.parametrize(
    "text",
    [None, float("nan"), "", " \t\r\n", "\x00\x01", "\u200b\u200d\ufeff", "\u3164\u2800\u00ad"],
)
def test_text_without_visible_character_is_empty(text: object) -> None:
    """Blank texts and texts of invisible characters are refused as empty."""
    error = refusal(text=text)
    assert (error.field, error.code) == ("text", "empty_text")


def test_missing_text_is_empty() -> None:
    """A row without a text is refused with the remedy."""
    with pytest.raises(CommentError) as caught:
        make_comment({"id": "a"}, default_id=1)
    assert str(caught.value) == "text: is missing; every comment needs a text"


def test_longest_text_is_taken_and_one_more_refused() -> None:
    """The limit is exact and named together with the length found."""
    assert len(make_comment({"text": "ż" * MAX_TEXT_CHARS}, default_id=1).text) == MAX_TEXT_CHARS
    error = refusal(text="x" * (MAX_TEXT_CHARS + 1))
    assert error.code == "text_too_long"
    assert error.detail == ("has 20001 characters, at most 20000 are taken; shorten or split it")


def test_overlong_context_is_refused() -> None:
    """Context is never cut without a word."""
    error = refusal(context="x" * (MAX_TEXT_CHARS + 1))
    assert (error.field, error.code) == ("context", "text_too_long")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": 10}, "text: is a number, not a string; give a string"),
        ({"text": ["a"]}, "text: is a list, not a string; give a string"),
        ({"text": b"abc"}, "text: is of type bytes, not a string; decode it as UTF-8"),
        ({"id": True}, "id: True is a truth value, not a string; give a string"),
        ({"id": 1.5}, "id: 1.5 is a number, not a string; give a string"),
        ({"author": {"n": 1}}, "author: {'n': 1} is an object, not a string; give a string"),
        (
            {"posted_at": [2024]},
            (
                "posted_at: [2024] is a list; give ISO 8601 such as '2025-03-01T12:00:00Z', "
                "or seconds since 1970"
            ),
        ),
    ],
)
def test_wrong_type(fields: dict[str, object], message: str) -> None:
    """A value of the wrong type is named with its field and the remedy."""
    error = refusal(**fields)
    assert error.code == "wrong_type"
    assert message == str(error)


def test_errors_never_show_a_text() -> None:
    """What a person wrote does not end up in a log by way of an error."""
    assert "tajne" not in str(refusal(text={"tajne": "tajne"}))
    assert "tajne" not in str(refusal(text="tajne" * MAX_TEXT_CHARS))
    assert "tajne" not in str(refusal(context=["tajne"]))


@pytest.mark.parametrize("field", ["id", "author", "source", "post_id"])
@pytest.mark.parametrize(
    "value",
    ["x" * (MAX_ID_CHARS + 1), 10**MAX_ID_CHARS, 10**5000],
    ids=["text", "number", "number too long to print"],
)
def test_overlong_identifier(field: str, value: object) -> None:
    """Identifiers have a limit; the error says what to use instead or to shorten it."""
    error = refusal(**{field: value})
    assert (error.field, error.code) == (field, "id_too_long")


@pytest.mark.parametrize("name", ["\x00", "a\x00", "a\r\n", "a\x1b", "a\x85"])
def test_an_identifier_stays_as_it_came(name: str) -> None:
    """Without its control characters it might be another comment's."""
    assert make_comment({"text": "ok", "id": name}, default_id=5).id == name


def test_halves_of_characters_in_an_identifier() -> None:
    """Two halves are one character; one half could not be given back and is refused."""
    assert make_comment({"text": "ok", "id": "\ud83d\ude00"}, default_id=5).id == "😀"
    with pytest.raises(CommentError) as caught:
        make_comment({"text": "ok", "id": "a\ud83d"}, default_id=5)
    assert (caught.value.field, caught.value.code) == ("id", "bad_id")


def test_blank_default_id_is_refused() -> None:
    """Without any identifier there is no comment."""
    with pytest.raises(CommentError) as caught:
        make_comment({"text": "ok"}, default_id=" ")
    assert caught.value.code == "empty_id"


def str_id(value: object) -> str:
    """Name a parameter by its type: some are numbers that Python refuses to print."""
    return type(value).__name__


NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "stated",
    [
        "2024-05-01T12:00:00Z",
        "2024-05-01T12:00:00+0000",
        "2024-05-01 12:00",
        "2024-05-01T14:00:00+02:00",
        " 2024-05-01T12:00:00 ",
        1714564800,
        1714564800.0,
        1714564800000,
        "1714564800",
        "1714564800000",
        datetime(2024, 5, 1, 12),
        datetime(2024, 5, 1, 14, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_times(stated: object) -> None:
    """ISO 8601, epoch seconds and milliseconds are read; without a zone they are UTC."""
    moment = make_comment({"text": "ok", "posted_at": stated}, default_id=1).posted_at
    assert moment == NOON


def test_date_is_midnight_utc() -> None:
    """A day without a time is its first moment."""
    comment = make_comment({"text": "ok", "posted_at": date(2024, 5, 1)}, default_id=1)
    assert comment.posted_at == datetime(2024, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "stated",
    ["01.05.2024", "wczoraj", "2024-02-30", float("inf"), 1e300, 10**400, 10**5000, "9" * 16],
    ids=str_id,
)
def test_unreadable_times(stated: object) -> None:
    """What is no time is refused with the forms that are taken."""
    error = refusal(posted_at=stated)
    assert (error.field, error.code) == ("posted_at", "bad_time")
    assert "give ISO 8601 such as" in error.detail


def test_true_is_no_time() -> None:
    """A truth value is a number to Python, but no time."""
    assert refusal(posted_at=True).code == "wrong_type"


@pytest.mark.parametrize(
    ("stated", "code"),
    [("pl", "pl"), ("PL", "pl"), ("pt_BR", "pt"), ("zh-Hans-CN", "zh"), ("und", None), (" ", None)],
)
def test_languages(stated: str, code: str | None) -> None:
    """Language tags are brought to ISO 639-1; a language stated to be unknown is absent."""
    assert make_comment({"text": "ok", "language": stated}, default_id=1).language == code


@pytest.mark.parametrize(
    ("stated", "hint"), [("ua", "'uk'"), ("pol", "'pl'"), ("xx", "for example 'pl'"), ("!", "'pl'")]
)
def test_unknown_languages(stated: str, hint: str) -> None:
    """A code of no language is refused, with the code that is probably meant."""
    error = refusal(language=stated)
    assert (error.field, error.code) == ("language", "bad_language")
    assert hint in error.detail


def test_clean_text_keeps_everything_that_can_be_stored() -> None:
    """Emoji, marks, no-break spaces, invisible characters and C1 halves stay."""
    text = "Zażółć 👩‍👩‍👧 \u200b\u00a0\u202e\x82 \t\n koniec"
    assert text == clean_text(text)


def test_clean_text_drops_what_cannot() -> None:
    """Controls go, surrogates are joined or replaced, line ends become one kind."""
    assert clean_text("a\x00b\x1bc\x7f\r\nd\re\x0bf \ud83d\ude00 \ud83d!") == (
        "abc\nd\ne\nf 😀 \ufffd!"
    )


def test_controls_do_not_cost_the_comment() -> None:
    """A comment with a NUL is kept without it, and mojibake in it can still be mended."""
    comment = make_comment({"text": "by\x00Å\x82o \x00super"}, default_id=1)
    assert normalize(comment.text).text == "było super"


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.datetimes()
    | st.just("ok"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
FIELDS = ["id", "text", "author", "posted_at", "source", "post_id", "context", "language"]


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
@settings(max_examples=300, deadline=None)
def test_any_input_has_an_outcome(fields: dict[str, object]) -> None:
    """Whatever is stated gives a comment that can be sent as UTF-8 JSON, or a CommentError."""
    try:
        comment = make_comment(fields, default_id=1)
    except CommentError as error:
        comment = None
        refused = error
    if comment is None:
        assert refused.field in FIELDS
        assert str(refused) == f"{refused.field}: {refused.detail}"
    else:
        assert comment.id.strip()
        assert comment.text.strip()
        json.dumps([comment.id, comment.text, comment.context], ensure_ascii=False).encode()
