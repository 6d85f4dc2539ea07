"""Whose address the access log keeps: the connection's, or what the operator's own proxies say."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from clinics.origins import origin_of


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "192.0.2.1"),
        (0, "198.51.100.7", "192.0.2.1"),  # a header of the client's own is not believed
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (2, "198.51.100.7", ""),
        (1, "nonsense", ""),
    ],
)
def test_the_address(settings: Settings, proxies: int, forwarded: str | None, address: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")
    assert origin_of(request).address == address


def test_over_a_socket_of_the_machine_there_is_none() -> None:
    assert origin_of(RequestFactory().get("/", REMOTE_ADDR="")).address == ""
