"""The one place that talks to a database below the ORM: bulk loading, statement limits, locks."""

from __future__ import annotations

import errno
import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import InterfaceError, OperationalError, connection, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


def is_postgres() -> bool:
    """Whether the installation runs on PostgreSQL (else SQLite)."""
    return connection.vendor == "postgresql"


Rows = list[Sequence[Any]]

#: Rows of one statement: enough to be worth a turn of the loading thread, few enough for the parameters SQLite takes at once.
_BLOCK, _PARAMETERS = 1_000, 32_000


@contextmanager
def loading(model: type[models.Model], columns: Sequence[str], seen: Callable[[str], Any]) -> Iterator[Callable[[Rows], None]]:
    """Put finished rows into a table with the database's own bulk load (COPY, or an INSERT of many rows on SQLite), block by block.

    columns: field names. Yields what takes rows: values in that order, already in database form. seen: is given all rows as text (`lines`).
    A block is loaded by a thread of its own while the caller makes the next, since the database and Python can work at the same time; until
    the `with` ends the connection is that thread's, and what a load raises is raised to the caller. Few rows are loaded without a thread.
    Runs in the caller's transaction. Only `audit.batch` calls it.
    """
    fields = [model._meta.get_field(name) for name in columns]
    size = min(_BLOCK, _PARAMETERS // len(fields))
    insert = _copier(model, fields) if is_postgres() else _inserter(model, fields, size)
    rest: Rows = []
    under_way: deque[Future[None]] = deque()

    def put(rows: Rows) -> None:
        rest.extend(rows)
        while len(rest) >= size:
            if not under_way:
                _check_keys_at_once(True)
            elif len(under_way) > 2:
                under_way.popleft().result()
            block = rest[:size]
            del rest[:size]
            text = lines(block)
            seen(text)
            under_way.append(pool.submit(insert, block, text))

    with connection.wrap_database_errors, ThreadPoolExecutor(1, "load") as pool:
        yield put
        loaded = bool(under_way)
        while under_way:
            under_way.popleft().result()
        if rest:
            text = lines(rest)
            seen(text)
            insert(rest, text)
        if loaded:
            _check_keys_at_once(False)


def _inserter(model: type[models.Model], fields: Sequence[models.Field], size: int) -> Callable[[Rows, str], None]:
    """For a whole block an INSERT of many rows on SQLite: one step of the database, for which Python's lock is let go. Fewer rows go one by
    one: the connection keeps prepared statements, and one for each number of rows would be megabytes each."""
    into = f'INSERT INTO "{model._meta.db_table}" ({_quoted(fields)}) VALUES '
    marks = f"({', '.join('?' * len(fields))})"
    link = connection.connection

    def insert(rows: Rows, _text: str) -> None:
        if len(rows) == size:
            link.execute(into + ", ".join([marks] * size), tuple(chain.from_iterable(rows)))
        else:
            link.executemany(into + marks, rows)

    return insert


def _copier(model: type[models.Model], fields: Sequence[models.Field]) -> Callable[[Rows, str], None]:
    statement = f'COPY "{model._meta.db_table}" ({_quoted(fields)}) FROM STDIN'
    link = connection.connection

    def insert(_rows: Rows, text: str) -> None:
        with link.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(text)

    return insert


def _quoted(fields: Sequence[models.Field]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


def _check_keys_at_once(wanted: bool) -> None:
    """Have PostgreSQL check keys as blocks come in, while the next is made, and not all of them when the transaction ends."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS ALL {'IMMEDIATE' if wanted else 'DEFERRED'}")


_APART = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def lines(rows: Rows) -> str:
    """Rows in the text form of PostgreSQL's COPY: a line each, values apart by tabs, `\\N` for none. The same on every database."""
    text = "\n".join(["\t".join(["\\N" if v is None else v if v.__class__ is str else str(v) for v in row]) for row in rows]) + "\n"
    tabs, nothing = len(rows) * (len(rows[0]) - 1), sum([row.count(None) for row in rows])
    if text.count("\t") == tabs and text.count("\n") == len(rows) and text.count("\\") == nothing and "\r" not in text:
        return text
    return "".join(["\t".join(["\\N" if v is None else str(v).translate(_APART) for v in row]) + "\n" for row in rows])


def store(model: type[models.Model], names: Sequence[str], objects: Sequence[models.Model]) -> None:
    """Store some fields of objects already there, one prepared statement for all (an UPDATE with a case for each row takes a hundred times as long).

    Runs in the caller's transaction and keeps to the university of each object. Only `audit.batch` calls it.
    """
    fields = [model._meta.get_field(name) for name in names]
    where = '"id" = %s AND "university_id" = %s' if hasattr(model, "university_id") else '"id" = %s'
    assigned = ", ".join(f'"{field.column}" = %s' for field in fields)
    rows = []
    for obj in objects:
        values = [field.get_db_prep_save(getattr(obj, field.attname), connection) for field in fields]
        rows.append((*values, obj.pk, *((obj.university_id,) if hasattr(model, "university_id") else ())))
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{model._meta.db_table}" SET {assigned} WHERE {where}', rows)


def put(model: type[models.Model], name: str, values: Mapping[int, Any], university: int) -> None:
    """Store one column of many rows of a university. values: by id. Runs in the caller's transaction. Only `audit.batch` calls it."""
    column = model._meta.get_field(name).column
    statement = f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE "id" = %s AND "university_id" = %s'
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(value, pk, university) for pk, value in values.items()])


