"""One `Resource` per model: columns, filters, form, services, actions; pages, export and API follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from causeway.engines.kernel import Money
from causeway.frame import access, search
from causeway.frame.access import Actor
from causeway.kit import telling
from causeway.kit.exporting import major
from causeway.kit.show import address, escaped

#: How many rows a page has, and where counting stops.
PAGE = 50
COUNT_LIMIT = 10_000


@dataclass(frozen=True)
class Column:
    """A column of a list: `value(obj)` gives its plain value for exports and the API, `show(obj)` its cell.

    sort: the field it sorts by (indexed, university first); css: classes of its cells; link: the cell opens the record;
    second: a second line; hide: "md" or "lg", below which width the column goes; cells, seconds: make `cell` and `second` for one
    page, where something is the same in all of its rows (the language, today); currency: of an amount in minor units, which files and
    the API give as a number in major units with its currency beside it.
    """

    name: str
    label: Any
    value: Callable[[Any], Any]
    cell: Callable[[Any], Any] | None = None
    sort: str = ""
    link: bool = False
    second: Callable[[Any], Any] | None = None
    hide: str = ""
    css: str = ""
    cells: Callable[[], Callable[[Any], Any]] | None = None
    seconds: Callable[[], Callable[[Any], Any]] | None = None
    currency: Callable[[Any], str] | None = None

    def titles(self) -> dict[str, Any]:
        """Names and titles of what files and the API give of it."""
        return {self.name: self.label} | ({"currency": _("Currency")} if self.currency else {})

    def values(self, obj: Any) -> list[Any]:
        """What files and the API give of it, in the order of its titles."""
        if self.currency is None:
            return [self.value(obj)]
        currency = self.currency(obj)
        return [major(self.value(obj), currency), currency]

    def classes(self) -> str:
        """The classes of its cells."""
        return f"{self.css} d-none d-{self.hide}-table-cell".strip() if self.hide else self.css

    @cached_property
    def opening(self) -> str:
        """How its cells open."""
        return f'<td class="{escaped(self.classes())}">'

    def writer(self) -> Callable[[Any, str], str]:
        """What writes its cells on one page, from a record and its address."""
        show = self.cells() if self.cells else self.cell or self.value
        opening, link, second = self.opening, self.link, self.seconds() if self.seconds else self.second

        def write(obj: Any, url: str) -> str:
            text = escaped(show(obj))
            if link:
                text = f'<a class="cw-what" href="{url}">{text}</a>'
            if second and (more := second(obj)):
                text += f'<span class="cw-sub">{escaped(more)}</span>'
            return f"{opening}{text}</td>"

        return write


@dataclass(frozen=True)
class Filter:
    """A filter in the address: `options(actor)` lists what can be chosen, `apply(queryset, value)` narrows."""

    name: str
    label: Any
    options: Callable[[Actor], Sequence[tuple[str, Any]]]
    apply: Callable[[QuerySet, str], QuerySet]


@dataclass(frozen=True)
class Action:
    """Something done to one record (or many, where `bulk`): a form asks, a service does. `when(obj)` hides it where it makes no sense.

    text: what its page says first, or what writes that from the actor and the record; undo: the key of the action that takes it back.
    """

    key: str
    label: Any
    service: Callable[..., Any]
    form: type | None = None
    icon: str = "dots"
    permission: str = ""
    grave: bool = False
    bulk: bool = False
    main: bool = False
    text: Any = ""
    done: Any = ""
    when: Callable[[Any], bool] | None = None
    undo: str = ""

    def says(self, actor: Actor, obj: Any) -> Any:
        """What its page says first about a record."""
        return self.text(actor, obj) if callable(self.text) else self.text


@dataclass(frozen=True)
class Panel:
    """A part of a record's page: `context(request, obj)` feeds its template; None hides it."""

    template: str
    context: Callable[[Any, Any], dict[str, Any] | None]
    side: bool = False


@dataclass(frozen=True)
class Next:
    """What a record's page says to do next: one sentence that names the day and who must act, and the page where it is done."""

    text: Any
    url: str = ""
    label: Any = ""


