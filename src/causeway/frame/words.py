"""Verbs and kinds of the audit trail in words, for every page that shows them."""

from __future__ import annotations

from functools import lru_cache

from django.apps import apps
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _


@lru_cache(maxsize=20)
def _verbs(_language: str | None) -> dict[str, str]:
    """Verbs in words, made once for each language."""
    return {
        "create": _("Added"), "update": _("Changed"), "change": _("Changed"), "trash": _("Put into the trash"), "restore": _("Restored"),
        "import": _("Brought in by an import"), "own": _("Owners set"), "inventors": _("Inventors set"), "done": pgettext("verb", "Done"),
        "undo": _("Opened again"), "waive": _("Waived"), "confirm": _("Confirmed"), "instruct": _("Instructed"), "extend": _("Extended"),
        "reassign": _("Given to another person"), "record": _("Event recorded"), "correct": _("Event corrected"), "withdraw": _("Withdrawn"),
        "end": _("Ended"), "next": _("Next date copied"), "recompute": _("Computed anew"), "choose": _("Setting chosen"), "store": _("File kept"),
        "note": _("Note added"), "revoke": _("Revoked"), "make": _("Made"), "give": _("Given"), "invite": _("Invited"), "enable": _("Switched on"),
        "disable": _("Switched off"), "rotate": _("New key made"), "close": pgettext("verb", "Closed"), "open": pgettext("verb", "Opened"),
        "retry": _("Tried again"), "snooze": _("Snoozed"), "copy": _("Copied"), "order": _("Ordered"), "document": _("File attached"),
        "cost": _("Cost recorded"), "link": _("Linked"), "erase": _("Personal data erased"), "configure": _("Settings changed"),
        "deactivate": _("Account closed"), "reactivate": _("Account opened again"), "resend": _("Sent again"), "accept": _("Accepted"), "send": _("Sent"),
        "adopt": _("Adopted"), "propose": _("Put before the deciders"), "publish": _("Published"), "vote": _("Voted"), "draft": _("Drafted"),
        "approve": _("Approved"), "submit": _("Handed in"), "hand_in": _("Handed in"), "contribute": _("Handed in"), "take_back": _("Taken back"),
        "share": _("Released"), "release": _("Released"), "receive": _("Received"), "take": _("Received"), "package": _("Received"), "meet": _("Added"),
        "trust": _("Trusted"), "step": _("Step"), "answer": _("Answered"), "write": _("Answered"), "replay": _("Computed again"), "reopen": _("Opened again"),
        "supersede": _("Superseded"), "superseded": _("Superseded"), "remove": _("Removed"), "photo_remove": _("Removed"), "figure_remove": _("Removed"),
        "declare": _("Declared"), "cast": _("Voted"), "rename": _("Changed"), "edit": _("Changed"), "chapters": _("Changed"), "contact": _("Changed"),
        "build": _("Changed"), "start": _("Begun"), "section_done": pgettext("verb", "Done"), "delegate": _("Given to another person"), "remind": _("Reminded"),
        "figures": _("Figures set"), "figure": _("Figures set"), "enter": _("Figures set"), "photo": _("File attached"), "keep": _("File kept"),
        "version": _("Version kept"), "read": _("Brought in by an import"), "decided": _("Decided"), "claim": _("Linked"), "translate": _("Translated"),
    }  # fmt: skip


def verb_words(verb: str) -> str:
    """A verb of the audit trail in words: "asset.trash" becomes "Put into the trash"."""
    last = verb.rpartition(".")[2]
    return _verbs(get_language()).get(last, last.replace("_", " ").capitalize())


def kind_words(label: str) -> str:
    """The kind of record a label names: "assets.asset" becomes "asset"; the label itself for one that is no more."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label
