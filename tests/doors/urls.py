"""Every URL there is, read from the URLconfs."""

from collections.abc import Iterator
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver


def every_url(
    resolver: URLResolver, before: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """Route, full name and pattern of each URL, those of included URLconfs too."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from every_url(pattern, route, inside)
        else:
            yield route, f"{namespace}{pattern.name}", pattern


@cache
def arguments_by_name() -> dict[str, list[str]]:
    """The arguments that each named URL takes."""
    return {name: list(pattern.pattern.converters) for _route, name, pattern in every_url(get_resolver())}
