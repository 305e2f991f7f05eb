"""Scope: which university's records a piece of code may see. An owned query outside a scope raises.

The scope is applied when a query is compiled, not when it is built, so querysets made at import time are safe, and it is applied to
every owned table of a join, so that the index that leads with the university is used throughout.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.sql import Query
from django.db.models.sql.datastructures import Join

T = TypeVar("T")
_scope: ContextVar[int | None] = ContextVar("causeway_scope", default=None)

#: Marks the rare code that works on the whole installation (backup, chain verification); opened only by `everywhere`.
EVERYWHERE = -1


class NoScope(RuntimeError):
    """An owned table was queried outside a scope."""


@contextmanager
def use(university: Any) -> Iterator[None]:
    """Open the scope of one university (the object or its id) for the block."""
    token = _scope.set(university if isinstance(university, int) else university.pk)
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def everywhere() -> Iterator[None]:
    """Open the whole installation for the block; for the installation's own upkeep, never for a page."""
    token = _scope.set(EVERYWHERE)
    try:
        yield
    finally:
        _scope.reset(token)


def within(university: Any, pieces: Iterator[T]) -> Iterator[T]:
    """The pieces of a streamed answer, each made in the scope of a university: the answer outlives the request's own."""
    end = object()
    while True:
        with use(university):
            piece = next(pieces, end)
        if piece is end:
            return
        yield piece  # type: ignore[misc]


def current() -> int:
    """The id of the university in scope; raises `NoScope` outside one."""
    here = _scope.get()
    if here is None or here == EVERYWHERE:
        raise NoScope("No university in scope: open one with scope.use(university).")
    return here


def current_or_none() -> int | None:
    """The id of the university in scope, or None."""
    here = _scope.get()
    return None if here in (None, EVERYWHERE) else here


_owned_tables: set[str] = set()


def register(model: type[models.Model]) -> None:
    """Make the model's table one that is always read in scope."""
    _owned_tables.add(model._meta.db_table)


class _ScopedJoin(Join):
    """A join to an owned table that keeps to the university in its ON clause, so outer joins stay outer."""

    def __init__(self, join: Join, university: int) -> None:
        self.__dict__.update(join.__dict__)
        self.university = university

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list]:
        sql, params = super().as_sql(compiler, connection)
        quoted = compiler.quote_name_unless_alias
        return f"{sql[:-1]} AND {quoted(self.table_alias)}.{quoted('university_id')} = %s)", [*params, self.university]


class ScopedQuery(Query):
    """A query that adds the scope to each owned table when it is compiled."""

    def get_compiler(self, using: str | None = None, connection: Any = None, elide_empty: bool = True) -> Any:
        here = _scope.get()
        if here is None:
            raise NoScope(f"{self.model._meta.label} belongs to a university; open a scope before reading it.")
        compiler = super().get_compiler(using=using, connection=connection, elide_empty=elide_empty)
        if here == EVERYWHERE or self.combinator:
            return compiler
        compiler.query = self.clone()
        compiler.__class__ = _scoping(type(compiler))
        compiler.university = here
        return compiler


_compilers: dict[type, type] = {}


def _scoping(base: type) -> type:
    """The backend's compiler class, taught to add the scope once it knows every join."""
    if base in _compilers:
        return _compilers[base]

    class ScopingCompiler(base):  # type: ignore[misc, valid-type]
        university: int

        def pre_sql_setup(self, with_col_aliases: bool = False) -> Any:
            made = super().pre_sql_setup(with_col_aliases)
            query = self.query
            for alias, table in list(query.alias_map.items()):
                if table.table_name not in _owned_tables or not query.alias_refcount.get(alias):
                    continue
                if isinstance(table, Join):
                    query.alias_map[alias] = _ScopedJoin(table, self.university)
                else:
                    self._scope_base(alias)
            return made

        def _order_by_pairs(self) -> Any:
            """Django hashes every selected column, to order by a column's place in place of its name. For whole rows, of forty columns and
            more with a join, that is the dearest part of writing a query, and the name does as well."""
            select = self.select
            if select and all(alias is None for _expression, _sql, alias in select):
                self.select = None
            try:
                return list(super()._order_by_pairs())
            finally:
                self.select = select

        def _scope_base(self, alias: str) -> None:
            quoted = self.quote_name_unless_alias
            condition = RawSQL(f"{quoted(alias)}.{quoted('university_id')} = %s", [self.university], models.BooleanField())
            where = self.query.where.__class__([condition], "AND")
            if self.where:
                where.children.append(self.where)
            self.where = where

    ScopingCompiler.__name__ = f"Scoping{base.__name__}"
    _compilers[base] = ScopingCompiler
    return ScopingCompiler


class OwnedQuerySet(models.QuerySet):
    """Rows of one university; the scope is applied when the query runs."""

    def __init__(self, model: Any = None, query: Any = None, using: str | None = None, hints: Any = None) -> None:
        super().__init__(model, query or (ScopedQuery(model) if model is not None else None), using, hints)

    def _in_scope(self) -> models.QuerySet:
        here = _scope.get()
        if here is None:
            raise NoScope(f"{self.model._meta.label} belongs to a university; open a scope before writing it.")
        return self if here == EVERYWHERE else self.filter(university_id=here)

    def update(self, **values: Any) -> int:
        return super(OwnedQuerySet, self._in_scope()).update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        return super(OwnedQuerySet, self._in_scope()).delete()

    delete.alters_data = True  # type: ignore[attr-defined]


OwnedManager = models.Manager.from_queryset(OwnedQuerySet)


class OwnedManagerPlain(OwnedManager):  # type: ignore[valid-type, misc]
    """The manager of every owned model."""
