"""Ten thousand hostile comments and bodies: a clear outcome each, no 5xx, no lost row."""

from __future__ import annotations

import gzip
import json
import random
import unicodedata
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

nasty_text = st.one_of(
    st.text(st.characters(), max_size=60),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Co", "Cn", "Mn"]), max_size=20),
    st.sampled_from(
        [
            "",
            "\x00",
            "\ud800",
            "\udfff\ud800",
            "a\u0301" * 500,
            "\u202e" * 50,
            "ﷺ" * 200,
            "🏳️‍🌈" * 100,
            "</script><script>alert(1)</script>",
            "' OR 1=1 --",
            "{{7*7}}",
            "%s%s%n",
            "A" * 25_000,
            "\n" * 1_000,
            "\ufeff",
            "\u200b" * 30,
        ]
    ),
)
scalar = st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), nasty_text)
anything = st.recursive(
    scalar,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(nasty_text, inner, max_size=4)
    ),
    max_leaves=12,
)
fields = ("id", "author", "posted_at", "source", "post_id", "context", "language", "novel")
comment = st.one_of(
    nasty_text,
    st.fixed_dictionaries({"text": nasty_text}, optional=dict.fromkeys(fields, anything)),
    anything,
)
request = st.one_of(
    anything,
    st.fixed_dictionaries(
        {"comments": st.lists(comment, max_size=40)},
        optional={"explain": st.booleans(), "embeddings": anything, "more": anything},
    ),
)
good_request = st.fixed_dictionaries(
    {
        "comments": st.lists(
            st.one_of(
                nasty_text,
                st.fixed_dictionaries(
                    {"text": st.one_of(st.none(), nasty_text)},
                    optional={
                        "id": st.one_of(st.integers(), nasty_text),
                        "author": st.one_of(st.none(), nasty_text),
                        "posted_at": st.one_of(st.integers(-(2**62), 2**62), nasty_text),
                        "language": nasty_text,
                        "context": nasty_text,
                    },
                ),
            ),
            min_size=1,
            max_size=80,
        )
    }
)


def post(api: Any, body: bytes, **headers: str) -> Any:
    """Posts raw bytes."""
    return api.client.post(
        "/v1/classify", content=body, headers={"Content-Type": "application/json", **headers}
    )


def check(response: Any, sent: int | None = None) -> None:
    """An answer for each comment, or a problem that blames the request."""
    if response.status_code == 200:
        results = response.json()["results"]
        assert sent is None or len(results) == sent
        assert all(bool(result["labels"]) != ("error" in result) for result in results)
        return
    assert 400 <= response.status_code < 500, response.text
    problem = response.json()
    assert problem["detail"]
    assert all(fault["pointer"].startswith("#") for fault in problem.get("errors", []))


@QUICK
@given(data=good_request)
def test_whatever_the_comments_hold_each_is_answered(api: Any, data: dict[str, Any]) -> None:
    """A request of the right form is answered 200, one result a comment, in order."""
    response = post(api, json.dumps(data).encode())
    assert response.status_code == 200, response.text
    check(response, len(data["comments"]))


@QUICK
@given(data=request)
def test_whatever_the_form_the_outcome_is_clear(api: Any, data: Any) -> None:
    """Any JSON, and what Python takes for JSON (NaN, huge numbers), is never a 5xx."""
    check(post(api, json.dumps(data).encode()))


@QUICK
@given(body=st.binary(max_size=400), packed=st.booleans())
def test_whatever_the_bytes_the_outcome_is_clear(api: Any, body: bytes, packed: bool) -> None:
    """Any bytes, packed or claimed to be, are never a 5xx."""
    check(post(api, body, **{"Content-Encoding": "gzip"} if packed else {}))
    check(post(api, gzip.compress(body), **{"Content-Encoding": "gzip"}))


@QUICK
@given(data=good_request, cut=st.integers(0, 400), at=st.integers(0, 400), byte=st.integers(0, 255))
def test_whatever_happened_on_the_way_the_outcome_is_clear(
    api: Any, data: Any, cut: int, at: int, byte: int
) -> None:
    """A good body that was cut or has a byte changed is never a 5xx."""
    body = bytearray(json.dumps(data, ensure_ascii=False).encode(errors="surrogatepass"))
    body[at % len(body)] = byte
    check(post(api, bytes(body[: max(1, len(body) - cut)])))


@QUICK
@given(
    name=st.sampled_from(
        ["Content-Type", "Content-Encoding", "X-Request-ID", "Authorization", "Accept", "Origin"]
    ),
    value=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80),
)
def test_whatever_the_headers_the_outcome_is_clear(api: Any, name: str, value: str) -> None:
    """Any header value is never a 5xx."""
    response = api.client.post(
        "/v1/classify",
        content=b'{"comments": ["super"]}',
        headers=[
            (b"Content-Type", b"application/json"),
            (name.encode(), value.strip().encode("latin-1")),
        ],
    )
    check(response)


NASTY_RANGES = [
    (0x00, 0x20),
    (0x20, 0x7F),
    (0x80, 0x180),
    (0x300, 0x370),
    (0x600, 0x700),
    (0x2000, 0x2070),
    (0xD800, 0xE000),
    (0xFE00, 0xFF00),
    (0xFFF0, 0x10000),
    (0x1F300, 0x1FA00),
    (0xE0000, 0xE0080),
    (0x10FFF0, 0x110000),
]


def nasty(chance: random.Random) -> str:
    """A text of characters from the worst corners of Unicode, often mixed with a word."""
    ranges = chance.choices(NASTY_RANGES, k=3)
    letters = [chr(chance.randrange(*chance.choice(ranges))) for _ in range(chance.randrange(30))]
    if chance.random() < 0.5:
        letters.insert(chance.randrange(len(letters) + 1), "promocja super?")
    text = "".join(letters) * chance.choice([1] * 30 + [40])
    return unicodedata.normalize(chance.choice(["NFC", "NFD"]), text)


def test_ten_thousand_hostile_comments_are_each_answered(api: Any) -> None:
    """No row of 10,000 is lost, doubled or out of place, and no request is refused."""
    chance = random.Random(17)
    for block in range(10):
        ids = [f"{block}-{row}" for row in range(1_000)]
        comments = [{"id": name, "text": nasty(chance)} for name in ids]
        response = post(api, json.dumps({"comments": comments}).encode())
        assert response.status_code == 200, response.text[:500]
        assert [result["id"] for result in response.json()["results"]] == ids
        check(response, 1_000)


def test_a_thousand_spoilt_bodies_have_a_clear_outcome(api: Any) -> None:
    """Bodies with bytes changed, cut, doubled or swapped are answered or blamed, never a 5xx."""
    chance = random.Random(23)
    whole = json.dumps(
        {"comments": [{"id": 1, "text": "super ż \ud83d\ude0d"}, "ile?"], "explain": False}
    ).encode()
    for _ in range(1_000):
        body = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(body))
            match chance.randrange(4):
                case 0:
                    body[at] = chance.randrange(256)
                case 1:
                    del body[at : at + chance.randrange(1, 8)]
                case 2:
                    body[at:at] = body[at : at + chance.randrange(1, 8)]
                case _:
                    body[at:at] = chance.choice([b"NaN", b"[", b"}", b"\\u", b"1e999", b"null"])
            body = body or bytearray(b" ")
        check(post(api, bytes(body)))
