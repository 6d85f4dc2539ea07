"""A group of keys of one scope on their way to their next version: made, sealed again, verified, retired."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import F, Max, Q
from django.utils import timezone

from clinics import keys, tenancy
from clinics.encryption import EncryptedBytesField, Token
from clinics.keys import KeyName, OpenKey, Shredded, Tampered
from clinics.models import DataKey, KeyRotation
from clinics.rotation.progress import KEYS, Progress
from clinics.rotation.report import BATCH, Refresh, Report, Say, derived_from_index
from clinics.rotation.retirement import is_in_use
from clinics.sealed_columns import SealedModel, sealed_under

PATIENCE_SECONDS = 30.0
"""How long rows that others hold are waited for before the rotation is left to the next run."""

NEWEST = """
(SELECT subject, max(version) AS version FROM clinics_datakey
 WHERE clinic_id = %s AND scope = %s AND subject = ANY(%s) GROUP BY subject) k
"""


@dataclass
class KeyGroup:
    """A group of keys of one scope on their way to their next version."""

    clinic_id: uuid.UUID
    scope: str
    subjects: list[uuid.UUID]
    run: KeyRotation
    batch: int
    at_once: bool
    report: Report
    say: Say
    progress: Progress
    newest: dict[uuid.UUID, OpenKey] = field(default_factory=dict)

    def work(self) -> None:
        if self._is_done():
            return
        self._make_versions()
        for sealed in sealed_under(self.scope):
            self._until_nothing_is_left(lambda s=sealed: self._reseal(s), sealed.label)  # type: ignore[misc]
        self._until_nothing_is_left(self._rewrap, KEYS)
        if self.scope == DataKey.Scope.INDEX:
            for refresh in derived_from_index:
                self._until_nothing_is_left(lambda r=refresh: self._derive(r), "indexes")  # type: ignore[misc]
        for sealed in sealed_under(self.scope):
            self._verify(sealed)
        for subject in self.subjects:
            self._retire(subject)

    def _is_done(self) -> bool:
        """By an earlier run of this rotation: every newest version is its, and every older one retired."""
        with tenancy.enter(self.clinic_id):
            rows = self._rows()
            made = rows.values("subject").annotate(at=Max("created_at"), newest=Max("version"))
            newest = {row["subject"]: row["newest"] for row in made if row["at"] >= self.run.started_at}
            return set(newest) == set(self.subjects) and not any(
                row.retired_at is None and row.version < newest[row.subject] for row in rows
            )

    def _rows(self) -> Any:
        return DataKey.objects.filter(clinic_id=self.clinic_id, scope=self.scope, subject__in=self.subjects)

    def _make_versions(self) -> None:
        with tenancy.enter(self.clinic_id):
            for subject in list(self.subjects):
                name = self._name(subject)
                try:
                    self.newest[subject] = keys.add_version(name, unless_newer_than=self.run.started_at)
                except Shredded:  # erased since the list was made
                    self.subjects.remove(subject)

    def _name(self, subject: uuid.UUID) -> KeyName:
        return KeyName(self.clinic_id, self.scope, subject)

    def _until_nothing_is_left(self, work: Callable[[], int], what: str) -> None:
        """`work` does one batch and says how much; what others hold is tried again for a while."""
        patience = time.monotonic() + PATIENCE_SECONDS
        while True:
            if count := work():
                self.say(self.progress.line(what, count))
                patience = time.monotonic() + PATIENCE_SECONDS
            elif not self._left(what) or time.monotonic() > patience:
                return
            else:
                time.sleep(0.1)

    def _left(self, what: str) -> int:
        with tenancy.enter(self.clinic_id):
            if what == KEYS:
                return int(self._stale_children().count())
            return sum(
                len(self._stale_ids(sealed, limit=1))
                for sealed in sealed_under(self.scope)
                if sealed.label == what
            )

    def _reseal(self, sealed: SealedModel) -> int:
        with tenancy.enter(self.clinic_id):
            ids = self._stale_ids(sealed, limit=self.batch, is_locking=True)
            fresh: dict[Any, list[tuple[uuid.UUID, Token]]] = {}
            for row in self._load(sealed, ids):
                for column in sealed.fields:
                    if (token := self._resealed(sealed, row, column)) is not None:
                        fresh.setdefault(column, []).append((row.pk, token))
            for column, tokens in fresh.items():
                _write(sealed, column, tokens)
            count = len({pk for tokens in fresh.values() for pk, _ in tokens})
            KeyRotation.objects.filter(pk=self.run.pk).update(resealed=F("resealed") + count)
        self.report.resealed += count
        return count

    def _resealed(self, sealed: SealedModel, row: Any, column: Any) -> Token | None:
        """The value under the newest version; None where it is, where there is none or where it cannot be."""
        token = row.__dict__.get(column.attname)
        if token is None:
            return None
        try:
            key = self.newest[row.sealed_under().subject]
            if column.version_of(row, token) == key.version:
                return None
            fresh: Token = column.reseal(row, token, key)
        except (Tampered, Shredded):
            self.report.unreadable.add(f"{sealed.label}.{column.name} of {row.pk}")
            return None
        return fresh

    def _stale_ids(self, sealed: SealedModel, *, limit: int, is_locking: bool = False) -> list[uuid.UUID]:
        """Rows with a value that does not lie under the newest version, but those known to be unreadable."""
        known = [uuid.UUID(name.rsplit(" ", 1)[1]) for name in self.report.unreadable]
        statement = (
            f'SELECT t.id FROM {sealed.table} t JOIN {NEWEST} ON k.subject = t."{sealed.subject}" '  # noqa: S608
            f'WHERE t.clinic_id = %s AND t."{sealed.subject}" = ANY(%s) AND ({sealed.stale()}) '
            "AND t.id <> ALL(%s) LIMIT %s"
        )
        if is_locking:
            statement += " FOR NO KEY UPDATE OF t SKIP LOCKED"
        with connection.cursor() as cursor:
            cursor.execute(
                statement,
                [
                    *(self.clinic_id, self.scope, self.subjects),
                    *(self.clinic_id, self.subjects, known, limit),
                ],
            )
            return [row[0] for row in cursor.fetchall()]

    def _load(self, sealed: SealedModel, ids: Sequence[uuid.UUID]) -> list[Any]:
        needed = [item.name for item in sealed.model._meta.concrete_fields if item.column == sealed.subject]
        names = {"pk", "clinic", *needed, *(item.name for item in sealed.fields)}
        return list(sealed.model._base_manager.filter(pk__in=ids).only(*names))

    def _stale_children(self) -> Any:
        """Keys that an older version wraps."""
        older = Q(pk=None)
        for subject, key in self.newest.items():
            older |= Q(parent_subject=subject) & ~Q(parent_version=key.version)
        return DataKey.objects.filter(older, clinic_id=self.clinic_id, parent_scope=self.scope)

    def _rewrap(self) -> int:
        with tenancy.enter(self.clinic_id):
            rows = list(self._stale_children().select_for_update(skip_locked=True, no_key=True)[: self.batch])
            for row in rows:
                assert row.parent_subject is not None  # the filter's promise
                key, name = self.newest[row.parent_subject], KeyName(row.clinic_id, row.scope, row.subject)
                row.wrapped = keys.seal(key.secret, keys.open_row(row), f"key|{name}|{row.version}")
                row.parent_version = key.version
            DataKey.objects.bulk_update(rows, ["wrapped", "parent_version"])
        self.report.rewrapped += len(rows)
        return len(rows)

    def _derive(self, refresh: Refresh) -> int:
        (subject,) = self.subjects
        with tenancy.enter(self.clinic_id):
            count = refresh(self.clinic_id, self.newest[subject].version, self.batch)
        self.report.resealed += count
        return count

    def _verify(self, sealed: SealedModel) -> None:
        """Opens every value: what the old version is removed for must be readable without it."""
        last = uuid.UUID(int=0)
        while True:
            with tenancy.enter(self.clinic_id):
                rows = self._page(sealed, last)
                for row in rows:
                    self._verify_row(sealed, row)
            if not rows:
                return
            last = rows[-1].pk
            self.say(f"{sealed.label}: {self.report.verified} values verified")

    def _page(self, sealed: SealedModel, last: uuid.UUID) -> list[Any]:
        of_these = {f"{sealed.subject}__in": self.subjects, "clinic_id": self.clinic_id}
        ids = (
            sealed.model._base_manager.filter(pk__gt=last, **of_these)
            .order_by("pk")
            .values_list("pk", flat=True)[: self.batch]
        )
        return sorted(self._load(sealed, list(ids)), key=lambda row: row.pk)

    def _verify_row(self, sealed: SealedModel, row: Any) -> None:
        for column in sealed.fields:
            try:
                self.report.verified += getattr(row, column.name) is not None
            except (Tampered, Shredded):
                self.report.unreadable.add(f"{sealed.label}.{column.name} of {row.pk}")

    def _retire(self, subject: uuid.UUID) -> None:
        """Retires the older versions, and removes them if nothing but this database could need them."""
        name, now = self._name(subject), timezone.now()
        with tenancy.enter(self.clinic_id):
            rows = list(
                self._rows()
                .filter(subject=subject, version__lt=self.newest[subject].version)
                .select_for_update()  # waits for who still writes under one of them
            )
            if self.scope == DataKey.Scope.INDEX:
                for refresh in derived_from_index:  # what was derived while the rest was done
                    refresh(self.clinic_id, self.newest[subject].version, BATCH)
            for row in rows:
                if is_in_use(name, row.version):
                    self.report.busy += 1
                elif self.at_once:
                    self.report.removed += row.delete()[0]
                elif row.retired_at is None:
                    row.retired_at = now
                    row.save(update_fields=["retired_at"])
                    self.report.retired += 1
        if self.at_once:
            keys.forget(name)


def _write(sealed: SealedModel, column: Any, tokens: list[tuple[uuid.UUID, Token]]) -> None:
    is_bytes = isinstance(column, EncryptedBytesField)
    values = [bytes(token) if is_bytes else str(token) for _, token in tokens]  # type: ignore[call-overload]
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE {sealed.table} t SET "{column.column}" = v.token '  # noqa: S608
            f"FROM unnest(%s::uuid[], %s::{'bytea' if is_bytes else 'text'}[]) AS v(id, token) "
            "WHERE t.id = v.id",
            [[pk for pk, _ in tokens], values],
        )
