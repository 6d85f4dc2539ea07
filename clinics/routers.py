from typing import Any


class OwnerMigrates:
    """Only the owner's login changes the schema; the runtime role could not."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
