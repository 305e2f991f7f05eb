"""Pages of people, units and organisations."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from causeway.frame import audit, trash
from causeway.kit import menu
from causeway.kit.resource import Action, Column, Filter, Resource, register
from causeway.kit.show import day
from causeway.rooms.people import services
from causeway.rooms.people.forms import EraseForm, OrganisationForm, PersonForm, UnitForm
from causeway.rooms.people.models import Organisation, Person, Unit
from causeway.rooms.people.selectors import unit_choices


def _erasure(actor: Any, obj: Person) -> str:
    """What erasing a person does, and what it does not."""
    told = ngettext("one entry", "%(n)s entries", kept := audit.personal_entries("people.person", obj.pk)) % {"n": kept}
    return _(
        "On the person's own request: name, e-mail, ORCID and the tie to an account go, here and from %(told)s of the history. Where the person stands, as an inventor or "
        "with an outside agent, it says “Erased person”; shares and dates stay. An account, files, notes and mail are not touched: look for those yourself. There is no way back."
    ) % {"told": told}


person = register(
    Resource(
        model=Person, key="person", label=_("person"), label_plural=_("people"), icon="users", group="knowledge", order=("name", "pk"),
        related=("unit", "organisation", "user"), search=["name", "name_native", "email"], form=PersonForm, create=services.person_create,
        update=services.person_update, trash=trash.put, restore=trash.bring_back,
        columns=[
            Column("name", _("Name"), lambda o: o.name, sort="name", link=True, second=lambda o: o.name_native),
            Column("unit", _("Unit"), lambda o: o.unit.name if o.unit else "", hide="md"),
            Column("organisation", _("Organisation"), lambda o: o.organisation.name if o.organisation else "", hide="md"),
            Column("email", _("E-mail"), lambda o: o.email, hide="lg"),
            Column("account", _("Account"), lambda o: _("yes") if o.user_id else _("none"), hide="lg"),
        ],
        actions=[Action("erase", _("Erase"), services.person_erase, EraseForm, done=_("Erased."), icon="circle-x", grave=True, text=_erasure, when=lambda o: not o.erased_on)],
        filters=[Filter("unit", _("Unit"), lambda actor: unit_choices(), lambda rows, value: rows.filter(unit_id=value))],
        props=lambda o: [(_("Name in own script"), o.name_native, ""), (_("E-mail"), o.email, ""), (_("Unit"), o.unit, ""), (_("Organisation"), o.organisation, ""),
                         ("ORCID", o.orcid, ""), (_("Left on"), day(o.left_on), ""), (_("Erased on"), day(o.erased_on), "")],
        empty_title=_("Nobody is here yet"), empty_text=_("Inventors, colleagues and agents stand here; an import adds the inventors it names."),
    )
)  # fmt: skip

organisation = register(
    Resource(
        model=Organisation, key="organisation", label=_("organisation"), label_plural=_("organisations"), icon="building", group="knowledge", order=("name", "pk"),
        search=["name"], form=OrganisationForm, create=services.organisation_create, update=services.organisation_update, trash=trash.put,
        restore=trash.bring_back,
        columns=[
            Column("name", _("Name"), lambda o: o.name, sort="name", link=True),
            Column("kind", _("Kind"), lambda o: o.get_kind_display(), hide="md"),
            Column("country", _("Country"), lambda o: o.country, hide="md"),
        ],
        filters=[Filter("kind", _("Kind"), lambda actor: Organisation.Kind.choices, lambda rows, value: rows.filter(kind=value))],
        props=lambda o: [(_("Kind"), o.get_kind_display(), ""), (_("Country"), o.country, ""), (_("Other names"), ", ".join(o.aliases), "")],
        empty_title=_("No organisation yet"), empty_text=_("Co-owners, agents, companies and funders stand here."),
    )
)  # fmt: skip

unit = register(
    Resource(
        model=Unit, key="unit", label=_("unit"), label_plural=_("units"), icon="sitemap", group="knowledge", order=("name", "pk"), related=("parent",),
        search=["name", "code"], form=UnitForm, create=services.unit_create, update=services.unit_update,
        columns=[
            Column("name", _("Name"), lambda o: o.name, sort="name", link=True),
            Column("code", _("Code"), lambda o: o.code, hide="md"),
            Column("parent", _("Part of"), lambda o: o.parent.name if o.parent else "", hide="md"),
        ],
        props=lambda o: [(_("Code"), o.code, ""), (_("Part of"), o.parent, "")],
        empty_title=_("No unit yet"), empty_text=_("Faculties, institutes and laboratories; costs and forecasts are shown by unit."),
    )
)  # fmt: skip

menu.add(menu.Entry("kit:person_list", "users", _("People"), "knowledge", "person.view", 80))
menu.add(menu.Entry("kit:organisation_list", "building", _("Organisations"), "knowledge", "organisation.view", 81))
menu.add(menu.Entry("kit:unit_list", "sitemap", _("Units"), "knowledge", "unit.view", 82))
