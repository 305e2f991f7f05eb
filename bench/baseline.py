"""The database's own bulk load of the rows a docketing has just written, into a table of the same columns, keys and indexes beside it."""

from __future__ import annotations

import re
import time

from django.db import connection, transaction

from causeway.frame import db
from causeway.rooms.docket.models import Deadline

TABLE, CLONE = Deadline._meta.db_table, "bench_deadline"
CLOCK = time.perf_counter
FIELDS = [f for f in Deadline._meta.concrete_fields if f.name != "id" and not f.generated]


def clone_table() -> None:
    """An empty table like that of the deadlines: columns, primary key, foreign keys, constraints and every index."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {CLONE}")
        if db.is_postgres():
            cursor.execute(f"CREATE TABLE {CLONE} (LIKE {TABLE} INCLUDING ALL)")
            cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass", [TABLE])
            for (definition,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {CLONE} ADD {definition}")
            return
        cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL ORDER BY type DESC, name", [TABLE])
        for (definition,) in cursor.fetchall():
            text = definition.replace(f'"{TABLE}"', f'"{CLONE}"')
            cursor.execute(re.sub(r'INDEX "([^"]+)"', r'INDEX "bench_\1"', text))


def drop_clone() -> None:
    """Take the table away again."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {CLONE}")


def load_again(after: int) -> tuple[int, float]:
    """Load the deadlines with ids beyond `after` into the clone in one transaction; how many, and the seconds of the load and its commit alone."""
    rows = list(Deadline.objects.filter(pk__gt=after).order_by("pk").values_list(*[f.attname for f in FIELDS]))
    rows = [tuple(value.isoformat() if hasattr(value, "isoformat") else value for value in row) for row in rows]
    columns = ", ".join(f'"{f.column}"' for f in FIELDS)
    began = CLOCK()
    with transaction.atomic(), connection.cursor() as cursor:
        if db.is_postgres():
            with cursor.copy(f"COPY {CLONE} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {CLONE} ({columns}) VALUES ({', '.join(['%s'] * len(FIELDS))})", rows)
    return len(rows), CLOCK() - began
