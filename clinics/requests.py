"""What the middlewares add to a request, for the type checker and the reader."""

from django.http import HttpRequest

from clinics.models import Clinic, Membership


class ClinicRequest(HttpRequest):
    """A request below `/c/<clinic>/`. Outside, or before a clinic is found, `clinic` is None."""

    clinic: Clinic
    membership: Membership | None
    has_failed: bool
    turned_away: Membership | None
    """The member who was kept out for want of a second factor or of presence."""
