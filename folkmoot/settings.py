"""Settings of one installation. Everything that may differ comes from the environment or DATA_DIR.

docs/reference/settings.md is made from the calls of `env` below.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent
KNOWN: dict[str, tuple[str, str]] = {}


def env(name: str, default: str, meaning: str) -> str:
    """The value of an environment variable; remembered with its meaning for the reference."""
    KNOWN[name] = (default, meaning)
    return os.environ.get(name, default)


def is_on(value: str) -> bool:
    return value.lower() in {"1", "yes", "true", "on"}


DATA_DIR = Path(env("DATA_DIR", "data", "folder of database, keys and media")).resolve()
KEYS_DIR = DATA_DIR / "keys"
MEDIA_ROOT = DATA_DIR / "media"

DEMO = is_on(env("FOLKMOOT_DEMO", "no", "yes: the invented place, console codes, offered sign-ins"))
CLOCK_MAY_BE_SET = DEMO or is_on(env("FOLKMOOT_TEST", "no", "yes: the test suite is running"))
DEBUG = False
PORT = int(env("PORT", "8000", "port of the web server"))
ORIGIN = env("FOLKMOOT_ORIGIN", f"http://127.0.0.1:{PORT}", "address people type; used in messages").rstrip(
    "/"
)
BOX_PORT = int(env("BOX_PORT", str(PORT + 1), "port of the ballot box; PORT + 1 if not set"))
BOX_ORIGIN = env(
    "BOX_ORIGIN", f"http://127.0.0.1:{BOX_PORT}", "address of booth, box and logs, as voters reach it"
).rstrip("/")
HOSTS = env("FOLKMOOT_HOSTS", "", "further host names, separated by commas")
ALLOWED_HOSTS = [
    host for host in {urlsplit(ORIGIN).hostname or "", "127.0.0.1", "localhost", *HOSTS.split(",")} if host
]
CSRF_TRUSTED_ORIGINS = [ORIGIN]
IS_HTTPS = ORIGIN.startswith("https://")
TRUSTED_PROXIES = int(
    env("FOLKMOOT_TRUSTED_PROXIES", "0", "own servers before this one whose X-Forwarded-For is believed")
)


def read_secret_key() -> str:
    """The key made by `folkmoot keys`; a random one before that, so that no default ever signs."""
    try:
        return (KEYS_DIR / "django.key").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return os.urandom(32).hex()


SECRET_KEY = read_secret_key()

INSTALLED_APPS = [
    "folkmoot.base",
    "folkmoot.ui",
    "folkmoot.journal",
    "folkmoot.areas",
    "folkmoot.people",
    "folkmoot.media",
    "folkmoot.channels",
    "folkmoot.ballots",
    "folkmoot.cases",
    "folkmoot.home",
    "folkmoot.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "folkmoot.base.proxies.ClientAddress",
    "folkmoot.ballots.middleware.WithoutCookies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "folkmoot.ui.shelf.PageShelf",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "folkmoot.ui.errors.RefuseUnreadable",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "folkmoot.people.middleware.ActorMiddleware",
    "folkmoot.ui.errors.ErrorPages",
]

ROOT_URLCONF = "folkmoot.urls"
WSGI_APPLICATION = "folkmoot.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "folkmoot.ui.frame.frame",
            ],
        },
    }
]
FORM_RENDERER = "folkmoot.ui.forms.Renderer"


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite by the rules of docs/adr/0003: WAL, checkpoints only by the worker, writers queue at BEGIN."""
    return {
        "ENGINE": "folkmoot.base.sqlite3",
        "NAME": path,
        "TEST": {"NAME": ":memory:"},
        "CONN_MAX_AGE": None,  # opening the file and reading its schema costs more than most queries
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; "
                "PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
            ),
        },
    }