def look_over() -> None:
    """Let the database estimate anew what its planner goes by: a sample, milliseconds on SQLite, a second or two on a large PostgreSQL.

    SQLite does it for nobody unasked, and without it takes an index for better the fewer of its columns a query knows.
    """
    with connection.cursor() as cursor:
        if not is_postgres():
            cursor.execute("PRAGMA analysis_limit = 400")
        cursor.execute("ANALYZE")


@models.Field.register_lookup
class Among(models.Lookup):
    """`field__among=[...]`: like `in`, but the values are one parameter. With hundreds of them `in` costs more to write than to run."""

    lookup_name = "among"

    def get_prep_lookup(self) -> list[Any]:
        return [self.lhs.output_field.get_prep_value(value) for value in self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        if is_postgres():
            return f"{left} = ANY(%s)", [*params, self.rhs]
        return f"{left} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.rhs)]


def counts(querysets: Sequence[models.QuerySet], most: int) -> list[int]:
    """How many rows each queryset has, counted to `most`, all in one statement."""
    found, parts, params = [0] * len(querysets), [], []
    for place, rows in enumerate(querysets):
        try:
            sql, values = rows.select_related(None).order_by().values("pk")[:most].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT {place}, COUNT(*) FROM ({sql}) AS part_{place}")
        params += values
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            for place, count in cursor.fetchall():
                found[place] = count
    return found


def take_ids(model: type[models.Model], count: int) -> range:
    """Reserve `count` primary keys so that rows and those that point to them can be loaded in bulk.

    On PostgreSQL the sequence is advanced; on SQLite the write lock of the caller's immediate transaction makes max + 1 safe.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgres():
            # One round trip: setval under an advisory lock keeps two loaders from taking the same block.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [table])
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            first = cursor.fetchone()[0]
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count - 1])
        else:
            cursor.execute(
                f'SELECT MAX(COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0), COALESCE((SELECT MAX(id) FROM "{table}"), 0))', [table]
            )
            first = cursor.fetchone()[0] + 1
    return range(first, first + count)


@contextmanager
def statement_limit(milliseconds: int) -> Iterator[None]:
    """Stop statements of the block that run longer: `too_long` knows their fault again."""
    if not milliseconds:
        yield
    elif is_postgres():
        with _postgres_limit(milliseconds):
            yield
    else:
        with _sqlite_limit(milliseconds):
            yield


@contextmanager
def _postgres_limit(milliseconds: int) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = %s", [milliseconds])
    try:
        yield
    finally:
        if not connection.in_atomic_block or not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")


@contextmanager
def _sqlite_limit(milliseconds: int) -> Iterator[None]:
    """SQLite asks a function every so many steps of a statement whether to go on; the time runs anew for each statement."""
    began: list[float] = [0.0]

    def fresh(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began[0] = time.monotonic()
        return execute(sql, params, many, context)

    connection.ensure_connection()
    connection.connection.set_progress_handler(lambda: time.monotonic() - began[0] > milliseconds / 1000, 100_000)
    try:
        with connection.execute_wrapper(fresh):
            yield
    finally:
        if connection.connection is not None:
            connection.connection.set_progress_handler(None, 0)


def too_long(fault: BaseException) -> bool:
    """Whether a database fault is a statement that `statement_limit` stopped."""
    return isinstance(fault, OperationalError) and ("statement timeout" in str(fault) or str(fault) == "interrupted")


def full(fault: BaseException) -> bool:
    """Whether a fault says that the disk is full."""
    return getattr(fault, "errno", None) == errno.ENOSPC or "disk is full" in str(fault) or "No space left" in str(fault)


def busy(fault: BaseException) -> bool:
    """Whether a fault says that the database could not be had just now, so that the same may work a moment later: others held what was wanted for too
    long, two waited for each other, no connection was to be had, or it broke (SQLSTATE 08, 40, 53, 55P03, 57P; none where no server answered)."""
    if not isinstance(fault, OperationalError | InterfaceError):
        return False
    if not is_postgres():
        return "locked" in str(fault) or "unable to open database file" in str(fault)
    state = getattr(fault.__cause__, "sqlstate", None)
    return state is None or state[:2] in ("08", "40", "53") or state[:3] == "57P" or state == "55P03"


def lock(name: str) -> None:
    """Hold a named lock until the transaction ends. SQLite's immediate transactions already hold the only write lock."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


class NewTables(migrations.Migration):
    """A migration of nothing but new tables. All their models enter the state before it is drawn, once; Django draws every related model anew after each."""

    def apply(self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False) -> ProjectState:
        """Create the tables; answers the state with their models. `collect_sql` adds no headings to what `sqlmigrate` prints."""
        before = project_state.clone()
        project_state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state
