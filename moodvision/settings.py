"""Settings of MoodVision: every value comes from the environment, typed, with a default for a laptop."""

import base64
import os
import platform
import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from moodvision import env, log_lines, schedule
from moodvision.embedded import addresses

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("MOODVISION_VAR", str(BASE_DIR / "var")))

ENVIRONMENT = env.text("MOODVISION_ENVIRONMENT", "development")
if ENVIRONMENT not in {"development", "production"}:
    raise ImproperlyConfigured("MOODVISION_ENVIRONMENT must be development or production.")
IS_PRODUCTION = ENVIRONMENT == "production"
DEBUG = False

# Secrets. Production reads them from the environment or stops; a laptop makes its own once, under var/.
_made = (
    {}
    if IS_PRODUCTION
    else env.development_secrets(
        VAR_DIR / "secrets.json",
        {"SECRET_KEY": get_random_string(64).encode(), "FIELD_ENCRYPTION_KEY": Fernet.generate_key()},
    )
)
SECRET_KEY = env.text("SECRET_KEY", _made.get("SECRET_KEY"))
# The wrapping key of all data keys. Two while it is rotated: the first writes, both read.
FIELD_ENCRYPTION_KEY = env.text("FIELD_ENCRYPTION_KEY", _made.get("FIELD_ENCRYPTION_KEY")).split(",")
# Signs the heads of the access log: base64 of 32 random bytes, an Ed25519 private key. Never in the database.
_made_for_log = (
    {}
    if IS_PRODUCTION
    else env.development_secrets(
        VAR_DIR / "access-log-key.json",
        {"ACCESS_LOG_SIGNING_KEY": base64.b64encode(secrets.token_bytes(32))},
    )
)
ACCESS_LOG_SIGNING_KEY = env.text("ACCESS_LOG_SIGNING_KEY", _made_for_log.get("ACCESS_LOG_SIGNING_KEY"))
# Public keys that signed before this one, base64.
ACCESS_LOG_TRUSTED_KEYS = env.words("ACCESS_LOG_TRUSTED_KEYS", "")

# Addresses of this site
SITE_ORIGINS = env.words("SITE_ORIGINS", "http://127.0.0.1:8000,http://localhost:8000")
ALLOWED_HOSTS = sorted({origin.split("://", 1)[1].rsplit(":", 1)[0] for origin in SITE_ORIGINS})
CSRF_TRUSTED_ORIGINS = SITE_ORIGINS
IS_HTTPS = all(origin.startswith("https://") for origin in SITE_ORIGINS)
if IS_PRODUCTION and not IS_HTTPS:
    raise ImproperlyConfigured("SITE_ORIGINS must be https addresses in production.")

# Database: the runtime role serves requests; the owner migrates. Neither set: the embedded server.
DATABASE_URL = env.text("DATABASE_URL", "")
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", "")
DATABASE_BACKUP_URL = env.text("DATABASE_BACKUP_URL", "")  # read by `manage.py backup` alone
USES_EMBEDDED_POSTGRES = not DATABASE_URL


def _database(url: str, *, pool: bool = False) -> dict[str, object]:
    parts = conninfo_to_dict(url)
    database: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": dict(parts),
    }
    if pool:
        database["OPTIONS"] = {**parts, "pool": {"min_size": 1, "max_size": 20, "timeout": 10}}
    else:
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True
    return database


DATABASES = {
    "default": _database(
        DATABASE_URL or addresses.database_url(VAR_DIR, "runtime"),
        pool=env.flag("DATABASE_POOL", default=False),
    ),
    "owner": _database(
        DATABASE_OWNER_URL or DATABASE_URL if DATABASE_URL else addresses.database_url(VAR_DIR, "owner"),
    ),
}
# For tests alone: a migrated database that scratch ones are copied from, since migrating takes half a minute.
SCRATCH_TEMPLATE = env.text("MOODVISION_SCRATCH_TEMPLATE", "")
DATABASE_ROUTERS = ["clinics.routers.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: Celery's broker and the channel layer. Neither holds anything that the database does not.
REDIS_URL = env.text("REDIS_URL", "")
USES_EMBEDDED_REDIS = not REDIS_URL
REDIS_PREFIX = env.text("REDIS_PREFIX", "moodvision")

CACHES = {
    "default": {
        "BACKEND": "moodvision.cache.FailOpenRedisCache",
        "LOCATION": REDIS_URL or addresses.redis_url(VAR_DIR),
        "KEY_PREFIX": f"{REDIS_PREFIX}:cache",
        "OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3},
    }
}

INSTALLED_APPS = [
    "moodvision",
    "scoring",
    "inference",
    "patients",
    "clinics",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "clinics.browser_headers.BrowserHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinics.middleware.OriginMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "clinics.middleware.SessionEndMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clinics.middleware.TenancyMiddleware",
    "patients.middleware.PatientMiddleware",
]

ROOT_URLCONF = "moodvision.urls"
ASGI_APPLICATION = "moodvision.asgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinics.context_processors.tenancy",
                "clinics.context_processors.duty",
                "patients.context_processors.break_glass",
                "inference.context_processors.watch",
                "patients.context_processors.desk",
                "patients.context_processors.notes",
                "patients.context_processors.forms",
            ],
        },
    }
]

