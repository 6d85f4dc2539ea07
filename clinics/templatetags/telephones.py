"""Free text in which each telephone number can be tapped."""

import re
from collections.abc import Iterator
from functools import reduce

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import normalize_newlines

from clinics import crisis

register = template.Library()

NUMBER = re.compile(r"(?<![\w:.@/+-])\+?\d(?:[\d ()/-]*\d)?(?![\w:@-])")
SHORTEST, LONGEST = 3, 15  # digits, as ITU-T E.164 ends
SPAN = re.compile(r"\d{1,2} ?- ?\d{1,2}")  # "9-17", hours and not a number


@register.filter
def callable_text(text: str) -> SafeString:
    """Paragraphs and lines as they were written, with links for telephones; all else is escaped."""
    paragraphs = re.split(r"\n{2,}", normalize_newlines(str(text)))
    return format_html_join("\n\n", "<p>{}</p>", ((_lines(one),) for one in paragraphs))


def _lines(paragraph: str) -> SafeString:
    lines = [
        format_html_join("", "{}", ((piece,) for piece in _pieces(line))) for line in paragraph.split("\n")
    ]
    return reduce(lambda above, below: format_html("{}<br>{}", above, below), lines)


def _pieces(line: str) -> Iterator[str]:
    end = 0
    for found in NUMBER.finditer(line):
        yield line[end : found.start()]
        yield _link(found.group())
        end = found.end()
    yield line[end:]


def _link(shown: str) -> str:
    digits = crisis.dialled(shown)
    if not SHORTEST <= len(digits.lstrip("+")) <= LONGEST or SPAN.fullmatch(shown):
        return shown
    return format_html('<a class="telephone" href="tel:{}">{}</a>', digits, shown)
