"""The composition root: which adapter stands behind which room's port. Only this module imports adapters."""

from causeway.adapters.portfolio import FileReader
from causeway.rooms.assets import importing


def connect() -> None:
    """Tie adapters to ports."""
    importing.reader = FileReader()
