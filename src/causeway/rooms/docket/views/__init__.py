"""Pages of the docket that are not lists of the kit's shape."""

from causeway.rooms.docket.views.events import correct, facts, record, record_choose, withdraw
from causeway.rooms.docket.views.feed import feed, feed_pages
from causeway.rooms.docket.views.law import law
from causeway.rooms.docket.views.lists import board, calendar, docket, gaps, matter, missing, proof, proof_page, proof_preview
from causeway.rooms.docket.views.renewals import order_file, renewals

__all__ = [
    "board", "calendar", "correct", "docket", "facts", "feed", "feed_pages", "gaps", "law", "matter", "missing", "order_file", "proof", "proof_page", "proof_preview",
    "record", "record_choose", "renewals", "withdraw",
]  # fmt: skip
