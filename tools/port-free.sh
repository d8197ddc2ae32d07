#!/bin/sh
# End with one sentence when the port is taken, before anything slow begins.
# Usage: port-free.sh PYTHON PORT
set -eu

case $2 in
  '' | *[!0-9]*) printf 'PORT must be a number, not "%s".\n' "$2" >&2; exit 1 ;;
esac
command -v "$1" >/dev/null 2>&1 || { printf 'There is no %s. Install Python 3.11 to 3.13.\n' "$1" >&2; exit 1; }
"$1" - "$2" <<'PYTHON'
import socket
import sys

port = int(sys.argv[1])
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
    except (OSError, OverflowError):
        sys.exit(f"Port {port} is in use or not allowed. Choose another one: make serve PORT=8001")
PYTHON
