"""What a door can do, read from its code: the acts it may write to the access log, and whether it asks again
who is there."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from django.urls import get_resolver

from clinics import sudo
from clinics.log_kinds import Kind, kind_of
from tests.doors.urls import every_url

OURS = ("clinics", "patients", "inference", "scoring", "moodvision", "tests")
ASKS_AGAIN: frozenset[Any] = frozenset({sudo.is_fresh, sudo.required, sudo.required_to_post})
AN_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
KINDS = {Kind.EXPORT, Kind.SETTINGS}
SUBJECTS = {"erasure", "legal_hold"}
ACTS = {
    "patient.invited",
    "patient.merged",
    "patient.unlinked",
    "pin.set",
    "pin.removed",
    "message_address.added",
    "trusted_person.saved",
}


def views() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every view of ours by the name of its URL."""
    for _route, name, pattern in every_url(get_resolver()):
        if pattern.callback.__module__.split(".")[0] in OURS:
            yield name, pattern.callback


def asks_again(view: Callable[..., Any]) -> bool:
    return not ASKS_AGAIN.isdisjoint(reached(view))


def acts(view: Callable[..., Any]) -> dict[str, str]:
    """Each action this view may record, and its kind."""
    return {action: kind for function in reached(view) for action, kind in recorded(function).items()}


def must_ask_again(view: Callable[..., Any]) -> set[str]:
    """The acts for which it must: taking data out, erasing, changing settings, permissions or keys."""
    return {
        action
        for action, kind in acts(view).items()
        if kind in KINDS or action.partition(".")[0] in SUBJECTS or action in ACTS
    }


@cache
def reached(view: Callable[..., Any]) -> frozenset[Any]:
    """Every function of ours that a view names, and those that these name."""
    found: set[Any] = set()
    waiting = list(entrances(view))
    while waiting:
        function = waiting.pop()
        if function not in found:
            found.add(function)
            if function not in ASKS_AGAIN:
                waiting.extend(named(function))
    return frozenset(found)


def entrances(view: Callable[..., Any]) -> Iterator[FunctionType]:
    """A function; of a viewset, its actions."""
    if viewset := getattr(view, "cls", None):
        yield from (getattr(viewset, name) for name in view.actions.values())  # type: ignore[attr-defined]
    else:
        yield inspect.unwrap(view)


@cache
def tree_of(function: FunctionType) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def named(function: FunctionType) -> Iterator[Any]:
    for node in ast.walk(tree_of(function)):
        target = resolve(node, function.__globals__)
        for one in target.values() if isinstance(target, dict) else [target]:
            for part in one if isinstance(one, tuple) else [one]:
                plain = inspect.unwrap(part) if callable(part) else None
                if isinstance(plain, FunctionType) and plain.__module__.split(".")[0] in OURS:
                    yield plain


def resolve(node: ast.AST, names: dict[str, Any]) -> Any:
    """What `services.export_patient` means in this module; None for what only a run can tell."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = resolve(node.value, names)
        return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
    return None


@cache
def recorded(function: FunctionType) -> dict[str, str]:
    """The actions that stand in a function which records, and their kinds."""
    calls = [node for node in ast.walk(tree_of(function)) if isinstance(node, ast.Call) and is_record(node)]
    said = [text for call in calls for text in texts_in(function) if AN_ACTION.fullmatch(text)]
    return {action: str(kind_of(action)) for action in said}


def texts_in(function: FunctionType) -> Iterator[str]:
    """Texts written in a function, and those it takes from its module."""
    for node in ast.walk(tree_of(function)):
        text = node.value if isinstance(node, ast.Constant) else resolve(node, function.__globals__)
        if isinstance(text, str):
            yield text


def is_record(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return name == "record" and bool(call.args)
