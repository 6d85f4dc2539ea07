"""What a log line says of an error: its kind and its place, never its words, which may quote a patient."""

import copy
import logging
import traceback
from collections.abc import Iterator
from typing import Any


def config(level: str) -> dict[str, Any]:
    """For Django's LOGGING: everything to the console, in lines without words."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "class": "moodvision.log_lines.WithoutWords",
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": []},  # Django's own would mail tracebacks to ADMINS
            "django.request": {"level": "ERROR"},
            "httpx": {"level": "WARNING"},
        },
    }


class WithoutWords(logging.Formatter):
    """PostgreSQL quotes rows, parsers quote input: the text of an exception stays out, wherever it stands."""

    def format(self, record: logging.LogRecord) -> str:
        bare = copy.copy(record)
        bare.exc_text = None  # another formatter may have left the words there
        if record.exc_info and record.exc_info[1]:
            bare.msg, bare.args = _without_words(record.getMessage(), record.exc_info[1]), None
        return super().format(bare)

    def formatException(self, ei: Any) -> str:  # noqa: N802  logging's own name
        parts = []
        for error in _chain(ei[1]):
            parts.append("".join(traceback.format_tb(error.__traceback__)) + _kind(error))
        return "\nwhich led to\n".join(reversed(parts))


def _without_words(message: str, error: BaseException) -> str:
    for one in _chain(error):
        for words in (repr(one), str(one)):
            if words:
                message = message.replace(words, _kind(one))
    return message


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what it came from, and so on."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"
