"""The kinds of the access log's entries: what an auditor filters by, told by the action alone."""

from enum import StrEnum


class Kind(StrEnum):
    """What an auditor filters by."""

    READ = "read"
    WRITE = "write"
    SEARCH = "search"
    EXPORT = "export"
    PRINT = "print"
    DENIAL = "denial"
    SIGN_IN = "sign_in"
    BREAK_GLASS = "break_glass"
    SETTINGS = "settings"


KIND_BY_SUBJECT = {
    "sign_in": Kind.SIGN_IN,
    "account": Kind.SIGN_IN,
    "break_glass": Kind.BREAK_GLASS,
    "refused": Kind.DENIAL,
    "clinic": Kind.SETTINGS,
    "cover": Kind.SETTINGS,
    "going_live": Kind.SETTINGS,
    "keys": Kind.SETTINGS,
    "member": Kind.SETTINGS,
    "membership": Kind.SETTINGS,
    "model": Kind.SETTINGS,
    "on_call": Kind.SETTINGS,
    "permission": Kind.SETTINGS,
    "policy": Kind.SETTINGS,
    "profile": Kind.SETTINGS,
    "retention": Kind.SETTINGS,
    "rule": Kind.SETTINGS,
    "settings": Kind.SETTINGS,
}
KIND_BY_ACTION = {
    "programme.opened": Kind.SETTINGS,
    "programme.closed": Kind.SETTINGS,
    "retention.removed": Kind.WRITE,
    "rule.previewed": Kind.READ,
    "retention.proved": Kind.WRITE,
}
"""What is of another kind than its subject's other acts."""

KIND_BY_VERB = {
    "read": Kind.READ,
    "listed": Kind.READ,
    "watched": Kind.READ,
    "searched": Kind.SEARCH,
    "exported": Kind.EXPORT,
    "printed": Kind.PRINT,
    "verified": Kind.READ,
}


def kind_of(action: str) -> Kind:
    """An action is `subject.verb`; what is neither a look nor a setting is a write."""
    subject, _, verb = action.partition(".")
    by_parts = KIND_BY_SUBJECT.get(subject) or KIND_BY_VERB.get(verb, Kind.WRITE)
    return KIND_BY_ACTION.get(action, by_parts)
