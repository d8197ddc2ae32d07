"""Making the application: the one module that knows every layer."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, logs, web
from app.database import prepare_engine
from app.engines.search.in_postgresql.index import PostgresIndex
from app.engines.search.index import SearchIndex, Signals
from app.engines.search.on_disk.index import WhooshIndex
from app.extensions import babel, bootstrap, compress, csrf, db, limiter, migrate
from app.secrecy import Keys
from app.web.locale import current_locale
from app.web.sessions import DatabaseSessions
from config import Environment, SearchBackend, Settings

ROOT = Path(__file__).resolve().parent.parent

FORM_LIMIT = 256 * 1024
"""Bytes of a request's body; a suggestion of 2,000 characters needs less than a tenth."""


def create_app(settings: Settings) -> Flask:
    """The portal for these settings; raises RuntimeError where compiled catalogues are missing."""
    logs.configure(is_production=settings.environment is Environment.PRODUCTION)
    _refuse_missing_catalogues(ROOT / "translations")
    app = Flask(
        __package__ or "app",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(settings.instance_dir.resolve()),
    )
    app.config.from_mapping(_flask_settings(settings))
    app.extensions["portal_settings"] = settings
    app.extensions["portal_keys"] = Keys.from_secret(settings.secret_key)
    app.extensions["portal_index"] = _search_index(settings)
    app.session_interface = DatabaseSessions()
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # how Flask documents it
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    _bind_extensions(app)
    web.init_app(app)
    cli.init_app(app)
    return app


def _search_index(settings: Settings) -> SearchIndex:
    signals = Signals(
        newness=settings.search_newness,
        half_life_days=settings.search_half_life_days,
        support=settings.search_support,
    )
    if settings.search_backend is SearchBackend.POSTGRESQL:
        return PostgresIndex(settings.database, signals=signals)
    return WhooshIndex(settings.index_path, signals=signals)


def _flask_settings(settings: Settings) -> dict[str, object]:
    is_production = settings.environment is Environment.PRODUCTION
    return {
        "PORTAL_ENVIRONMENT": settings.environment,
        "TESTING": settings.environment is Environment.TESTING,
        "SECRET_KEY": Keys.from_secret(settings.secret_key).signing,
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "SESSION_COOKIE_SECURE": is_production,
        "TRUSTED_HOSTS": settings.trusted_hosts or None,
        "MAX_CONTENT_LENGTH": FORM_LIMIT,
        "MAX_FORM_MEMORY_SIZE": FORM_LIMIT,
        "MAX_FORM_PARTS": 200,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "BABEL_DEFAULT_LOCALE": "zh_Hans",
        "BABEL_DEFAULT_TIMEZONE": settings.time_zone,
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "BOOTSTRAP_SERVE_LOCAL": True,
        "RATELIMIT_STORAGE_URI": settings.rate_limit_storage,
        "RATELIMIT_HEADERS_ENABLED": True,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000 if is_production else None,
    }


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.database.startswith("sqlite"):
        return {}
    return {"pool_pre_ping": True, "connect_args": {"options": "-c statement_timeout=30000"}}


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    babel.init_app(app, locale_selector=current_locale)
    csrf.init_app(app)
    # See macros/header.html: its form stands on every page, and needs no session.
    csrf.exempt("app.web.public.settings.large_text")
    bootstrap.init_app(app)
    compress.init_app(app)
    limiter.init_app(app)


def _refuse_missing_catalogues(folder: Path) -> None:
    """Silent English would look like a translation nobody wrote."""
    if not (folder / "zh_Hans" / "LC_MESSAGES" / "messages.mo").exists():
        raise RuntimeError(
            "the compiled catalogues are missing: run `make catalogs` "
            "(pybabel compile -d translations)"
        )
