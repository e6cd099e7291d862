"""Django's settings, made from the platform's own (wutong.core.env); nothing is configured here by hand."""

from pathlib import Path
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from wutong.core import env, strength

PUBLIC_URL = env.read(env.PUBLIC_URL, env.safe_url)
RECORD_URL = env.read(env.RECORD_URL, env.safe_url)
IDENTITY_KEY = env.read(env.IDENTITY_KEY, env.key_32_bytes)
SECRET_KEY = env.read(env.SECRET_KEY, env.long_secret)
EMERGENCY_ACCESS = env.read(env.EMERGENCY_ACCESS, env.boolean)
EMERGENCY_NEEDS = env.read(env.EMERGENCY_NEEDS, strength.known)
EMERGENCY_REVIEW_DAYS = env.read(env.EMERGENCY_REVIEW_DAYS, env.working_days)
AUTHORISATION_MINUTES = env.read(env.AUTHORISATION_MINUTES, env.minutes)
IS_DEMO = env.read(env.IS_DEMO, env.boolean)

_public = urlsplit(PUBLIC_URL)
_is_https = _public.scheme == "https"

DEBUG = False
ALLOWED_HOSTS = [_public.hostname or "", *({"127.0.0.1", "localhost"} if not _is_https else set())]
ROOT_URLCONF = "wutong.control.project.urls"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "wutong.control.pages",
    "wutong.control.people",
    "wutong.control.consent",
    "wutong.control.notices",
    "wutong.control.emergency",
    "wutong.control.authorisation",
    "wutong.control.signin",
    "wutong.control.portal",
    "wutong.control.workspace",
    "wutong.control.console",
    "wutong.control.public",
]
MIDDLEWARE = [
    "wutong.control.pages.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "wutong.control.pages.languages.PageLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "wutong.control.guard.sessions.SignedIn",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def database(dsn: str, *, search_path: str = "", is_pooled: bool = True) -> dict[str, object]:
    """A connection string as Django wants it; `search_path` only where the role does not bring its own."""
    parts = conninfo_to_dict(dsn)
    named = {"dbname", "user", "password", "host", "port"}
    options: dict[str, object] = {key: value for key, value in parts.items() if key not in named}
    if search_path:
        options["options"] = f"-c search_path={search_path}"
    if is_pooled:
        options["pool"] = {"min_size": 1, "max_size": 12, "timeout": 4}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname") or "",
        "USER": parts.get("user") or "",
        "PASSWORD": parts.get("password") or "",
        "HOST": parts.get("host") or "",
        "PORT": parts.get("port") or "",
        "CONN_HEALTH_CHECKS": is_pooled,
        "OPTIONS": options,
    }


DATABASES = {"default": database(env.read(env.CONTROL_DSN, env.dsn))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "wutong.control.pages.jinja.environment"},
    }
]

AUTH_USER_MODEL = "people.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
SESSION_COOKIE_NAME = "__Host-session" if _is_https else "wutong_session"
CSRF_COOKIE_NAME = "__Host-csrf" if _is_https else "wutong_csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if _is_https else "wutong_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _is_https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

USE_TZ = True
TIME_ZONE = "Asia/Hong_Kong"
USE_I18N = True
LANGUAGE_CODE = "en"
# The first Chinese is what `zh` alone means, and every Chinese that is not offered by itself.
LANGUAGES = [("en", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [Path(__file__).parent.parent / "locale"]

STATIC_URL = "/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
SESSION_COOKIE_AGE = 12 * 60 * 60  # no sign-in lasts longer (wutong.control.guard.sessions)

# Django tells nobody of a failure while DEBUG is off and there is no administrator to write to.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"one-line": {"()": "wutong.control.pages.failures.OneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "level": "ERROR", "filters": ["one-line"]}},
    "loggers": {"django.request": {"handlers": ["stderr"]}},
}

EMAIL_HOST, EMAIL_PORT = env.read(env.SMTP_URL, env.host_and_port)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.read(env.MAIL_FROM, env.text)
SMS_URL = env.read(env.SMS_URL, env.gateway)
PRINTS_LETTERS = env.read(env.PRINTS_LETTERS, env.boolean)

LOGIN_URL = "/sign-in/"
