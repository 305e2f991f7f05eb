"""Django settings, read from the environment; every default suits one person trying Causeway on one machine."""

import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env

from causeway.config import translations
from causeway.frame.accounts.conf import *  # noqa: F403

env = Env()

HOME = Path(env.str("CAUSEWAY_HOME", "var")).resolve()
HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
PACKAGE = Path(__file__).resolve().parent.parent


def _secret_key() -> str:
    """The installation's secret: from the environment, else made once and kept beside the database, readable by its owner only."""
    if given := env.str("CAUSEWAY_SECRET_KEY", ""):
        return given
    kept = HOME / "secret-key"
    if not kept.exists() or not kept.stat().st_size:  # empty where the disk was full
        from django.core.management.utils import get_random_secret_key

        made = HOME / f"secret-key.{os.getpid()}"
        made.touch(mode=0o600)
        made.write_text(get_random_secret_key())
        if kept.exists():
            kept.unlink()
        with suppress(FileExistsError):  # of two first starts at once, one makes it
            os.link(made, kept)
        made.unlink()
    return kept.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = env.bool("CAUSEWAY_DEBUG", False)
BASE_URL = env.str("CAUSEWAY_BASE_URL", "http://127.0.0.1:8000")
HTTPS = BASE_URL.startswith("https://")
_public = urlsplit(BASE_URL)
ALLOWED_HOSTS = env.list("CAUSEWAY_HOSTS", ["127.0.0.1", "localhost", "[::1]", *([_public.hostname] if _public.hostname else [])])
CSRF_TRUSTED_ORIGINS = env.list("CAUSEWAY_ORIGINS", [f"{_public.scheme}://{_public.netloc}"])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    # Before allauth, so that our pages are found before its own.
    "causeway.frame",
    "causeway.kit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "causeway.rooms.people",
    "causeway.rooms.governance",
    "causeway.rooms.docket",
    "causeway.rooms.assets",
    "causeway.rooms.network",
    "causeway.config",
    # After ours, so that the kit's widgets are found before its own.
    "django.forms",
]

MIDDLEWARE = [
    "causeway.frame.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "causeway.frame.accounts.middleware.AccountsMiddleware",
    "causeway.frame.middleware.ActorMiddleware",
    "causeway.kit.middleware.DoorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "causeway.config.urls"
WSGI_APPLICATION = "causeway.config.wsgi.application"
FORM_RENDERER = "causeway.kit.forms.FieldRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "causeway.kit.context.page",
            ],
        },
    }
]


#: How long, in seconds, a request waits for a connection, and a connection that broke is tried again before who asks next begins anew: a database that
#: is gone must neither hold every thread nor be missed for minutes after it is back.
_POOL = {"min_size": 1, "timeout": 5, "reconnect_timeout": 5}


def _databases() -> dict:
    """SQLite in the home folder, or what DATABASE_URL names (PostgreSQL)."""
    if not env.str("DATABASE_URL", ""):
        os.environ.pop("DATABASE_URL", None)  # given empty, as files of environments do, it means none
    chosen = env.dj_db_url("DATABASE_URL", f"sqlite:///{HOME / 'causeway.sqlite3'}")
    if chosen["ENGINE"].endswith("sqlite3"):
        chosen["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-32768;PRAGMA mmap_size=134217728;"
            "PRAGMA temp_store=MEMORY;",
        }
        # A connection kept for some minutes keeps what it read of the file and of its tables; one a request would read all of it anew.
        chosen["CONN_MAX_AGE"] = 300
    else:
        # What the address says of the connection (sslmode, sslrootcert) holds.
        chosen["OPTIONS"] = chosen.get("OPTIONS", {}) | {"pool": _POOL | {"max_size": env.int("CAUSEWAY_DB_POOL", 8)}}
        chosen["CONN_MAX_AGE"] = 0
    chosen["ATOMIC_REQUESTS"] = False
    return {"default": chosen}


DATABASES = _databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
#: The longest a page's statement may run, in milliseconds; beyond it the page says what to narrow.
STATEMENT_LIMIT_MS = env.int("CAUSEWAY_STATEMENT_LIMIT_MS", 15_000)

#: Holds what was tried of late (limits, codes used once): with Django's 300 entries a few hundred attempts would push each other out.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "frame_cache", "OPTIONS": {"MAX_ENTRIES": 20_000}}}

AUTH_USER_MODEL = "frame.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "causeway.frame.middleware.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = translations.offered(PACKAGE / "locale")
LOCALE_PATHS = [translations.compiled(PACKAGE / "locale", HOME)]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS: list[Path] = []
MEDIA_ROOT = HOME / "files"
#: Pictures of files, made again when they are missing; no backup holds them.
PREVIEW_ROOT = HOME / "previews"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
#: A page of a questionnaire has at most 2,000 places, each question three fields more.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = env.str("CAUSEWAY_UPLOAD_TEMP", None)
#: The largest file a person may upload, in bytes.
UPLOAD_LIMIT = env.int("CAUSEWAY_UPLOAD_LIMIT", 512 * 1024 * 1024)

EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", "console://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("CAUSEWAY_MAIL_FROM", "causeway@localhost")

#: True only where a demonstration university lives; its accounts sign in from this machine alone.
DEMO = env.bool("CAUSEWAY_DEMO", False)
#: Run the job worker as a thread of the web process (the embedded default); production runs `causeway work` beside it.
WORKER_IN_WEB = env.bool("CAUSEWAY_WORKER_IN_WEB", DATABASES["default"]["ENGINE"].endswith("sqlite3"))

LOGGING_CONFIG = None
#: Requests and jobs as JSON lines on standard error; readable lines while developing.
LOG_JSON = env.bool("CAUSEWAY_LOG_JSON", not DEBUG)
TEST_RUNNER = "django.test.runner.DiscoverRunner"
#: W040: SQLite leaves out columns that an index only carries along; that is meant.
SILENCED_SYSTEM_CHECKS = ["models.W040"]
