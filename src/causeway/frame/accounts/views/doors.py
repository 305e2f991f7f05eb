"""Who may open a page, and how refusals of a service come back to its form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from causeway.frame import access

View = Callable[..., HttpResponseBase]


def page(action: str) -> Callable[[View], View]:
    """A page for those who may do the action, who are its second argument; others are sent to sign in, or told why not."""

    def wrap(view: View) -> View:
        @never_cache
        @login_required
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = request.actor  # type: ignore[attr-defined]
            access.require(actor, action)
            return view(request, actor, *args, **kwargs)

        return opened

    return wrap


def own(view: View) -> View:
    """A page of the signed-in person's own, whatever their roles."""
    return never_cache(login_required(view))


def attempt(form: BaseForm, act: Callable[[], Any]) -> Any:
    """Call a service; what it refuses or finds wrong becomes errors of the form, and the answer is None."""
    try:
        return act() or True
    except access.Refused as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as fault:
        told = fault.message_dict if hasattr(fault, "error_dict") else {NON_FIELD_ERRORS: fault.messages}
        for name, texts in told.items():
            field = name.replace(".", "_")
            form.add_error(field if field in form.fields else None, texts)
    return None


def told(request: HttpRequest, act: Callable[[], Any], done: str) -> None:
    """Call a service from a button; its outcome is a message on the next page."""
    try:
        act()
    except access.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
