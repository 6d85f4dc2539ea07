#!/usr/bin/env python
"""Entry point of every command; those that use the database hold the embedded services while they run."""

import os
import sys
from contextlib import ExitStack

WITHOUT_SERVICES = {
    "check",
    "classify",
    "collectstatic",
    "compilemessages",
    "evaluate_classifier",
    "help",
    "install_detector",
    "makemessages",
    "simulate_scores",
    "spectacular",
    "train_classifier",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moodvision.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from moodvision import embedded

    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "help")
    with ExitStack() as stack:
        if command not in WITHOUT_SERVICES and "--help" not in sys.argv:
            services = embedded.hold(
                settings.VAR_DIR,
                postgres=settings.USES_EMBEDDED_POSTGRES,
                redis=settings.USES_EMBEDDED_REDIS,
            )
            try:
                stack.enter_context(services)
            except embedded.EmbeddedError as error:
                sys.exit(str(error))
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
