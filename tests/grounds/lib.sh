# Sourced by the scripts beside it: where things are kept, and how a long step is run.
set -eu

grounds=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
project=$(CDPATH='' cd -- "$grounds/../.." && pwd)
cache=${NETDIAG_GROUNDS:-$HOME/.cache/netdiag-grounds}
engine_pid_file=$cache/dockerd.pid
python=$cache/python/bin/python
engine_run=/run/netdiag-grounds-$(printf %s "$cache" | cksum | cut -d ' ' -f 1)
export DOCKER_HOST="unix://$cache/docker.sock"
export DOCKER_CONFIG="$cache/docker-config"
unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH

base_image=netdiag-test/debian-python:bookworm
compose_version=v2.40.3
ollama_version=0.17.4

mkdir -p "$cache/log"

say() { printf 'grounds: %s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

need_root() { [ "$(id -u)" = 0 ] || die "$1 needs root; run it with sudo"; }

# logged NAME COMMAND…: keeps the output in log/NAME and shows its end only when the command fails.
logged() {
    log=$cache/log/$1
    shift
    "$@" >"$log" 2>&1 </dev/null || {
        tail -n 30 "$log" >&2
        die "failed: $* (all of its output: $log)"
    }
}

# packages NAME…: installs the Debian packages that are missing.
packages() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -z "$missing" ] && return
    need_root "installing$missing"
    say "installing$missing"
    logged apt-update apt-get update
    # shellcheck disable=SC2086  # a list of names
    logged apt-install env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
}

engine_answers() { docker info >/dev/null 2>&1; }

# engine_pid: prints the engine's process id, or nothing when it is gone.
engine_pid() {
    pid=$(cat "$engine_pid_file" 2>/dev/null) || return 0
    [ "$(basename "$(readlink "/proc/$pid/exe")")" = dockerd ] && echo "$pid"
    return 0
}

# own_python PACKAGE…: makes $python, an environment of the grounds' own, and installs these packages in it.
own_python() {
    [ -x "$python" ] || logged python python3 -m venv "$cache/python"
    logged python-packages "$python" -m pip install "$@"
}
