from clinics.views.roles import roles
from clinics.views.thresholds import locked, second_factor

__all__ = ["locked", "roles", "second_factor"]
