from __future__ import annotations

import pytest

from sedno.serving.webhooks.address import ForbiddenAddressError, is_public, target_of


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - not listened on
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("not an address", False),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    """Addresses of this machine and of private networks are not, however they are written."""
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8/hook",
        "https://127.0.0.1/hook",
        "https://2130706433/hook",
        "https://0x7f.1/hook",
        "https://[::1]/hook",
        "https://localhost/hook",
        "https://user:password@8.8.8.8/",
        "ftp://8.8.8.8/",
        "https:///hook",
    ],
)
def test_where_no_message_goes(url: str) -> None:
    """Numbers in other writings are resolved first and looked at then."""
    with pytest.raises(ForbiddenAddressError):
        target_of(url, allow_private=False)


def test_a_target_is_the_address_that_was_looked_at() -> None:
    """With the name for the certificate, and path and query."""
    found = target_of("https://8.8.8.8/a?b=c", allow_private=False)
    assert (found.address, found.port, found.path) == ("8.8.8.8", 443, "/a?b=c")
    local = target_of("http://127.0.0.1:81", allow_private=True)
    assert (local.address, local.port, local.path) == ("127.0.0.1", 81, "/")
