from datetime import timedelta

from clinics import policy, second_factor, services, tenancy
from clinics.access_log import System
from clinics.models import Clinic, Membership, User

PASSWORD = "correct horse battery staple"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make_user(email: str) -> User:
    return services.create_account(email=email, password=PASSWORD)


def make_clinic(slug: str, time_zone: str = "Europe/Berlin", *, jurisdiction: str | None = "eu") -> Clinic:
    admin = make_user(f"first@{slug}.example")
    return services.create_clinic(
        slug=slug,
        name=f"{slug.title()} Clinic",
        time_zone=time_zone,
        admin=admin,
        admin_name="First Admin",
        jurisdiction=jurisdiction,
    )


def switch_off(clinic: Clinic, *purposes: str) -> None:
    """The clinic does without these purposes from now on."""
    with tenancy.enter(clinic.pk):
        policy.choose(clinic=clinic, jurisdiction="eu", switched_off=purposes, by=System("test"))


def make_member(clinic: Clinic, role: str, name: str) -> Membership:
    """With an authenticator app, as every member of a clinic."""
    user = make_user(f"{name.split()[0].lower()}@{clinic.slug}.example")
    second_factor.enrol_totp(user, TOTP_SECRET)
    with tenancy.enter(clinic.pk):
        member = services.add_member(clinic=clinic, user=user, role=role, name=name, by=System("test"))
        member.created_at -= timedelta(days=30)  # a newcomer may not do all a member may
        member.save(update_fields=["created_at"])
        return member
