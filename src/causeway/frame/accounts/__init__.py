"""Accounts: signing in, invitations, grants, keys to the API, settings and the audit log; on django-allauth, without open sign-up."""


def ready() -> None:
    """Load what registers itself: rights, jobs and declared settings."""
    from causeway.frame.accounts import declared, jobs, rights  # noqa: F401
