"""`python -m tests.isolation.report` writes docs/isolation.md from what the tests walk."""

import os
from pathlib import Path

TEMPLATE = Path(__file__).with_suffix(".md")
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "isolation.md"


def render() -> str:
    """Counted from the URLconf, the routes, the models and the tests' own tables."""
    from django.urls import get_resolver

    from clinics.roles import Role
    from tests.doors import table
    from tests.isolation import bodies, guarded_doors, test_http_walk, test_other_doors
    from tests.isolation.twins import TENANT_MODELS, sealed_texts
    from tests.mutations.defects import DEFECTS

    visitors = len(Role.values) + 2  # the privacy officer's deputy, and a patient
    walked = list(test_http_walk.walked_routes(get_resolver()))
    twice = sum(test_http_walk.is_asked_at_home(route) for route, _name in walked)
    asked = visitors * (len(walked) + twice) + len(walked)
    return TEMPLATE.read_text().format(
        sealed=sum(len(sealed_texts(model)) for model in TENANT_MODELS),
        urls=len(walked),
        twice=twice,
        visitors=2 * visitors + 1,
        methods=" and ".join(test_http_walk.METHODS),
        requests=2 * len(test_http_walk.METHODS) * asked,
        rows=len(table.ROWS),
        people=len(table.PEOPLE),
        places=len(bodies.PLACES),
        guarded=len(guarded_doors.DOORS),
        sockets=len(test_other_doors.SOCKETS),
        tasks=len(test_other_doors.TASKS),
        commands=len(test_other_doors.COMMANDS),
        tables=len(TENANT_MODELS),
        kinds=len({defect.kind for defect in DEFECTS}),
        defects=len(DEFECTS),
        guards="".join(f"| {defect.kind} | {defect.name} |\n" for defect in DEFECTS),
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moodvision.settings")
    import django

    django.setup()
    DOCUMENT.write_text(render())
