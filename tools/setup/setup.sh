#!/usr/bin/env bash
# Prepare this machine, step by step; what is done already is skipped.
#
#   tools/setup/setup.sh run     what the commands need
#   tools/setup/setup.sh test    and what judges the code
#
# Bash does only what has to happen before there is a Python; tools/setup/*.py does the rest.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
PATH=$PATH:/usr/sbin:/sbin # ldconfig is there, and only root's PATH says so
source tools/setup/system.sh

case ${1-} in
run | test) ;;
*)
    echo "usage: tools/setup/setup.sh run|test" >&2
    exit 2
    ;;
esac

install_missing "$1"
python=$(any_python) || stop_without_python
exec "$python" -m tools.setup "$1"
