"""What is done once a transaction has been committed, and undoes nothing when it fails.

Django's own `robust=True` names the function in its log, which a `partial` does not have: the failure then
reached whoever had asked. It also logs the error's words, which can hold an address.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction

logger = logging.getLogger(__name__)


def after_commit(act: Callable[..., Any], *given: Any) -> None:
    transaction.on_commit(partial(_do, act, *given))


def _do(act: Callable[..., Any], *given: Any) -> None:
    try:
        act(*given)
    except Exception as error:  # what was committed stands, whatever a mail server says
        name = getattr(act, "__name__", "What follows")
        logger.error("%s failed after a commit: %s", name, type(error).__name__)