# Sign-in: by e-mail; accounts come from invitations only.
AUTH_USER_MODEL = "clinics.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "clinics.password_strength.UndisguisedPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "clinics.password_strength.VariedPasswordValidator"},
    {"NAME": "moodvision.known_words.KnownWordsValidator"},
]
ACCOUNT_ADAPTER = "clinics.adapters.InvitationOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # a mail either way: how long the answer takes says nothing
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# By address (ip) and by account (key: the address typed; user: who is signed in). Without Redis: not applied.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "1/3m/key",
}
# How many proxies in front of us write X-Forwarded-For; without one the connection's own address counts.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXIES", 0)
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # another address or password only by who shows again who they are
MFA_ADAPTER = "clinics.adapters.SealedSecretsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "clinics.sign_in_forms.SecondFactorForm",
    "authenticate_webauthn": "clinics.sign_in_forms.SecurityKeyForm",
    "reauthenticate": "clinics.sign_in_forms.SecondFactorAgainForm",
    "reauthenticate_webauthn": "clinics.sign_in_forms.SecurityKeyAgainForm",
}
MFA_TOTP_ISSUER = "MoodVision"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off; clinics.second_factor refuses replays
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
USERSESSIONS_ADAPTER = "clinics.adapters.RevocableSessionsAdapter"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
# A laptop writes its mail to files. Production says how it sends, and through whom if by SMTP.
EMAIL_BACKEND = env.text(
    "EMAIL_BACKEND", None if IS_PRODUCTION else "django.core.mail.backends.filebased.EmailBackend"
)
_is_smtp = EMAIL_BACKEND.endswith(".smtp.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", None if IS_PRODUCTION and _is_smtp else "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=False)
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=not EMAIL_USE_SSL)
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "MoodVision <no-reply@localhost>")

# Who runs this site: told when the timers of alerts stand still (manage.py watchdog).
OPERATOR_EMAIL = env.words("OPERATOR_EMAIL", "")

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True  # pages hold the token
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
if IS_HTTPS:  # a browser takes these from this host over TLS only, for all its paths, and from no subdomain
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no words in a cookie

# The browser's side
SECURE_SSL_REDIRECT = SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
if proxy_header := env.text("PROXY_SSL_HEADER", ""):
    SECURE_PROXY_SSL_HEADER = (proxy_header, "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CHART_CDN = "https://cdn.jsdelivr.net/npm/chart.js@4.6.1/dist/chart.umd.min.js"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, CHART_CDN],  # Chart.js of one version, and only with its hash (SRI)
        "script-src-attr": [NONE],
        "style-src": [SELF],
        "style-src-attr": [NONE],
        "img-src": [SELF, "blob:", "data:"],  # the photo to be sent; the QR code of two-step sign-in
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, *(origin.replace("http", "ws", 1) for origin in SITE_ORIGINS)],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "upgrade-insecure-requests": IS_HTTPS,
    }
}

# Uploads stay in memory: larger files would otherwise be written to a temporary file in plain.
FILE_UPLOAD_HANDLERS = ["clinics.uploads.BoundedMemoryUploadHandler"]
# Django spools a body to disk above FILE_UPLOAD_MAX_MEMORY_SIZE: moodvision/body_limit.py lets none grow so.
UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024
BODY_LIMIT_BYTES = 32 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = BODY_LIMIT_BYTES + 1
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 4

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["moodvision.formats"]
TIME_ZONE = "UTC"
USE_TZ = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["clinics.permissions.IsMemberOfThisClinic"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "clinics.permissions.domain_error_handler",
}
SPECTACULAR_SETTINGS = {"TITLE": "MoodVision", "VERSION": "0.1.0", "SERVE_INCLUDE_SCHEMA": False}

