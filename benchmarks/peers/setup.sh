#!/bin/sh
# Installs the peers into $DOSECAL_PEERS_HOME (default ~/.cache/dosecal-peers): a venv, node_modules and the libical program. Every version
# stands here but libical's, which is Debian's, and icalendar's: that is the one that dosecal itself has.
#
#     benchmarks/peers/setup.sh
#
# Needs python3 (or $PYTHON), node and npm, gcc, pkg-config and libical-dev.
set -eu

ics=0.7.3
vobject=0.9.9
pytz=2026.6 dateutil=2.9.0.post0 arrow=1.4.0 tatsu=5.15.1 # which the two depend on
ical_generator=10.2.0                                     # 11 asks for node 22
ical_js=2.2.1

here=$(cd "$(dirname "$0")" && pwd)
home=${DOSECAL_PEERS_HOME:-$HOME/.cache/dosecal-peers}
mkdir -p "$home"

[ -d "$home/venv" ] || "${PYTHON:-python3}" -m venv "$home/venv"
"$home/venv/bin/python" -m pip install -q "ics==$ics" "vobject==$vobject" "pytz==$pytz" "python-dateutil==$dateutil" "arrow==$arrow" "TatSu==$tatsu"
npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix "$home" "ical-generator@$ical_generator" "ical.js@$ical_js"
gcc -O2 -Wall -Wextra "-DLIBICAL=\"$(pkg-config --modversion libical)\"" -o "$home/by_libical" "$here/by_libical.c" -lical
