"""What follows what: every receiver of every signal is connected here and nowhere else."""


def connect() -> None:
    """Called once, when all apps are loaded."""
