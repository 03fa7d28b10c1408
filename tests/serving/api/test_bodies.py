"""Request bodies: every way to be wrong has its own clear outcome."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest

GOOD = b'{"comments": ["super"]}'
JSON = {"Content-Type": "application/json"}


def post(api: Any, body: bytes, **headers: str) -> Any:
    """Posts raw bytes as JSON."""
    named = JSON | {name.replace("_", "-"): value for name, value in headers.items()}
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in named.items()]
    return api.client.post("/v1/classify", content=body, headers=encoded)


def slug(response: Any) -> str:
    """The kind of problem, checked to be told as RFC 9457 wants it."""
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["title"]
    assert problem["detail"]
    return str(problem["type"]).removeprefix("urn:sedno:problem:")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "Line 1, column 1"),
        (b"{", "Line 1"),
        (b'{"comments": ["a"]} trailing', "column 21"),
        (b'{"comments": ["a", NaN]}', "column 20"),
        (b'{"comments": [Infinity]}', "Line 1"),
        (b'{"comments": [1e999]}', "Line 1"),
        (b'{"comments": [' + b"9" * 5_000 + b"]}", "Line 1"),
        (b"{'comments': ['a']}", "column 2"),
        (b"[" * 100_000, "depth limit"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "depth limit"),
        (b'{"comments": ["\xc5"]}', "Byte 15 is not UTF-8"),
        ('{"comments": ["ż"]}'.encode("cp1250"), "Byte 15 is not UTF-8"),
        ('{"comments": ["a"]}'.encode("utf-16"), "Byte 0 is not UTF-8"),
        (b'{"comments": ["\\ud83d", NaN]}', "cannot be read"),
        (b'{"a": "\\ud83d", "b": ' + b"[" * 5_000, "cannot be read"),
        (b'{"a": "\\ud83d", "b": ' + b"9" * 5_000 + b"}", "cannot be read"),
        (b"\x00" * 100, "Line 1"),
    ],
)
def test_what_is_not_json_is_refused_with_the_place(api: Any, body: bytes, told: str) -> None:
    """400 with line and column, or the byte that is not UTF-8."""
    response = post(api, body)
    assert response.status_code == 400
    assert slug(response) == "malformed-json"
    assert told in response.json()["detail"]


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "text/json", "json", "\xff", "a/b/c"],
)
def test_other_media_types_are_refused(api: Any, content_type: str) -> None:
    """415 that names the header to send."""
    response = post(api, GOOD, Content_Type=content_type)
    assert response.status_code == 415
    assert slug(response) == "unsupported-media"
    assert "Content-Type: application/json" in response.json()["detail"]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON; charset=UTF-8",
        'application/json;charset="utf-8"',
        "application/vnd.shop+json",
    ],
)
def test_json_by_any_of_its_names_is_taken(api: Any, content_type: str) -> None:
    """Case, quotes and +json suffixes make no difference."""
    assert post(api, GOOD, Content_Type=content_type).status_code == 200


@pytest.mark.parametrize("charset", ["iso-8859-2", "windows-1250", "utf-16", "nonsense", "''"])
def test_other_charsets_are_refused(api: Any, charset: str) -> None:
    """JSON is UTF-8; a body that says otherwise is not guessed at."""
    response = post(api, GOOD, Content_Type=f"application/json; charset={charset}")
    assert response.status_code == 415
    assert "UTF-8" in response.json()["detail"]


def test_a_byte_order_mark_is_passed_over(api: Any) -> None:
    """A mark that Windows programs write before UTF-8 costs nothing."""
    assert post(api, b"\xef\xbb\xbf" + GOOD).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP "])
def test_gzipped_bodies_are_taken(api: Any, encoding: str) -> None:
    """Content-Encoding: gzip, also of several members."""
    packed = gzip.compress(GOOD[:5]) + gzip.compress(GOOD[5:])
    assert post(api, packed, Content_Encoding=encoding).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        gzip.compress(GOOD)[:-4],
        gzip.compress(GOOD)[:5],
        gzip.compress(GOOD) + b"rest",
        gzip.compress(GOOD)[:-8] + b"\x00" * 8,
        zlib.compress(GOOD),
    ],
)
def test_broken_gzip_is_refused(api: Any, body: bytes) -> None:
    """Not gzip, cut short, followed by something else, wrong checksum: 400."""
    response = post(api, body, Content_Encoding="gzip")
    assert response.status_code == 400
    assert slug(response) == "broken-body"


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "compress"])
def test_other_encodings_are_refused(api: Any, encoding: str) -> None:
    """415 that says in Accept-Encoding what is taken."""
    response = post(api, GOOD, Content_Encoding=encoding)
    assert response.status_code == 415
    assert response.headers["accept-encoding"] == "gzip, identity"


def test_a_gzip_bomb_is_refused_without_being_unpacked(run: Any) -> None:
    """What would unpack to a thousand times its size ends at the limit."""
    bomb = gzip.compress(b" " * (64 << 20), compresslevel=9)
    assert len(bomb) < 1 << 17
    with run(max_body_bytes=1 << 20) as api:
        response = post(api, bomb, Content_Encoding="gzip")
    assert response.status_code == 413
    assert slug(response) == "body-too-large"
    assert "1048576 bytes" in response.json()["detail"]


def test_many_empty_gzip_members_end(run: Any) -> None:
    """A body of a hundred thousand empty members is read once, not again for each of them."""
    member = gzip.compress(b"")
    with run() as api:
        response = post(api, member * 100_000, Content_Encoding="gzip")
    assert response.status_code == 400


def test_a_large_body_off_the_loop_fails_as_a_small_one(api: Any) -> None:
    """Bodies that are read in another thread have the same problems."""
    response = post(api, b" " * 100_000 + b"{")
    assert response.status_code == 400
    assert slug(response) == "malformed-json"
    data = {"comments": [{"text": 1, "author": "a" * 40_000}]}
    response = post(api, json.dumps(data).encode())
    assert slug(response) == "invalid-request"
