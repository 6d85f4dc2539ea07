"""English dates that nobody can misread: the day before the month by name, a clock of 24 hours."""

DATE_FORMAT = "j N Y"
SHORT_DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j N Y, H:i"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
