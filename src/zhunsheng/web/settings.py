"""Django's settings: one instance is one data directory; nothing here is a secret.

Environment: `ZHUNSHENG_DATA`, `DATABASE_URL`, `ZHUNSHENG_HOSTS` (comma separated host names),
`ZHUNSHENG_HTTPS=1` behind a TLS proxy, `ZHUNSHENG_PROXIES` (how many reverse proxies stand in front),
`ZHUNSHENG_MAP` (a GeoJSON file of the provinces with its 审图号; `papers.maps`),
`ZHUNSHENG_RATE` (requests a minute from one address, 0 for no limit; `web.rate`), `ZHUNSHENG_DEBUG=1` for
development only. `serve` says in `ZHUNSHENG_WORKERS` how many processes share that limit.
"""

from __future__ import annotations

import os
from pathlib import Path

from zhunsheng.web import rate, sign_in_file
from zhunsheng.web.data_dir import data_dir, is_demo, secret_key
from zhunsheng.web.database import database
from zhunsheng.web.environment import count

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = data_dir()
DEMO = is_demo(DATA_DIR)
SECRET_KEY = secret_key(DATA_DIR)
DEBUG = os.environ.get("ZHUNSHENG_DEBUG") == "1"
HTTPS = os.environ.get("ZHUNSHENG_HTTPS") == "1"
PROXIES = count("ZHUNSHENG_PROXIES", os.environ.get("ZHUNSHENG_PROXIES", ""))
RATE = rate.share(
    count("ZHUNSHENG_RATE", os.environ.get("ZHUNSHENG_RATE") or str(rate.DEFAULT_PER_MINUTE)),
    count("ZHUNSHENG_WORKERS", os.environ.get("ZHUNSHENG_WORKERS", "")),
)
ALLOWED_HOSTS = [h for h in os.environ.get("ZHUNSHENG_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]
CSRF_TRUSTED_ORIGINS = [f"https://{h}" for h in ALLOWED_HOSTS] if HTTPS else []
CSRF_FAILURE_VIEW = "zhunsheng.web.errors.csrf_failure"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "zhunsheng.trail",
    "zhunsheng.people",
    "zhunsheng.standards",
    "zhunsheng.register",
    "zhunsheng.bulletin",
    "zhunsheng.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "zhunsheng.web.middleware.content_security_policy",
    "zhunsheng.web.api.gate.programs",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "zhunsheng.web.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zhunsheng.web.middleware.viewer",
    "zhunsheng.web.middleware.counted",
    "allauth.account.middleware.AccountMiddleware",
    "zhunsheng.web.middleware.bounded_body",
    "zhunsheng.web.middleware.Refusals",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "zhunsheng.web.urls"
WSGI_APPLICATION = "zhunsheng.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhunsheng.web.context.instance",
            ],
        },
    },
]
DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
# Who comes in, and with what, is the people room's; allauth keeps keys, links and the steps of a sign-in.
# Its counting of failures is off: it is one process's own, and the trail's is everyone's (people.sign_in).
SIGN_IN = sign_in_file.read(DATA_DIR)
SECOND_FACTOR_ROLES = SIGN_IN.second_factor_for
ACCOUNT_ADAPTER = "zhunsheng.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_FORMS = {"reauthenticate": "zhunsheng.people.forms.PasswordAgainForm"}
SOCIALACCOUNT_ADAPTER = "zhunsheng.people.adapters.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": list(SIGN_IN.providers)}}
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
MFA_ADAPTER = "zhunsheng.people.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Zhunsheng"
MFA_FORMS = {
    "authenticate": "zhunsheng.people.forms.CodeForm",
    "reauthenticate": "zhunsheng.people.forms.CodeAgainForm",
    "activate_totp": "zhunsheng.people.forms.ActivateForm",
}
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
# Business dates are Shanghai's; instants are stored in UTC.
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
# An operator's approved map of the provinces; without one the nation is drawn as a tile grid.
MAP = os.environ.get("ZHUNSHENG_MAP", "")

# Front-end libraries are installed by npm beside the project or named by the operator, never copied here.
NODE_MODULES = Path(os.environ.get("ZHUNSHENG_NODE_MODULES", PACKAGE.parent.parent / "node_modules"))
STATICFILES_DIRS = [
    (f"npm/{name}", path)
    for name, path in (
        ("tabler", NODE_MODULES / "@tabler" / "core" / "dist"),
        ("htmx", NODE_MODULES / "htmx.org" / "dist"),
    )
    if path.is_dir()
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Uploads are streamed to disk; a national return is far larger than a form (register.importing bounds it).
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
UPLOAD_LIMIT_BYTES = 2_000_000_000

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
