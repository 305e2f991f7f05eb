"""Tables of the network: cases of a university, copies released to the network, guides made of them."""

from causeway.rooms.network.models.cases import Case, CaseContact, CaseFigure, CasePhoto, CaseVersion, GuideDocument
from causeway.rooms.network.models.guide import Guide
from causeway.rooms.network.models.library import Release, ReleaseFacet, ReviewNote

__all__ = ["Case", "CaseContact", "CaseFigure", "CasePhoto", "CaseVersion", "Guide", "GuideDocument", "Release", "ReleaseFacet", "ReviewNote"]
