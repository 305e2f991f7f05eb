"""Letters: in the receiver's language, twice the same, stoppable, and nowhere kept or logged."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as sent
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from structlog.testing import capture_logs

from causeway.frame import access, mail, outbox, preferences
from causeway.frame.models import OutboxMessage, Setting

pytestmark = [pytest.mark.django_db, pytest.mark.urls("causeway.frame.tests.urls")]


@pytest.fixture(autouse=True)
def _letters(settings, tmp_path):
    """Letters of the tests: "plain" of text only, "rich" with its own HTML."""
    for name, text in {
        "plain_subject.txt": "{% load i18n %}{% get_current_language as spoken %}{{ spoken }}:\n {{ what|safe }}",
        "plain_message.txt": "Dear {{ user.name|safe }},\n\nsee {{ base_url }}/x?a=1&b=2\n<b>{{ what|safe }}</b>\n",
        "rich_subject.txt": "Summary",
        "rich_message.txt": "Stop: {{ stop_url }}",
        "rich_message.html": "<h1>{{ what }}</h1><p class='late'>x</p><a class='button' href='{{ stop_url }}'>stop</a>",
    }.items():
        (tmp_path / name).write_text(text)
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    settings.BASE_URL = "https://tto.example.org"


@pytest.fixture
def reader(make_user):
    return make_user("office", email="ada@example.org", name="Ada, Lang")


def test_a_letter_goes_out_in_text_and_html(reader):
    mail.send(to=reader, template="plain", context={"what": "<Łódź> & more"})
    outbox.deliver_due()
    (letter,) = sent.outbox
    assert letter.to == ['"Ada, Lang" <ada@example.org>'] and letter.subject == "en: <Łódź> & more"
    assert "see https://tto.example.org/x?a=1&b=2" in letter.body
    ((page, kind),) = [(part.content, part.mimetype) for part in letter.alternatives]
    assert kind == "text/html" and '<a href="https://tto.example.org/x?a=1&amp;b=2"' in page
    assert "&lt;b&gt;&lt;Łódź&gt; &amp; more&lt;/b&gt;" in page and "<style" not in page
    assert letter.message()["Message-ID"].endswith("@tto.example.org>") and "List-Unsubscribe" not in letter.message()
    assert letter.message().is_multipart()


def test_looks_stand_on_each_element_and_values_are_escaped(reader):
    mail.send(to=reader, template="rich", context={"what": "<script>"}, stop="mail.digest")
    outbox.deliver_due()
    page = sent.outbox[0].alternatives[0].content
    assert f'<h1 style="{mail.STYLE["h1"]}">&lt;script&gt;</h1>' in page and mail.STYLE[".late"] in page and "class=" not in page
    assert mail.STYLE[".button"] in page and page.startswith("<!doctype html>")


@pytest.mark.parametrize(("own", "university_speaks", "spoken"), [("zh-hans", "en", "zh-hans"), ("", "zh-hans", "zh-hans"), ("en", "zh-hans", "en")])
def test_the_receivers_language(reader, university, own, university_speaks, spoken):
    reader.language, university.language = own, university_speaks
    reader.save()
    university.save()
    mail.send(to=reader, template="plain", context={"what": ""})
    outbox.deliver_due()
    letter = sent.outbox[0]
    assert letter.message()["Content-Language"] == spoken and letter.subject.startswith(spoken)


def test_nothing_is_kept_of_a_letter_that_was_sent(reader):
    mail.send(to=reader, template="plain", context={"what": "secret"})
    assert "secret" in str(OutboxMessage.objects.get().payload)
    outbox.deliver_due()
    assert OutboxMessage.objects.get().payload == {}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (smtplib.SMTPRecipientsRefused({"ada@example.org": (550, b"ada@example.org unknown")}), "SMTPRecipientsRefused 550"),
        (smtplib.SMTPDataError(451, b"try later, ada@example.org"), "SMTPDataError 451"),
        (ConnectionRefusedError("ada@example.org"), "ConnectionRefusedError"),
    ],
)
def test_a_failure_tells_no_address_and_the_same_letter_is_sent_later(reader, monkeypatch, fault, words):
    seen = []

    def refuse(_self, letters):
        seen.extend(letters)
        raise fault

    mail.send(to=reader, template="plain", context={"what": "secret"})
    with monkeypatch.context() as patched, capture_logs() as logged:
        patched.setattr(EmailBackend, "send_messages", refuse)
        outbox.deliver_due()
    assert OutboxMessage.objects.get().error == words
    assert logged[0]["event"] == "delivery_failed" and "ada@example.org" not in str(logged) and "secret" not in str(logged)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        outbox.deliver_due()
    assert sent.outbox[0].message()["Message-ID"] == seen[0].message()["Message-ID"]


def test_a_subject_cannot_carry_headers(reader):
    mail.send(to=reader, template="plain", context={"what": "x\nBcc: all@example.org"})
    outbox.deliver_due()
    assert "Bcc" not in sent.outbox[0].message() and sent.outbox[0].recipients() == ['"Ada, Lang" <ada@example.org>']


def test_a_summary_can_be_stopped_by_one_click(reader, client, university):
    mail.send(to=reader, template="rich", context={}, stop="mail.digest")
    outbox.deliver_due()
    headers = sent.outbox[0].message()
    link = headers["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://tto.example.org/letters/stop/") and headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = link.removeprefix("https://tto.example.org")
    assert client.get(path).status_code == 200 and preferences.get("mail.digest", user=reader.pk) == "daily"
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert preferences.get("mail.digest", user=reader.pk) == "none"


def test_a_link_is_good_for_its_letters_and_time_only(reader, client):
    path = mail.stop_link(reader, "mail.digest").removeprefix("https://tto.example.org")
    assert client.post(path[:-3] + "xx/").status_code == 410
    with time_machine.travel(timezone.now() + mail.LINK_LIFE + timedelta(days=1), tick=False):
        assert client.post(path).status_code == 410
    assert not Setting.objects.exists()


def test_whoever_left_can_stop_letters_too(reader, client, university):
    reader.grants.update(ends_on="2020-01-01", starts_on="2019-01-01")
    assert access.actor_of(reader, university) is None
    client.post(mail.stop_link(reader, "mail.digest").removeprefix("https://tto.example.org"))
    assert preferences.get("mail.digest", user=reader.pk) == "none"
