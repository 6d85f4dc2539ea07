"""Pages on which several things can be done, one at a time: each act has a form and one service call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.functional import Promise

from clinics.errors import DomainError
from clinics.forms import ServiceForm
from clinics.models import Clinic, Membership

Data = dict[str, Any]


class ClinicForm(ServiceForm):
    """A form that offers rows of one clinic alone, once it was told which. Without it, it takes nothing."""

    def offer(self, clinic: Clinic) -> None:
        """Says what may be chosen."""


class Act(NamedTuple):
    """What the page sends as `act` decides which. `run` returns what is said when it is done."""

    form: type[ClinicForm]
    run: Callable[[Clinic, Membership, Data], "str | Promise"]


@dataclass(frozen=True)
class Outcome:
    """`refused`: the form with what is wrong in it; None when the act is done."""

    name: str = ""
    refused: ClinicForm | None = None


def form_of(acts: Mapping[str, Act], name: str, clinic: Clinic, data: Any = None) -> ClinicForm:
    form = acts[name].form(data, prefix=name)
    form.offer(clinic)
    return form


def perform(request: HttpRequest, acts: Mapping[str, Act], clinic: Clinic, by: Membership) -> Outcome:
    """Form, one service call, and what is said of it. An act that the page does not know is not found."""
    name = request.POST.get("act", "")
    if name not in acts:
        raise Http404
    form = form_of(acts, name, clinic, request.POST)
    if not form.is_valid():
        return Outcome(name, form)
    try:
        said = acts[name].run(clinic, by, form.cleaned_data)
    except DomainError as refusal:
        form.refuse(refusal)
        return Outcome(name, form)
    messages.success(request, str(said))
    return Outcome(name)
