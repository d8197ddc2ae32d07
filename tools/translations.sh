#!/bin/sh
# Extract the messages from code and templates, and bring them into the Chinese catalogue.
# Usage: translations.sh BIN
set -eu

bin=$1
"$bin/pybabel" -q extract -F babel.cfg -k _l -k lazy_pgettext:1c,2 -k lazy_ngettext:1,2 \
  --no-location --sort-output --omit-header --add-comments=Translators: \
  -o translations/messages.pot .
"$bin/pybabel" -q update -i translations/messages.pot -d translations -l zh_Hans \
  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
# Babel fills the header with placeholders and with today's date; they say nothing.
catalogue=translations/zh_Hans/LC_MESSAGES/messages.po
grep -v -E '^"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By):' \
  "$catalogue" > "$catalogue.new"
mv "$catalogue.new" "$catalogue"
