"""Who may do what, shown to every member."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinics import access
from clinics import roles as matrix
from clinics.requests import ClinicRequest


@require_safe
def roles(request: ClinicRequest, clinic: str) -> HttpResponse:
    member = access.get_member(request.membership)
    context = {
        "roles": matrix.Role,
        "rows": matrix.rows(),
        "without_a_role": matrix.WITHOUT_A_ROLE.items(),
        "own_role": member.role,
        "section": "roles",
    }
    return render(request, "clinics/roles.html", context)
