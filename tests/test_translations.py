"""The catalogues agree with the source: placeholders are the same, and what is compiled is what is written."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import pytest
from django.utils import translation

from causeway.config import translations

ROOT = Path(__file__).resolve().parent.parent
_spec = importlib.util.spec_from_file_location("messages_script", ROOT / "scripts" / "messages.py")
messages = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(messages)
FOLDERS = sorted(path.name for path in messages.LOCALE.iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_marked_string_is_translated(folder):
    """Run `make messages`, then fill in what stands empty in the catalogue."""
    assert [f"{one.file}: {one.text}" for one in messages.missing(folder)] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_placeholders_agree(folder):
    wrong = []
    for entry in messages.catalogue(folder):
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        wanted = set().union(*(messages.places(text) for text in ids)) if entry.id else set()
        for text in entry.string if isinstance(entry.string, tuple) else (entry.string,):
            if entry.id and text and messages.places(text) != wanted:
                wrong.append(f"{ids[0]} -> {text}")
    assert wrong == []


def test_catalogues_are_compiled_once_and_by_content(tmp_path):
    source = tmp_path / "locale"
    text = source / "zh_Hans" / "LC_MESSAGES" / "django.po"
    text.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Deadline"\nmsgstr '
    text.write_text(f'{head}"期限"\n', encoding="utf-8")
    first = translations.compiled(source, tmp_path / "home")
    made = first / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    stamp = made.stat().st_mtime_ns
    time.sleep(0.01)
    assert translations.compiled(source, tmp_path / "home") == first and made.stat().st_mtime_ns == stamp
    text.write_text(f'{head}"限期"\n', encoding="utf-8")
    assert translations.compiled(source, tmp_path / "home") != first
    assert translations.offered(source) == [("en", "English"), ("zh-hans", "简体中文")]


def test_strings_are_found_in_python_and_templates():
    found = {(one.text, one.plural) for one in messages.messages()}
    assert ("Search", "") in found and ("%(n)s day late", "%(n)s days late") in found
    assert list(messages._of_template('{% load i18n %}{% blocktranslate count n=3 %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}')) == [
        ("%(n)s row", "%(n)s rows", "")
    ]


def test_the_language_of_the_settings_is_that_of_the_catalogue(settings):
    with translation.override("zh-hans"):
        assert translation.gettext("Monday") == "星期一"
    assert (Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.mo").exists()
