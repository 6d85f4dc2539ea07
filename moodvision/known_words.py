"""Which words a person's password shall not rest on: they cross apps, so they are gathered here."""

from clinics import password_strength, tenancy
from clinics.models import Clinic, ClinicSettings, Membership, User
from patients.models import Patient


class KnownWordsValidator:
    """The product's words, those of the person's address and names, and those of their clinics."""

    def validate(self, password: str, user: object = None) -> None:
        words = _words_of(user) if isinstance(user, User) else _words_of_this_clinic()
        password_strength.refuse_known_words(password, words)

    def get_help_text(self) -> str:
        return password_strength.known_words_advice()


def _words_of(user: User) -> list[str]:
    """Of somebody who is just joining: the address, and the clinic that invites."""
    with tenancy.as_person(user.pk):
        clinics = {*Membership.objects.values_list("clinic_id", flat=True)}
        clinics |= {*Patient.objects.values_list("clinic_id", flat=True)}
    words = [*user.email.split("@"), *_words_of_this_clinic()]
    for clinic_id in clinics:
        with tenancy.enter(clinic_id):
            words += _words_of_this_clinic()
            people: list[Membership | Patient] = [
                *Membership.objects.filter(user=user),
                *Patient.objects.filter(user=user),
            ]
            words += [str(person.name) for person in people if person.name]
    return words


def _words_of_this_clinic() -> list[str]:
    clinic_id = tenancy.current().clinic_id
    if clinic_id is None:
        return []
    slugs = Clinic.objects.filter(pk=clinic_id).values_list("slug", flat=True)
    return [*slugs, *ClinicSettings.objects.filter(clinic=clinic_id).values_list("name", flat=True)]
