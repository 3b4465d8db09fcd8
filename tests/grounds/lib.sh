# Sourced by the scripts beside it: where things are kept, and how a long step is run.
set -eu

grounds=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
project=$(CDPATH='' cd -- "$grounds/../.." && pwd)
cache=${NETDIAG_GROUNDS:-$HOME/.cache/netdiag-grounds}
run=/run/netdiag-grounds-$(printf %s "$cache" | cksum | cut -d ' ' -f 1)
python=$cache/python/bin/python
base_root=$cache/debian-python.tar
mariadb_root=$cache/debian-mariadb.tar
engines='engine remapped'
podman_run=$run-podman
podman_user=netdiag-grounds
export DOCKER_CONFIG="$cache/docker-config"
unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH

base_image=netdiag-test/debian-python:bookworm
mariadb_image=netdiag-test/debian-mariadb:bookworm
compose_version=v2.40.3
ollama_version=0.17.4
promtool_version=v0.316.0

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
    logged apt-install env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $missing
}

# use_engine NAME: makes this the engine that `docker` and the helpers below speak to.
use_engine() {
    engine=$1
    case " $engines " in
        *" $engine "*) ;;
        *) die "no engine is called '$engine'; there are: $engines" ;;
    esac
    engine_home=$cache engine_run=$run
    [ "$engine" = engine ] || engine_home=$cache/$engine engine_run=$run-$engine
    export DOCKER_HOST="unix://$engine_home/docker.sock"
}
use_engine engine

# engine_log: prints the name of the file the engine logs to.
engine_log() {
    case $engine in
        engine) echo "$cache/log/dockerd" ;;
        *) echo "$cache/log/dockerd-$engine" ;;
    esac
}

engine_answers() { docker info >/dev/null 2>&1; }

# engine_pid: prints the engine's process id, or nothing when it is gone.
engine_pid() { pid_of dockerd "$engine_home/dockerd.pid"; }

# podman_pid: prints the id of the process that keeps Podman's host, or nothing when it is gone.
podman_pid() { pid_of unshare "$podman_run/pid"; }

# pid_of PROGRAM FILE: prints the id in the file as long as that process runs this program.
pid_of() {
    pid=$(cat "$2" 2>/dev/null) || return 0
    [ "$(basename "$(readlink "/proc/$pid/exe")")" = "$1" ] && echo "$pid"
    return 0
}

# have_base_root: makes the Debian with Python that every engine's base image is imported from.
have_base_root() {
    [ -e "$base_root" ] || "$grounds/debian-root" "$base_root" python3,python3-venv,python3-pip,ca-certificates,curl
}

# import_base_image: gives the engine in use the base image.
import_base_image() {
    docker image inspect "$base_image" >/dev/null 2>&1 && return
    have_base_root
    say "importing $base_image"
    logged import docker import "$base_root" "$base_image"
}

# subordinate_ids USER: gives a user 65536 user and group ids of its own, beyond all that were given before.
subordinate_ids() {
    touch /etc/subuid /etc/subgid
    first=$(awk -F: 'BEGIN { n = 231072 } $2 + $3 > n { n = $2 + $3 } END { print n }' /etc/subuid /etc/subgid)
    for file in /etc/subuid /etc/subgid; do
        grep -q "^$1:" "$file" || echo "$1:$first:65536" >>"$file"
    done
}

# Run in a mount namespace: the /sys of its network namespace, and cgroup v2 alone in it, as newer hosts have it,
# whatever this machine's is.
own_sys='mount -t sysfs sysfs /sys; mount -t cgroup2 cgroup2 /sys/fs/cgroup'

# own_python PACKAGE…: makes $python, an environment of the grounds' own, and installs these packages in it.
own_python() {
    [ -x "$python" ] || logged python python3 -m venv "$cache/python"
    logged python-packages "$python" -m pip install "$@"
}

# own_environment NAME PACKAGE…: an environment of this name, with these packages, made once for this list of them.
own_environment() {
    place=$cache/$1
    shift
    [ "$(cat "$place/made" 2>/dev/null)" = "$*" ] && return
    say "installing $*"
    rm -rf "$place"
    logged "$(basename "$place")" python3 -m venv "$place"
    logged "$(basename "$place")" "$place/bin/python" -m pip install "$@"
    echo "$*" >"$place/made"
}
