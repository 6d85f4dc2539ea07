"""The base of every API view: closed unless it says who may come in."""

from typing import Any

from django.http import Http404
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet


class PermissionNotStatedError(TypeError):
    """A viewset was written without saying who may use it."""


class ClinicViewSet(GenericViewSet[Any]):
    """Below `/api/c/<clinic>/`. A subclass states its `permission_classes` itself, or its import fails."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.__dict__.get("permission_classes"):
            raise PermissionNotStatedError(
                f"{cls.__module__}.{cls.__qualname__} states no permission_classes"
            )

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Strangers to this clinic meet an address that does not exist, as on its pages."""
        if not request.user.is_authenticated:
            raise NotAuthenticated
        if getattr(request, "membership", None) is None and getattr(request, "patient", None) is None:
            raise Http404
        super().initial(request, *args, **kwargs)
