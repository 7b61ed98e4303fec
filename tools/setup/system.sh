# What the set-up needs of the operating system: which packages are missing, and installing them.
# Functions only; setup.sh and tests/tools/test_setup_system.py source this file.

# One need per line: Debian's package | in words | how it shows without a package manager
RUN_NEEDS='
build-essential|a C and C++ compiler (gcc, g++, make)|command -v gcc && command -v g++
portaudio19-dev|PortAudio and its headers (portaudio.h)|has_header portaudio.h
libespeak-ng1|the speech synthesiser espeak-ng (libespeak-ng.so.1)|has_library libespeak-ng.so.1
flite|the speech synthesiser flite, voice of the scripted person|command -v flite
'
PYTHON_NEEDS='
python3|Python 3.11 to 3.14|false
python3-venv|its module venv|false
python3-dev|its headers (Python.h)|false
'
# The virtual sound card of the tests, and what makes the noises in their rooms. PulseAudio and
# pipewire-alsa exclude each other: a desktop that plays through PipeWire keeps doing so, and the
# tests that need PulseAudio are skipped there.
TEST_NEEDS='
pulseaudio|the sound server PulseAudio|command -v pulseaudio || is_installed pipewire-alsa
pulseaudio-utils|its tool pactl|command -v pactl
libasound2-plugins|its ALSA plug-in|has_alsa_pulse
espeak-ng|the command espeak-ng|command -v espeak-ng
sox|the sound tool sox|command -v sox
systemd|the judge of units systemd-analyze|command -v systemd-analyze
strace|the tracer strace|command -v strace
'

LOG_FOLDER=.setup/log

install_missing() { # run|test
    local missing
    missing=$(
        missing_needs "$RUN_NEEDS"
        any_python >/dev/null || missing_needs "$PYTHON_NEEDS"
        [[ $1 != test ]] || missing_needs "$TEST_NEEDS"
    )
    [[ -n $missing ]] || return 0
    { has apt-get && has dpkg-query; } || stop_without_apt "$missing"
    become_root || stop_without_root "$missing"
    apt_install "$missing"
}

# Those of the needs in $1 that are not met, a line each.
missing_needs() {
    local installed='' package words probe
    if has dpkg-query; then
        local -a names
        mapfile -t names < <(packages_of "$1")
        # It complains about packages that it has never heard of: those are missing.
        installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' \
            "${names[@]}" 2>/dev/null || true)
    fi
    while IFS='|' read -r package words probe; do
        [[ -n $package ]] || continue
        grep -qx "installed $package" <<<"$installed" && continue
        eval "$probe" >/dev/null 2>&1 && continue
        echo "$package|$words"
    done <<<"$1"
}

apt_install() { # needs
    local -a packages options
    mapfile -t packages < <(packages_of "$1")
    # Never trade a package that somebody uses for one that we want, ask nothing, and wait for a
    # nightly upgrade that holds the lock.
    options=(--yes --no-remove --no-install-recommends -o DPkg::Lock::Timeout=120)
    local -a apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
    mkdir -p "$LOG_FOLDER"
    # A failed update is no reason to stop: the lists that are here may do.
    quietly "package lists" "$LOG_FOLDER/apt-update.log" "${apt[@]}" update || true
    quietly "system packages: ${packages[*]}" "$LOG_FOLDER/apt-install.log" \
        "${apt[@]}" install "${options[@]}" "${packages[@]}" || stop_after_apt "$1"
}

packages_of() { # needs
    cut -d'|' -f1 <<<"$1" | grep .
}

# Sets as_root to what goes in front of a command that needs root. Asks for a password at most here.
become_root() {
    if [[ $(id -u) == 0 ]]; then
        as_root=()
    elif has sudo && { sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }; }; then
        as_root=(sudo -n)
    else
        return 1
    fi
}

any_python() { prepared_python || find_python; }

# The Python of the virtual environment that we made, while it is the same one in the same place.
prepared_python() {
    local python=.venv/bin/python made version
    [[ -x $python ]] && made=$(cat .venv/edgevoice/environment 2>/dev/null) || return 1
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || return 1
    [[ $made == "$version $(pwd -P)" ]] || return 1
    echo "$python"
}

