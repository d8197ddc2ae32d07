"""Portals in processes of their own, for tests that kill them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import SECRET

ROOT = Path(__file__).resolve().parents[1]


def start(module: str, *arguments: object, folder: Path) -> subprocess.Popen[str]:
    """A test program of ours, running with the portal that lives in the folder."""
    environment = {name: value for name, value in os.environ.items() if "PORTAL" not in name}
    environment |= {
        "PORTAL_ENVIRONMENT": "testing",
        "PORTAL_INSTANCE_DIR": str(folder),
        "PORTAL_SECRET_KEY": SECRET,
    }
    return subprocess.Popen(  # noqa: S603 - our own module, named by a test
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
