"""What Django's own validators let pass: few characters, common passwords in disguise, words known here."""

import re
from collections.abc import Iterable, Sequence

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FEWEST_CHARACTERS = 6
SHORTEST = 12
SHORTEST_WORD = 4
OF_THE_PRODUCT = ("moodvision", "mood", "vision")
DISGUISES = str.maketrans("01345789@$!", "oieastbgasi")


class VariedPasswordValidator:
    """`aaaaaaaaaaaa` and `abababababab` are long and known; length without variety adds little."""

    def validate(self, password: str, user: object = None) -> None:
        if len(set(password.casefold())) < FEWEST_CHARACTERS:
            raise ValidationError(self.get_help_text(), code="password_too_uniform")

    def get_help_text(self) -> str:
        return _("Use at least %(n)d different characters.") % {"n": FEWEST_CHARACTERS}


class UndisguisedPasswordValidator(CommonPasswordValidator):
    """Django's common passwords, few of which are 12 characters long, and each of them made long: with
    digits and signs around it, with digits for letters, or twice."""

    def validate(self, password: str, user: object = None) -> None:
        super().validate(password, user)  # type: ignore[arg-type]  # it looks at no user
        if any(stem in self.passwords for stem in _stems(password)):
            raise ValidationError(self.get_error_message(), code="password_too_common")


def _stems(password: str) -> set[str]:
    """What is left of a password once what people add to make it long is taken away."""
    bare = password.strip().casefold()
    cores = {re.sub(r"^[\W\d_]+|[\W\d_]+$", "", bare), re.sub(r"[\W\d_]", "", bare)}
    cores |= {core.translate(DISGUISES) for core in set(cores)}
    return {_once(core) for core in cores if core}


def _once(text: str) -> str:
    """`sunshinesunshine` is `sunshine`."""
    return text[: (text + text).index(text, 1)]


def refuse_known_words(password: str, words: Iterable[str]) -> None:
    """Words that everybody here knows add nothing: without them a password must still be long enough.

    Raises ValidationError `password_of_known_words`.
    """
    rest = password.casefold()
    for word in sorted(_split([*OF_THE_PRODUCT, *words]), key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < SHORTEST:
        raise ValidationError(known_words_advice(), code="password_of_known_words")


def known_words_advice() -> str:
    return _(
        "Words that others can guess count for nothing: the names of this program, your clinic and you, "
        "and the parts of your address."
    )


def _split(texts: Sequence[str]) -> set[str]:
    """Each text as one word, and each of its words, from four letters on."""
    whole = {re.sub(r"[\W_]", "", text.casefold()) for text in texts}
    parts = {part for text in texts for part in re.split(r"[\W_]+", text.casefold())}
    return {word for word in whole | parts if len(word) >= SHORTEST_WORD}
