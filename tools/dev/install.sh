# Installs what is missing of tools/packages.txt through apt, and nothing else.

# Prints the packages of the groups named that are neither installed nor replaced by a command.
missing_packages() {
    local wanted=" $* " group package substitute
    while read -r group package substitute; do
        [[ "$wanted" == *" $group "* ]] || continue
        if [[ -n "$substitute" ]] && command -v "$substitute" >/dev/null; then
            continue
        fi
        if [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]]; then
            printf '%s\n' "$package"
        fi
    done < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$root/tools/packages.txt") | sort -u
}

# Runs a command as root: as it is, or by sudo.
as_root() {
    if [[ "$(id -u)" -eq 0 ]]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Runs a command up to three times, since mirrors and locks fail now and then.
with_retries() {
    local attempt
    for attempt in 1 2 3; do
        if "$@"; then
            return 0
        fi
        say "dev: attempt $attempt failed: $*"
        sleep $((attempt * 5))
    done
    return 1
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=900 "$@"
}

# Makes sure that every package of the groups named is there.
ensure_installed() {
    local log="$root/build/logs/install.log" started=$SECONDS
    if [[ "${FINELINE_SKIP_INSTALL:-}" == 1 ]]; then
        return 0
    fi
    command -v dpkg-query >/dev/null ||
        usage_error "this is no Debian; install the equivalents of tools/packages.txt ($*)" \
            "and set FINELINE_SKIP_INSTALL=1"
    local packages=()
    mapfile -t packages < <(missing_packages "$@")
    if [[ "${#packages[@]}" -eq 0 ]]; then
        return 0
    fi
    if [[ "$(id -u)" -ne 0 ]] && ! command -v sudo >/dev/null; then
        usage_error "missing, and only root may install them: apt-get install ${packages[*]}"
    fi
    say "installing ${#packages[@]} missing Debian packages: ${packages[*]}"
    mkdir -p "${log%/*}"
    : >"$log"
    if ! with_retries as_root apt-get update -q -o DPkg::Lock::Timeout=900 >>"$log" 2>&1 ||
        ! with_retries apt_install "${packages[@]}" >>"$log" 2>&1; then
        show_log "apt" "$log" >&2
        usage_error "apt could not install: ${packages[*]}"
    fi
    say "installed in $((SECONDS - started)) s"
}

run_setup() {
    local groups=("$@") group
    if [[ "${#groups[@]}" -eq 0 ]]; then
        groups=(build test check fuzz bench)
    fi
    for group in "${groups[@]}"; do
        grep -q "^$group " "$root/tools/packages.txt" || usage_error "no group of packages is named '$group'"
    done
    ensure_installed "${groups[@]}"
    say "everything needed is installed: ${groups[*]}"
}

# ensure_npm FOLDER WHAT: installs the Node packages of a lock file, unless those installed are of it.
ensure_npm() {
    local folder="$1" what="$2" log="$root/build/logs/npm.log" major
    major="$(node -p 'process.versions.node.split(".")[0]')"
    [[ "$major" -ge 18 ]] || usage_error "Node 18 or newer is needed, this is $(node --version)"
    if [[ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]]; then
        return 0
    fi
    mkdir -p "${log%/*}"
    : >"$log"
    if ! (cd "$folder" && with_retries npm ci --ignore-scripts --no-audit --no-fund) >>"$log" 2>&1; then
        show_log "npm ci in ${folder#"$root/"}" "$log" >&2
        fail "npm could not install $what"
    fi
    touch "$folder/node_modules/.package-lock.json"
}

ensure_duckdb() {
    ensure_npm "$root/tools/duckdb" DuckDB
}
