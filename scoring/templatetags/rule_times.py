"""Spans of time for people: as short as they can be said."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def span(value: timedelta | None) -> str:
    """ "40 min", "3.5 h", "2.1 d"."""
    if value is None:
        return ""
    minutes = value.total_seconds() / 60
    if minutes < 90:
        return _("%(n)d min") % {"n": round(minutes)}
    if minutes < 48 * 60:
        return _("%(n).1f h") % {"n": minutes / 60}
    return _("%(n).1f d") % {"n": minutes / 1440}
