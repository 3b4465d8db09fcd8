#!/bin/sh
# netdiag in one file. What follows this text is an archive, made by pex for several Pythons; for the one that is here it
# is unpacked once, and started from there afterwards: in the time of an installed program, which a pex needs twice of.
set -eu
place=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/netdiag/DIGEST
run='import sys; sys.argv[0] = "netdiag"; from netdiag.cli import main; sys.exit(main())'
[ -x "$place/bin/python" ] && exec "$place/bin/python" -I -c "$run" "$@"

# Asked before it is taken: pyenv has a python3.13 on the PATH that only says that it is not the chosen one.
found=
for python in python3 python3.13 python3.12 python3.11 python3.10; do
    "$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null && found=$python && break
done
[ -n "$found" ] || { echo 'netdiag: needs Python 3.10 to 3.13, and no python3 on the PATH is one' >&2; exit 70; }
mkdir -p "$(dirname "$place")"
staged=$(mktemp -d "$place.XXXXXX")
trap 'rm -rf "$staged"' EXIT
trap 'exit 130' INT TERM
PEX_ROOT=$staged/pex PEX_TOOLS=1 "$found" "$0" venv --compile "$staged/netdiag" >&2
mv "$staged/netdiag" "$place" 2>/dev/null || [ -x "$place/bin/python" ] # another one may have been quicker
rm -rf "$staged"
exec "$place/bin/python" -I -c "$run" "$@"
