"""Free text in which each telephone number can be tapped."""

import re

from django import template
from django.utils.html import conditional_escape, linebreaks
from django.utils.safestring import SafeString, mark_safe

from clinics import crisis

register = template.Library()

NUMBER = re.compile(r"(?<![\w:.@/+-])\+?\d(?:[\d ()/-]*\d)?(?![\w:@-])")
SHORTEST, LONGEST = 3, 15  # digits, as ITU-T E.164 ends
SPAN = re.compile(r"\d{1,2} ?- ?\d{1,2}")  # "9-17", hours and not a number


@register.filter
def callable_text(text: str) -> SafeString:
    """Paragraphs, with links for telephones. What a person wrote is escaped first."""
    escaped = str(conditional_escape(text))
    return mark_safe(linebreaks(NUMBER.sub(_link, escaped)))  # noqa: S308  escaped above, links of digits


def _link(found: "re.Match[str]") -> str:
    shown = found.group()
    digits = crisis.dialled(shown)
    if not SHORTEST <= len(digits.lstrip("+")) <= LONGEST or SPAN.fullmatch(shown):
        return shown
    return f'<a class="telephone" href="tel:{digits}">{shown}</a>'
