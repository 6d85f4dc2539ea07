"""`manage.py export_faces CLINIC --out DIR`: what `train_classifier --more-data` may learn from."""

import json
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinics import tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import Clinic
from inference.engine.errors import ModelPackageError
from inference.services.local_learning import collect_faces
from inference.training.clinic_faces import write_faces
from inference.training.errors import TrainingError

BY = System("export_faces")


class Command(BaseCommand):
    help = (
        "Writes faces of patients who agreed to it as training data, without names; logged for each patient."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("clinic", help="slug")
        parser.add_argument("--out", type=Path, required=True, help="a folder that does not exist yet")

    def handle(self, *args: Any, clinic: str, out: Path, **options: Any) -> None:
        found = Clinic.objects.filter(slug=clinic).first()
        if found is None:
            raise CommandError(f"There is no clinic {clinic}.")
        if out.exists() or not out.parent.is_dir():
            raise CommandError(f"{out} exists already, or its parent does not; nothing was written.")
        export_id = uuid.uuid4()
        try:
            with tenancy.enter(found.pk):  # the log is committed before a byte is written
                faces = collect_faces(clinic=found, by=BY, export_id=export_id)
            if not faces:
                raise CommandError("There is no face that may be learnt from; nothing was written.")
            about = {"export": str(export_id), "written_at": timezone.now().isoformat(timespec="minutes")}
            said = write_faces(faces, out, about)
        except (DomainError, ModelPackageError, TrainingError) as error:
            raise CommandError(str(getattr(error, "message", None) or error)) from None
        self.stdout.write(json.dumps(said))
        self.stderr.write("These are people's faces: keep the folder as safe as the database.")
