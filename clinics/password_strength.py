"""What Django's own validators let pass: long passwords of very few characters."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FEWEST_CHARACTERS = 6


class VariedPasswordValidator:
    """`aaaaaaaaaaaa` and `abababababab` are long and known; length without variety adds little."""

    def validate(self, password: str, user: object = None) -> None:
        if len(set(password.casefold())) < FEWEST_CHARACTERS:
            raise ValidationError(self.get_help_text(), code="password_too_uniform")

    def get_help_text(self) -> str:
        return _("Use at least %(n)d different characters.") % {"n": FEWEST_CHARACTERS}
