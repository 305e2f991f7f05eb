"""Tables of the network: cases of a university, copies released to the network, guides made of them; questionnaires,
benchmarks, registries and what is exchanged between installations; offers and their shared copies."""

from causeway.rooms.network.models.benchmarks import (
    Collection,
    Contribution,
    Edition,
    EditionCell,
    EditionTrail,
    FigureState,
    OwnFigure,
    PeerGroup,
)
from causeway.rooms.network.models.cases import Case, CaseContact, CaseFigure, CasePhoto, CaseVersion, GuideDocument
from causeway.rooms.network.models.exchange import Installation, Package, ReceivedPack, ReleasedFile
from causeway.rooms.network.models.guide import Guide
from causeway.rooms.network.models.library import Release, ReleaseFacet, ReviewNote, Shelf, ShelfWord
from causeway.rooms.network.models.offers import Offer, SharedOffer
from causeway.rooms.network.models.questionnaires import (
    Answer,
    Answering,
    Delegation,
    FrozenAnswers,
    Interview,
    Invited,
    Questionnaire,
    Round,
)
from causeway.rooms.network.models.registry import Institution, InstitutionName, RegistryLoad

__all__ = [
    "Answer", "Answering", "Case", "CaseContact", "CaseFigure", "CasePhoto", "CaseVersion", "Collection", "Contribution", "Delegation", "Edition", "EditionCell", "EditionTrail", "FigureState", "FrozenAnswers", "Guide", "GuideDocument", "Installation", "Institution", "InstitutionName", "Interview", "Invited", "Offer", "OwnFigure", "Package", "PeerGroup", "Questionnaire", "ReceivedPack", "RegistryLoad", "Release", "ReleaseFacet", "ReleasedFile", "ReviewNote", "Round", "SharedOffer", "Shelf", "ShelfWord",
]  # fmt: skip
