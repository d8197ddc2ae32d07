"""HTTP in both languages: blueprints by audience, and what every page shares."""

from flask import Flask

from app.web import (
    entrance,
    errors,
    health,
    locale,
    public,
    rate_limits,
    security,
    staff,
    templating,
)

__all__ = ["init_app", "rate_limits"]


def init_app(app: Flask) -> None:
    """Register pages, handlers and template helpers."""
    locale.init_app(app)
    security.init_app(app)
    templating.init_app(app)
    errors.init_app(app)
    app.register_blueprint(entrance.bp)
    app.register_blueprint(health.bp)
    app.register_blueprint(public.bp)
    app.register_blueprint(staff.bp)
