"""A page that breaks while it holds a patient's words: neither answer, log nor mail repeats them."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest
from celery.app.trace import logger as worker_logger
from django.core import mail
from pytest_django import Settings

from moodvision.log_lines import WithoutWords
from tests.isolation.test_http_walk import everything_in
from tests.isolation.twins import CANARIES, Twin


@pytest.fixture
def console() -> Iterator[io.StringIO]:
    """What the program's own handler writes."""
    (handler,) = [
        one
        for one in logging.getLogger().handlers
        if isinstance(one, logging.StreamHandler) and isinstance(one.formatter, WithoutWords)
    ]
    written = io.StringIO()
    before, handler.stream = handler.stream, written  # not setStream: it flushes what pytest has closed
    yield written
    handler.stream = before


@pytest.mark.parametrize("kind", ["sql", "key"])
def test_a_page_that_breaks_repeats_nobodys_words(
    twins: tuple[Twin, Twin], settings: Settings, console: io.StringIO, kind: str
) -> None:
    own, _other = twins
    settings.DEBUG, settings.ROOT_URLCONF = False, "tests.isolation.planted_errors"
    settings.ADMINS = [("Operator", "operator@clinic.example")]
    browser = own.client("clinician")
    browser.raise_request_exception = False
    answer = browser.get(f"/c/north/broken/{kind}/")
    assert answer.status_code == 500
    logged = console.getvalue()
    assert "builtins.RuntimeError" in logged
    assert "planted_errors.py" in logged
    mails = "".join(f"{one.subject}{one.body}" for one in mail.outbox)
    for canary in CANARIES.values():
        for said in (everything_in(answer), logged, mails):
            assert canary not in said


def test_a_task_that_breaks_repeats_nobodys_words_in_the_workers_own_line(console: io.StringIO) -> None:
    error = KeyError(CANARIES["north"])
    try:
        raise error
    except KeyError:
        worker_logger.error("Task %(name)s raised: %(exc)s", {"name": "t", "exc": repr(error)}, exc_info=True)
    assert CANARIES["north"] not in console.getvalue()
    assert "Task t raised: builtins.KeyError" in console.getvalue()


def test_words_that_another_formatter_left_on_the_record_are_not_used() -> None:
    try:
        raise ValueError(CANARIES["north"])
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "broken", None, sys.exc_info())
    assert CANARIES["north"] in logging.Formatter().format(record)
    assert CANARIES["north"] not in WithoutWords().format(record)
