"""What the assets room does when a lower room tells it something."""

from __future__ import annotations

from causeway.frame import access, events, scope
from causeway.rooms.assets import selectors, services
from causeway.rooms.docket import selectors as docket
from causeway.rooms.docket.events import MattersChanged

ROOM_ORDER = 5


def _matters_changed(event: MattersChanged) -> None:
    actor = access.system(scope.current())
    services.told_copy(actor=actor, matters=list(event.next_due))
    services.next_due_copy(actor=actor, matters=event.next_due)


events.listen(MattersChanged, ROOM_ORDER, _matters_changed)
docket.STANDS_FOR.append(selectors.page_of)
docket.GAPS.append(selectors.gaps)
docket.FORECASTS["family"] = selectors.cost_by_family
