"""What can go wrong in a training or evaluation that the person at the terminal can put right."""


class TrainingError(Exception):
    """One clear line: what is wrong and, where it helps, what to do."""
