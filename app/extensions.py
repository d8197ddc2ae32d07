"""Flask's extensions, unbound; only the factory and `resources` import them."""

from ipaddress import IPv6Address, IPv6Network

from flask import current_app
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from app.models import Base
from app.secrecy import Keys

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()
bootstrap = Bootstrap5()
compress = Compress()


def network_of(address: str) -> str:
    """An IPv4 address as it is; of an IPv6 address the network that one household has.

    Whoever has one IPv6 address has 2⁶⁴ of them, and could go on for ever under a new one.
    """
    try:
        found = IPv6Address(address)
    except ValueError:
        return address
    return str(found.ipv4_mapped or IPv6Network((found, 64), strict=False))


def _sender() -> str:
    """A keyed hash of where a request came from: counting needs no more than that."""
    keys = current_app.extensions["portal_keys"]
    assert isinstance(keys, Keys)  # noqa: S101 - narrows the registry's type
    return keys.hash("sender", network_of(get_remote_address()))


limiter = Limiter(key_func=_sender, strategy="fixed-window")
