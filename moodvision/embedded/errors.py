"""What goes wrong with the embedded services, in one line for the person at the terminal."""


class EmbeddedError(Exception):
    """The embedded PostgreSQL or Redis cannot be used; the text says why and what to do."""
