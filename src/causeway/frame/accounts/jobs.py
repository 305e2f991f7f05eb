"""Work of accounts outside the request: sending letters, checking the audit chain."""

from __future__ import annotations

from typing import Any

from causeway.frame import audit, jobs, scope
from causeway.frame.accounts import mail

VERIFY = "audit.verify"


@jobs.handler("accounts.mail", tries=5)
def send_letter(_progress: jobs.Progress, sealed: str) -> None:
    mail.deliver(sealed)


@jobs.handler(VERIFY, tries=1)
def verify_chain(_progress: jobs.Progress) -> dict[str, Any]:
    """Recompute the audit chain of the university in scope."""
    report = audit.verify(scope.current())
    return {"checked": report.checked, "unsealed": report.unsealed, "faults": list(report.faults[:200])}
