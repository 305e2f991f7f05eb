"""Addresses of accounts and administration; to be included at the root."""

from django.urls import include, path

from causeway.frame.accounts.views import administration, entrance, log, own, work

pages = (
    [
        path("accounts/invitation/<str:key>/", entrance.invitation, name="invitation"),
        path("accounts/language/", entrance.language, name="language"),
        path("accounts/theme/", entrance.theme, name="theme"),
        path("accounts/profile/", own.profile, name="profile"),
        path("accounts/sessions/", own.sessions, name="sessions"),
        path("accounts/sessions/end/", own.sessions_end, name="sessions_end"),
        path("accounts/keys/", own.keys, name="keys"),
        path("accounts/keys/new/", own.key_new, name="key_new"),
        path("accounts/keys/<int:pk>/revoke/", own.key_revoke, name="key_revoke"),
        path("accounts/university/", own.university, name="university"),
        path("administration/members/", administration.members, name="members"),
        path("administration/members/invite/", administration.invite, name="invite"),
        path("administration/members/<int:pk>/", administration.member, name="member"),
        path("administration/members/<int:pk>/role/", administration.grant_give, name="grant_give"),
        path("administration/members/<int:pk>/close/", administration.member_close, name="member_close"),
        path("administration/grants/<int:pk>/end/", administration.grant_end, name="grant_end"),
        path("administration/invitations/<int:pk>/resend/", administration.invitation_resend, name="invitation_resend"),
        path("administration/invitations/<int:pk>/withdraw/", administration.invitation_withdraw, name="invitation_withdraw"),
        path("administration/settings/", administration.settings, name="settings"),
        path("administration/audit/", log.entries, name="log"),
        path("administration/audit/runs/<int:pk>/", log.run, name="run"),
        path("administration/audit/chain/", log.chain, name="chain"),
        path("administration/audit/chain/verify/", log.verify, name="verify"),
        path("administration/work/", work.work, name="work"),
        path("administration/work/retry/", work.messages_retry, name="messages_retry"),
        path("administration/work/<int:pk>/retry/", work.job_retry, name="job_retry"),
        path("administration/webhooks/", work.webhooks, name="webhooks"),
        path("administration/webhooks/new/", work.webhook_new, name="webhook_new"),
        path("administration/webhooks/<int:pk>/", work.webhook, name="webhook"),
        path("administration/webhooks/<int:pk>/edit/", work.webhook_edit, name="webhook_edit"),
        path("administration/webhooks/<int:pk>/do/<slug:act>/", work.webhook_do, name="webhook_do"),
    ],
    "accounts",
)

urlpatterns = [
    path("", include(pages)),
    # After ours, so that our page of sessions stands in front of allauth's.
    path("accounts/", include("allauth.urls")),
]
