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
        "reassign": _("Given to another person"), "record": _("Event recorded"), "correct": _("Event corrected"), "withdraw": _("Withdrawn"), "cancel": _("Cancelled"),
        "end": _("Ended"), "next": _("Next date copied"), "recompute": _("Computed anew"), "choose": _("Setting chosen"), "store": _("File kept"),
        "note": _("Note added"), "revoke": _("Revoked"), "make": _("Made"), "give": _("Given"), "invite": _("Invited"), "enable": _("Switched on"),
        "disable": _("Switched off"), "rotate": _("New key made"), "close": pgettext("verb", "Closed"), "open": pgettext("verb", "Opened"),
        "retry": _("Tried again"), "snooze": _("Snoozed"), "copy": _("Copied"), "order": _("Ordered"), "document": _("File attached"),
        "cost": _("Cost recorded"), "link": _("Linked"), "erase": _("Personal data erased"), "configure": _("Settings changed"),
        "deactivate": _("Account closed"), "reactivate": _("Account opened again"), "resend": _("Sent again"), "accept": _("Accepted"), "send": _("Sent"),
        "adopt": _("Adopted"), "propose": _("Put before the deciders"), "publish": _("Published"), "vote": _("Voted"), "draft": _("Drafted"),
        "approve": _("Approved"), "submit": _("Handed in"), "hand_in": _("Handed in"), "contribute": _("Handed in"), "take_back": _("Taken back"),
        "share": _("Released"), "release": _("Released"), "receive": _("Received"), "take": _("Received"), "package": _("Received"), "meet": _("Added"),
        "trust": _("Trusted"), "step": _("Next step opened"), "answer": _("Answered"), "write": _("Answered"), "replay": _("Computed again"), "reopen": _("Opened again"),
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


@lru_cache(maxsize=20)
def _acts(_language: str | None) -> dict[str, str]:
    """What acts do, in words, made once for each language."""
    return {
        "*": _("everything"), "view": pgettext("act", "Read"), "create": _("Add"), "make": _("Add"), "start": _("Begin"), "update": _("Edit"), "build": _("Edit"), "write": _("Write"), "trash": pgettext("act", "Put into the trash"),
        "restore": _("Restore"), "remove": _("Remove"), "import": _("Bring in"), "import_each": _("Bring in for many universities"), "note": _("Add a note"), "document": _("Attach a file"),
        "contact": _("Edit the contact"), "end": _("End"), "close": _("Close"), "reopen": _("Open again"), "undo": _("Undo"), "withdraw": _("Withdraw"), "take_back": _("Take back"),
        "cancel": pgettext("act", "Cancel"), "submit": _("Hand in"), "share": _("Release"), "publish": _("Publish"), "review": _("Review"), "merge": _("Make it a version"), "copy": _("Copy"),
        "done": _("Record as done"), "instruct": _("Instruct"), "answer": pgettext("act", "Answer"), "confirm": _("Confirm"), "reassign": _("Give to another person"),
        "extend": _("Extend"), "snooze": _("Snooze"), "waive": _("Let it pass"), "record": _("Record"), "correct": _("Correct"), "recompute": _("Compute anew"),
        "replay": _("Compute anew"), "propose": _("Put before the deciders"), "adopt": _("Adopt"), "simulate": _("Try out"), "act": pgettext("act", "Settle"), "declare": _("Declare"),
        "vote": _("Vote"), "decline": _("Decline"), "delegate": _("Give to another person"), "invite": _("Invite"), "remind": _("Remind"), "give": _("Give"), "send": _("Send"),
        "receive": _("Receive"), "trust": _("Trust"), "resend": _("Send again"), "retry": _("Try again"), "revoke": _("Revoke"), "rotate": _("Make a new key"), "test": _("Test"),
        "enable": _("Switch on"), "disable": _("Switch off"), "deactivate": _("Close the account"), "reactivate": _("Open the account again"), "erase": _("Erase"),
        "configure": _("Change the settings"), "verify": _("Verify"), "claim": _("Link"), "leave": _("Leave"), "count": _("Count"), "enter": _("Enter"), "group": _("Make groups"),
    }  # fmt: skip


@lru_cache(maxsize=20)
def _things(_language: str | None) -> dict[str, str]:
    """What acts are done to, in words: the name of the model, or what stands here for what is none."""
    models = {model._meta.model_name: str(model._meta.verbose_name) for model in apps.get_models() if not model._meta.app_label.startswith(("auth", "content", "sessions"))}
    return models | {
        "*": _("everything"), "answer": _("computed amount"), "audit": _("Audit log"), "benchmark": _("Benchmarks"), "catalogue": _("Catalogue"), "event": _("event"), "exchange": _("Exchange"), "frozen": _("Answers handed in"),
        "indicator": _("Indicators"), "library": _("Library"), "member": _("Members"), "network": _("Network"), "pack": _("Packs"), "refusal": _("Rules that give no date"),
        "registry": _("Register of institutions"), "today": _("Today"), "token": _("Keys to the API"), "work": _("Work in the background"),
    }  # fmt: skip


def act_words(action: str) -> tuple[str, str]:
    """An act of `access` in words, the thing first: "asset.trash" becomes ("Asset", "Put into the trash")."""
    thing, _dot, act = action.partition(".")
    language = get_language()
    said = _things(language).get(thing, thing)
    return said[:1].upper() + said[1:], _acts(language).get(act, act.replace("_", " ").capitalize())


def scope_words(scopes: list[str]) -> list[str]:
    """What a key may do, a line for each thing: ["asset.view", "asset.trash"] becomes ["Asset: Read, Put into the trash"]."""
    plain = {"*": _("do whatever I may do"), "*.view": _("read what I may read")}
    made: dict[str, list[str]] = {}
    for scope in scopes:
        if scope not in plain:
            thing, act = act_words(scope)
            made.setdefault(thing, []).append(act)
    return [plain[scope] for scope in scopes if scope in plain] + [f"{thing}: {', '.join(acts)}" for thing, acts in made.items()]