@dataclass
class Resource:
    """All pages of a model. Services write; `access` decides; rows come in sight of the actor alone."""

    model: type[models.Model]
    key: str
    label: Any
    label_plural: Any
    icon: str
    columns: list[Column]
    props: Callable[[Any], list[tuple[Any, Any, Any]]]
    filters: list[Filter] = field(default_factory=list)
    #: Fields whose words and numbers find a record. Where its table is too large to be indexed for search, `text` narrows by the text and the
    #: ids of what was found of `text_of`, on which the records hang.
    search: list[str] = field(default_factory=list)
    text: Callable[[str, list[int]], Q] | None = None
    text_of: type[models.Model] | None = None
    order: tuple[str, ...] = ("-pk",)
    #: Records its page reads along with it, and those its list does (the same where None).
    related: tuple[str, ...] = ()
    listed: tuple[str, ...] | None = None
    form: type | None = None
    create: Callable[..., Any] | None = None
    update: Callable[..., Any] | None = None
    trash: Callable[..., Any] | None = None
    restore: Callable[..., Any] | None = None
    actions: list[Action] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    next: Callable[[Actor, Any], Next | None] | None = None
    head_actions: Callable[[Actor], list[dict[str, Any]]] | None = None
    record_actions: Callable[[Actor, Any], list[dict[str, Any]]] | None = None
    exporting: tuple[str, ...] = ("csv", "xlsx", "json")
    identity: Callable[[Any], list[Any]] | None = None
    group: str = "portfolio"
    menu_order: int = 50
    menu: bool = True
    empty_title: Any = ""
    empty_text: Any = ""
    amount: Callable[[Any], tuple[int | None, str]] | None = None

    @property
    def path(self) -> str:
        """The first part of its addresses."""
        return f"{self.key}s" if not self.key.endswith("y") else f"{self.key[:-1]}ies"

    def __getattr__(self, name: str) -> str:
        """Names of its routes: route_list, route_detail, route_new, ..."""
        if name.startswith("route_"):
            return f"kit:{self.key}_{name.removeprefix('route_')}"
        raise AttributeError(name)

    def rows(self, actor: Actor, *, trash: bool = False) -> QuerySet:
        """The rows the actor sees, with what the columns need."""
        rows = access.visible(actor, self.model._default_manager.all())
        if self.trash is not None:
            rows = rows.exclude(trashed_at=None) if trash else rows.filter(trashed_at=None)
        related = self.related if self.listed is None else self.listed
        return rows.select_related(*related) if related else rows

    def may(self, actor: Actor | None, verb: str, obj: Any = None) -> bool:
        """Whether the actor may do a verb (view, create, update, trash) here."""
        return access.may(actor, f"{self.key}.{verb}", obj).allowed

    def chosen(self, names: Sequence[str]) -> list[Column]:
        """The columns to show: those named, with the one that opens the record; all where none is named."""
        found = [column for column in self.columns if column.name in names or (names and column.link)]
        return found or self.columns

    def rows_html(self, rows: Iterable[Any], picked: bool, columns: Sequence[Column] | None = None) -> list[SafeString]:
        """Rows of the list; plain joins of escaped parts, for speed."""
        writers = [column.writer() for column in columns or self.columns]
        route, made = self.route_detail, []
        for obj in rows:
            url = address(route, obj.pk)
            cells = "".join([write(obj, url) for write in writers])
            made.append(SafeString(f"<tr>{self._pick(obj) if picked else ''}{cells}</tr>"))
        return made

    def _pick(self, obj: Any) -> str:
        minor, currency = self.amount(obj) if self.amount else (None, "")
        value = Money(minor, currency).text() if minor is not None else "0"
        return (
            f'<td class="cw-check"><input class="form-check-input" type="checkbox" name="pick" value="{obj.pk}" data-amount="{value}" '
            f'data-currency="{escaped(currency) if minor is not None else ""}" aria-label="{escaped(str(obj))}"></td>'
        )


_resources: dict[str, Resource] = {}
_panels: dict[str, list[Panel]] = {}
_nexts: dict[str, list[Callable[[Actor, Any], Next | None]]] = {}


def register(resource: Resource) -> Resource:
    """Give a model its pages; called in a room's resources.py."""
    _resources[resource.key] = resource
    telling.declare(resource.model._meta.label_lower, resource.key, resource.label)
    if resource.search and resource.text is None:
        search.source(resource.model, lambda obj: _findable(resource, obj))
    return resource


def _findable(resource: Resource, obj: Any) -> search.Entry | None:
    """What search keeps of a record; nothing of one in the trash."""
    if getattr(obj, "trashed_at", None) is not None:
        return None
    words = [str(getattr(obj, name) or "") for name in resource.search]
    try:
        url = reverse(resource.route_detail, args=[obj.pk])
    except NoReverseMatch:
        url = ""
    return search.Entry(title=str(obj), subtitle=words[-1] if words else "", words=words, url=url)


def panel(key: str, one: Panel) -> None:
    """Hang a higher room's panel on a lower room's page."""
    _panels.setdefault(key, []).append(one)


def panels_of(resource: Resource) -> list[Panel]:
    """A resource's own panels and those of higher rooms."""
    return [*resource.panels, *_panels.get(resource.key, [])]


def suggest(key: str, one: Callable[[Actor, Any], Next | None]) -> None:
    """Let a higher room say what is next on a lower room's page."""
    _nexts.setdefault(key, []).append(one)


def next_of(resource: Resource, actor: Actor, obj: Any) -> Next | None:
    """What is next for a record: its own room's word first, then those of higher rooms."""
    for ask in [*([resource.next] if resource.next else []), *_nexts.get(resource.key, [])]:
        if found := ask(actor, obj):
            return found
    return None


def named(key: str) -> Resource:
    """The resource of a key; KeyError for an unknown one."""
    return _resources[key]


def resources() -> list[Resource]:
    """Every resource, by key."""
    return [_resources[key] for key in sorted(_resources)]
