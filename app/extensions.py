"""Flask's extensions, unbound; only the factory and `resources` import them."""

from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from app.models import Base

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()
bootstrap = Bootstrap5()
compress = Compress()
limiter = Limiter(key_func=get_remote_address, strategy="fixed-window")
