"""The form of a guide."""

from __future__ import annotations

from causeway.kit.forms import ModelForm
from causeway.rooms.network.models import Guide


class GuideForm(ModelForm):
    """What stands in front of a guide."""

    class Meta:
        model = Guide
        fields = ["title", "subtitle", "edition", "dated", "language", "editors", "publisher", "introduction", "acknowledgements", "licence", "citation", "acronyms", "contacts"]
