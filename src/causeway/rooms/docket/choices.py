"""Words of the docket that other rooms and adapters use too."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Right(models.TextChoices):
    """Kinds of right."""

    PATENT = "patent", _("Patent")
    UTILITY_MODEL = "utility_model", _("Utility model")
    DESIGN = "design", _("Design")
    TRADE_MARK = "trade_mark", _("Trade mark")
    UNITARY = "unitary", _("Unitary patent")
    SOFTWARE_COPYRIGHT = "software_copyright", _("Software copyright")
    PLANT_VARIETY = "plant_variety", _("Plant variety")
    IC_LAYOUT = "ic_layout", _("Layout-design")
    KNOW_HOW = "know_how", _("Know-how")
    SPC = "spc", _("Supplementary protection certificate")


class Medium(models.TextChoices):
    """How an office sent a notice."""

    ELECTRONIC = "electronic", _("electronically")
    POST = "post", _("by post")
    HAND = "hand", _("handed over")
    PUBLIC_NOTICE = "public_notice", _("by public notice")


class Source(models.TextChoices):
    """Where an event was learnt from."""

    HAND = "hand", _("by hand")
    IMPORT = "import", _("import")
    REGISTER = "register", _("register")


class State(models.TextChoices):
    """What became of a deadline."""

    OPEN = "open", _("open")
    INSTRUCTED = "instructed", _("instructed")
    DONE = "done", _("done")
    WAIVED = "waived", _("waived")
    MET = "met", _("met by an event")
    CLOSED = "closed", _("closed")


#: States in which a deadline still waits for somebody.
WAITING = (State.OPEN, State.INSTRUCTED)


class Instruction(models.TextChoices):
    """What the agent is told about a fee."""

    PAY = "pay", _("pay")
    ABANDON = "abandon", _("give up")
    ASK = "ask", _("ask the inventors")


class Answer(models.TextChoices):
    """What an inventor answers when asked about a fee."""

    KEEP = "keep", _("keep it")
    GIVE_UP = "give_up", _("give it up")
    NONE = "none", _("no view")
