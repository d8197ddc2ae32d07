#!/bin/sh
# Make .venv with the locked libraries of one requirements file; quick when nothing changed.
# Usage: setup.sh PYTHON REQUIREMENTS
set -eu

python=$1
requirements=$2

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

command -v "$python" >/dev/null 2>&1 || die "There is no $python. Install Python 3.11 to 3.13."
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' ||
  die "$python is $("$python" -V 2>&1); the portal needs Python 3.11, 3.12 or 3.13."

if [ ! -x .venv/bin/python ]; then
  "$python" -c 'import venv, ensurepip' 2>/dev/null ||
    die "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"
  say "Making the environment in .venv …"
  "$python" -m venv .venv || { rm -rf .venv; die "The environment could not be made."; }
fi

# The development file holds the runtime one too, so its stamp answers for both.
wanted=$(cat requirements.txt "$requirements" | cksum)
for stamp in .venv/stamp-requirements.txt .venv/stamp-requirements-dev.txt; do
  [ "$requirements" = requirements-dev.txt ] && [ "$stamp" = .venv/stamp-requirements.txt ] && continue
  base=$(basename "$stamp" | sed 's/^stamp-//')
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(cat requirements.txt "$base" | cksum)" ] && exit 0
done

say "Installing the locked libraries of $requirements (about a minute, once) …"
log=.venv/install.log
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    --require-hashes -r "$requirements" >"$log" 2>&1; then
  if grep -qiE 'connection|resolve host|network|timed out|proxy|no matching distribution' "$log"; then
    die "The libraries could not be downloaded: is there a network? Details: $log"
  fi
  tail -5 "$log" >&2
  die "The libraries could not be installed. Details: $log"
fi
printf '%s\n' "$wanted" >".venv/stamp-$requirements"