# A Python that can make a virtual environment and compile extensions: $PYTHON, or the first found.
find_python() {
    local candidate
    local -a candidates=(python3 python3.13 python3.12 python3.11 python3.14 /usr/bin/python3
        "$HOME"/.pyenv/versions/3.1[1-4]*/bin/python3)
    [[ -z ${PYTHON-} ]] || candidates=("$PYTHON")
    for candidate in "${candidates[@]}"; do
        has "$candidate" || continue
        "$candidate" - <<'PY' 2>/dev/null && return 0
import pathlib, sys, sysconfig
if not (3, 11) <= sys.version_info[:2] <= (3, 14):
    sys.exit(1)
import ensurepip, venv
if not pathlib.Path(sysconfig.get_path("include"), "Python.h").is_file():
    sys.exit(1)
print(sys.executable)
PY
    done
    return 1
}

has() { command -v "$1" >/dev/null 2>&1; }
is_installed() { [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1") == installed ]]; }
# No pipes into what may stop reading: with pipefail the writer's SIGPIPE would look like a "no".
has_header() { gcc -E - <<<"#include <$1>"; }
has_library() { grep -q "^[[:space:]]*$1 " <<<"$(ldconfig -p)"; }
has_alsa_pulse() { compgen -G '/usr/lib*/*/alsa-lib/libasound_module_pcm_pulse.so' ||
    compgen -G '/usr/lib*/alsa-lib/libasound_module_pcm_pulse.so'; }

# Run a command with its output in a log, and show that time passes.
quietly() { # words log command…
    local words=$1 log=$2 status=0 child
    shift 2
    SECONDS=0
    [[ -t 1 ]] || echo "… $words"
    # Nothing is killed: half of a system package is worse than one too many.
    trap 'echo; echo "Interrupted; what runs ends by itself. The same command goes on from here."; exit 130' INT TERM
    "$@" >"$log" 2>&1 </dev/null &
    child=$!
    while kill -0 "$child" 2>/dev/null; do
        [[ ! -t 1 ]] || printf '\r\e[2K… %s  %d:%02d' "$words" $((SECONDS / 60)) $((SECONDS % 60))
        sleep 0.2
    done
    wait "$child" || status=$?
    trap - INT TERM
    [[ ! -t 1 ]] || printf '\r\e[2K'
    ((status == 0)) || { echo "✗ $words"; return "$status"; }
    printf '✓ %s  %d:%02d\n' "$words" $((SECONDS / 60)) $((SECONDS % 60))
}

list_needs() { # needs
    grep . <<<"$1" | while IFS='|' read -r package words; do
        printf '    %-20s %s\n' "$package" "$words"
    done
}

apt_command() { # needs
    echo "    apt-get update && apt-get install --yes $(packages_of "$1" | paste -sd' ')"
}

stop_without_apt() { # needs
    {
        echo "edgevoice needs these from your system, and only Debian's package manager is known here:"
        echo
        grep . <<<"$1" | cut -d'|' -f2 | sed 's/^/    /'
        echo
        echo "Install them the way your system does it, then type the same command again."
    } >&2
    exit 1
}

stop_without_root() { # needs
    {
        echo "edgevoice needs these system packages, and neither root nor a working sudo is at hand:"
        echo
        list_needs "$1"
        echo
        echo "Have an administrator run this, then type the same command again:"
        echo
        apt_command "$1"
    } >&2
    exit 1
}

stop_after_apt() { # needs
    {
        echo "apt-get could not install the system packages. Its last words ($LOG_FOLDER/apt-install.log):"
        echo
        tail -n 12 "$LOG_FOLDER/apt-install.log" | sed 's/^/    /'
        echo
        echo "Check the network, then type the same command again. By hand it would be:"
        echo
        apt_command "$1"
    } >&2
    exit 1
}

stop_without_python() {
    {
        if [[ -n ${PYTHON-} ]]; then
            echo "PYTHON=$PYTHON is no Python 3.11 to 3.14 with the module venv and its headers."
        else
            echo "No Python 3.11 to 3.14 with the module venv and its headers is here."
        fi
        echo "Debian 12 and Raspberry Pi OS 12 bring one; elsewhere name yours: make demo PYTHON=/path/to/python3"
    } >&2
    exit 1
}