# Doorbells. A lost message loses nothing: the row is the truth and the sweeper rings again.
CELERY_BROKER_URL = REDIS_URL or addresses.celery_redis_url(VAR_DIR)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "inference.tasks.read_waiting": {"queue": "inference"},
    "clinics.tasks.send_messages": {"queue": "messages"},
    # A worker process of its own: timers wait neither for photos nor for tasks that run for an hour.
    "scoring.tasks.judge_timers": {"queue": "duty"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_TIME_LIMIT = 120
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "global_keyprefix": f"{REDIS_PREFIX}:"}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# Off in a worker that only sends messages: it needs neither model nor detector.
WORKER_READS_PHOTOS = env.flag("WORKER_READS_PHOTOS", default=True)
SWEEP_SECONDS = env.integer("SWEEP_SECONDS", 30)
# How often the timers of alerts are judged. The second is 0 wherever people are: timers run by the clinic's
# cover hours. The demo shortens each of them to so many seconds.
DUTY_SWEEP_SECONDS = env.integer("DUTY_SWEEP_SECONDS", 15)
DUTY_TIMER_SECONDS = env.integer("DUTY_TIMER_SECONDS", 0)
# How long a dump is kept. Retired keys wait as long, since an older dump may need them (docs/operations.md).
DUMP_DAYS = env.integer("DUMP_DAYS", 35)
KEY_BACKUP_DAYS = env.integer("KEY_BACKUP_DAYS", 3)
# The access log outside the database. The anchors' folder belongs on a disk the database's host cannot write.
ANCHOR_DIR = Path(env.text("ANCHOR_DIR", str(VAR_DIR / "anchors")))
ANCHOR_SECONDS = env.integer("ANCHOR_SECONDS", 300)
ANCHOR_MAIL_TO = env.words("ANCHOR_MAIL_TO", "")
ACCESS_LOG_SPOOL_DIR = Path(env.text("ACCESS_LOG_SPOOL_DIR", str(VAR_DIR / "access-log-spool")))
# Whose running numbers spooled entries bear. Give web and worker that share the folder one name.
ACCESS_LOG_SPOOL_HOST = env.text("ACCESS_LOG_SPOOL_HOST", platform.node() or "host")
# Six years by default: what clinics are used to, not what a law says of raw logs.
ACCESS_LOG_KEEP_DAYS = env.integer("ACCESS_LOG_KEEP_DAYS", 6 * 365)
RULES_SECONDS = 900  # what only the clock brings about: silence, a note that waits

# The outbox (docs/messages.md). A lease outlives the longest a task may run, so that nobody sends beside it.
MESSAGE_SECONDS = env.integer("MESSAGE_SECONDS", 5)
MESSAGE_LEASE_SECONDS = CELERY_TASK_TIME_LIMIT + 30
MESSAGE_MAX_ATTEMPTS = env.integer("MESSAGE_MAX_ATTEMPTS", 8)
MESSAGE_GIVE_UP_HOURS = env.integer("MESSAGE_GIVE_UP_HOURS", 48)
MESSAGE_TIMEOUT_SECONDS = EMAIL_TIMEOUT
# Chat servers of the house that have private addresses, and whoever signed their certificates.
MESSAGE_PRIVATE_HOSTS = env.words("MESSAGE_PRIVATE_HOSTS", "")
PUSH_PRIVATE_HOSTS = env.words("PUSH_PRIVATE_HOSTS", "")  # a push service of the house
MESSAGE_CA_FILE = env.text("MESSAGE_CA_FILE", "")
# Each of these channels is offered once its keys are here.
VAPID_PRIVATE_KEY = env.text("VAPID_PRIVATE_KEY", "")
VAPID_CONTACT = env.text("VAPID_CONTACT", "")  # mailto: or https:, where a push service finds the operator
CHAT_WEBHOOK_SECRET = env.text("CHAT_WEBHOOK_SECRET", "")
SMS_ADAPTER = env.text("SMS_ADAPTER", "" if IS_PRODUCTION else "clinics.messages.channels.sms.FileAdapter")
SMS_FILE_DIR = VAR_DIR / "sms"
CELERY_BEAT_SCHEDULE = schedule.tasks(
    readings=SWEEP_SECONDS,
    timers=DUTY_SWEEP_SECONDS,
    anchors=ANCHOR_SECONDS,
    rules=RULES_SECONDS,
    messages=MESSAGE_SECONDS,
)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            # The layer waits 5 s for a message, as long as redis-py waits for an answer: quiet sockets died.
            "hosts": [{"address": REDIS_URL or addresses.redis_url(VAR_DIR), "socket_timeout": 15}],
            "prefix": f"{REDIS_PREFIX}:channels",
            "capacity": 1000,
        },
    }
}

# The engine
WEIGHTS_DIR = Path(env.text("WEIGHTS_DIR", str(BASE_DIR / "inference" / "weights" / "moodvision-fer-3")))
MODELS_DIR = Path(env.text("MODELS_DIR", str(VAR_DIR / "models" / "registered")))
DETECTOR_FILE = Path(env.text("DETECTOR_FILE", str(VAR_DIR / "models" / "face_detection_yunet.onnx")))
READING_LEASE_SECONDS = env.integer("READING_LEASE_SECONDS", 120)
READING_BATCH = env.integer("READING_BATCH", 16)
READING_MAX_ATTEMPTS = 3

LOGGING = log_lines.config(env.text("LOG_LEVEL", "INFO"))

os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(50_000_000))  # before anybody imports cv2
