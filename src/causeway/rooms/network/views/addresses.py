"""Addresses of questionnaires, indicators, benchmarks, registry and exchange."""

from __future__ import annotations

from django.urls import path

from causeway.rooms.network.views import answers, benchmarks, exchange
from causeway.rooms.network.views import questionnaires as asking

PATHS = [
    path("network/rounds/", asking.home, name="rounds"),
    path("network/rounds/<int:pk>/", asking.round_page, name="round"),
    path("network/rounds/<int:pk>/invite/", asking.invite, name="invite"),
    path("network/rounds/<int:pk>/remind/", asking.remind, name="remind"),
    path("network/rounds/<int:pk>/extend/", asking.extend, name="extend"),
    path("network/rounds/<int:pk>/close/", asking.close, name="close"),
    path("network/rounds/<int:pk>/interview/", asking.interview, name="interview"),
    path("network/rounds/<int:pk>/answers.<str:kind>", asking.export, name="answers_export"),
    path("network/handed-in/<int:pk>/", asking.frozen, name="frozen"),
    path("network/handed-in/<int:pk>/reopen/", asking.reopen, name="reopen"),
    path("network/questionnaires/bring/", asking.bring, name="bring"),
    path("network/questionnaires/ready/", asking.ready, name="ready"),
    path("network/questionnaires/<int:pk>/file/", asking.definition, name="definition"),
    path("network/questionnaires/<int:pk>/publish/", asking.publish, name="publish"),
    path("network/questionnaires/<int:pk>/move/", asking.move, name="move"),
    path("network/questionnaires/<int:pk>/section/", asking.section, name="section_new"),
    path("network/questionnaires/<int:pk>/section/<slug:section>/", asking.section, name="section_edit"),
    path("network/questionnaires/<int:pk>/section/<slug:section>/question/", asking.question, name="question_new"),
    path("network/questionnaires/<int:pk>/section/<slug:section>/question/<slug:key>/", asking.question, name="question_edit"),
    path("network/questionnaires/<int:pk>/translate/<slug:code>/", asking.translate, name="translate"),
    path("network/answer/<int:pk>/", answers.overview, name="answering"),
    path("network/answer/<int:pk>/submit/", answers.submit, name="submit"),
    path("network/answer/<int:pk>/decline/", answers.decline, name="decline"),
    path("network/answer/<int:pk>/form.xlsx", answers.offline_out, name="offline_out"),
    path("network/answer/<int:pk>/offline/", answers.offline_in, name="offline_in"),
    path("network/answer/<int:pk>/file/<slug:key>/", answers.file, name="answer_file"),
    path("network/answer/<int:pk>/<slug:section>/", answers.section, name="section"),
    path("network/answer/<int:pk>/<slug:section>/fill/", answers.fill, name="fill"),
    path("network/answer/<int:pk>/<slug:section>/give/", answers.give, name="give"),
    path("network/answer/<int:pk>/<slug:section>/done/", answers.done, name="section_done"),
    path("network/indicators/", benchmarks.indicators, name="indicators"),
    path("network/indicators/count/", benchmarks.count, name="count"),
    path("network/indicators/bring/", benchmarks.bring, name="figures_bring"),
    path("network/indicators/figure/<int:pk>/remove/", benchmarks.remove, name="figure_remove"),
    path("network/indicators/<slug:code>/", benchmarks.indicator, name="indicator"),
    path("network/benchmarks/", benchmarks.home, name="benchmarks"),
    path("network/benchmarks/<int:pk>/", benchmarks.benchmark, name="benchmark"),
    path("network/benchmarks/<int:pk>/publish/", benchmarks.publish, name="edition_publish"),
    path("network/benchmarks/<int:pk>/groups/", benchmarks.groups, name="groups"),
    path("network/exchange/", exchange.home, name="exchange"),
    path("network/exchange/send/", exchange.send, name="package_send"),
    path("network/exchange/take/", exchange.take, name="package_take"),
    path("network/exchange/trust/", exchange.trust, name="trust"),
    path("network/exchange/<int:pk>/end/", exchange.revoke, name="installation_end"),
    path("network/exchange/leave/", exchange.leave, name="leave"),
    path("network/universities/", exchange.universities, name="universities"),
    path("network/universities/<int:pk>/own/", exchange.claim, name="claim"),
]