def database(url: str) -> dict[str, Any]:
    """Shapes: `postgresql://user:password@host:port/name`, a folder as host for a socket; empty is SQLite."""
    if not url:
        return sqlite(DATA_DIR / "folkmoot.sqlite3")
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SystemExit(f"DATABASE_URL must begin with postgresql://, not {parts.scheme}://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASE_URL = env("DATABASE_URL", "", "PostgreSQL address; empty for SQLite in DATA_DIR")
DATABASES = {"default": database(DATABASE_URL)}
WEB_PROCESSES = int(env("FOLKMOOT_WEB_PROCESSES", "2", "server processes: one for each core"))
WEB_THREADS = int(env("FOLKMOOT_WEB_THREADS", "4", "threads of each server process"))
# The box of ballots: an application, a database and an origin of its own.
BOX_PORT = int(env("BOX_PORT", "0", "port of the box of ballots; 0: the one after PORT")) or PORT + 1
BOX_ORIGIN = (
    env("BOX_ORIGIN", "", "address of the box as voters reach it; empty: this machine and BOX_PORT").rstrip(
        "/"
    )
    or f"http://127.0.0.1:{BOX_PORT}"
)
BALLOT_DATABASE_URL = env(
    "BALLOT_DATABASE_URL", "", "PostgreSQL address of the box alone; empty for SQLite in DATA_DIR"
)
# Whom our logs ask for cosignatures, in the words of C2SP tlog-policy: witness, group and quorum lines.
WITNESSES_FILE = Path(
    env("FOLKMOOT_WITNESSES", "", "file that names the witnesses of our logs; empty: witnesses in DATA_DIR")
    or DATA_DIR / "witnesses"
).resolve()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PAGE_SECONDS = float(
    env(
        "FOLKMOOT_PAGE_SECONDS",
        "5",
        "how old a page may be that visitors without a session see; 0: made anew",
    )
)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Sign-in ------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["folkmoot.people.backend.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:my_work"
LOGOUT_REDIRECT_URL = "home:front"
ACCOUNT_ADAPTER = "folkmoot.people.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "folkmoot.people.forms.sign_in.PasswordSignInForm",
    "confirm_login_code": "folkmoot.people.forms.sign_in.ConfirmCodeForm",
    "reauthenticate": "folkmoot.people.forms.sign_in.ConfirmSelfForm",
    "change_phone": "folkmoot.people.forms.sign_in.ChangePhoneForm",
    "verify_phone": "folkmoot.people.forms.sign_in.VerifyPhoneForm",
}
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_RATE_LIMITS = {  # counted in the memory of each server process, by REMOTE_ADDR
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,3/m/key,12/h/key",
    "verify_phone": "1/10s/key,10/m/ip",
    "change_phone": "5/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 0  # ClientAddress has looked already, for all limits alike
MFA_ADAPTER = "folkmoot.people.adapter.PasskeyAdapter"
MFA_SUPPORTED_TYPES = ["webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS  # browsers allow passkeys on http://localhost
SESSION_SERIALIZER = "folkmoot.people.sessions.SealedSerializer"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False  # the front server redirects; the worker behind it speaks http on loopback
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
if IS_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "folkmoot.ui.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# Words and time -----------------------------------------------------------------------------------
LANGUAGE_CODE = env("FOLKMOOT_LANGUAGE", "en", "language where the reader names none: en or zh-hans")
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = "folkmoot.ui.formats"
TIME_ZONE = env("FOLKMOOT_TIME_ZONE", "Asia/Shanghai", "time zone of the place")
PHONE_REGION = env("FOLKMOOT_PHONE_REGION", "CN", "country of phone numbers written without a code")
EMERGENCY_NUMBERS = [
    (number.split(":")[0], _(number.split(":")[1]))
    for number in env(
        "FOLKMOOT_EMERGENCY", "110:Police,119:Fire,120:Ambulance", "number:name pairs above the report form"
    ).split(",")
]

# Files --------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

# Mail ---------------------------------------------------------------------------------------------
MAIL_URL = env("FOLKMOOT_MAIL_URL", "", "smtp://user:password@host:port, smtps:// for TLS; empty: no e-mail")
_mail = urlsplit(MAIL_URL)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("FOLKMOOT_MAIL_FROM", "folkmoot@localhost", "sender of e-mail")
CODE_PROVIDER = env(
    "FOLKMOOT_CODES", "console" if DEMO else "none", "who carries sign-in codes: console (demo) or none"
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "folkmoot": {"level": "INFO"},
        "django.request": {
            "level": "ERROR"
        },  # a page that is not there is no news, and its address may hold a code
    },
}
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # see SECURE_SSL_REDIRECT
