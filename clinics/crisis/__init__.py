"""The page that needs nobody: whom to call, without sign-in, offline, in the country one is in."""

from clinics.crisis.directory import (
    CHECKED_EVERY,
    Country,
    Number,
    countries,
    country_of,
    dialled,
    overdue,
)

__all__ = ["CHECKED_EVERY", "Country", "Number", "countries", "country_of", "dialled", "overdue"]
