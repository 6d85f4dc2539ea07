from clinics.views.thresholds import locked, second_factor

__all__ = ["locked", "second_factor"]
