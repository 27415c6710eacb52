# Configures and builds a preset of CMakePresets.json, quietly; the whole log appears when it fails.

# Shows ninja's [n/m] on one line of a terminal, or once a minute in a log file.
show_progress() {
    local label="$1" line shown=$SECONDS
    while IFS= read -r line; do
        [[ "$line" =~ ^\[[0-9]+/[0-9]+\] ]] || continue
        if [[ -t 1 ]]; then
            printf '\r\033[K%s %s' "$label" "${line:0:70}"
        elif ((SECONDS - shown >= 60)); then
            shown=$SECONDS
            say "$label ${BASH_REMATCH[0]}"
        fi
    done
    if [[ -t 1 ]]; then
        printf '\r\033[K'
    fi
}

configure_preset() {
    local preset="$1" log="$root/build/logs/build-$1.log" configure=(cmake --preset "$1")
    if command -v ccache >/dev/null; then
        configure+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    fi
    mkdir -p "${log%/*}"
    if ! (cd "$root" && "${configure[@]}") >"$log" 2>&1; then
        show_log "configuring $preset" "$log" >&2
        fail "the preset '$preset' could not be configured"
    fi
}

# build_preset PRESET [TARGET…]: everything, if no target is named.
build_preset() {
    local preset="$1" log="$root/build/logs/build-$1.log" started=$SECONDS
    shift
    local build=(cmake --build --preset "$preset" --parallel "${FINELINE_JOBS:-$(nproc)}")
    if [[ $# -gt 0 ]]; then
        build+=(--target "$@")
    fi
    configure_preset "$preset"
    say "building $preset …"
    if ! (cd "$root" && "${build[@]}") 2>&1 | tee -a "$log" | show_progress "building $preset"; then
        show_log "building $preset" "$log" >&2
        fail "the preset '$preset' does not build"
    fi
    say "built $preset in $((SECONDS - started)) s"
}

# Builds the console into web/dist, unless it is newer than everything it is made of.
build_console() {
    local web="$root/web" log="$root/build/logs/console.log"
    [[ -f "$web/package.json" ]] || return 0
    ensure_npm "$web" "what the console is built with"
    if [[ -f "$web/dist/index.html" ]] &&
        [[ -z "$(find "$web" -path "$web/node_modules" -prune -o -path "$web/dist" -prune -o \
            -type f -newer "$web/dist/index.html" -print -quit)" ]]; then
        return 0
    fi
    say "building the console …"
    if ! (cd "$web" && npm run build) >"$log" 2>&1; then
        show_log "building the console" "$log" >&2
        fail "the console does not build"
    fi
    touch "$web/dist/index.html"
}

# Leaves the program, with the console in it, at build/fineline.
build_program() {
    build_console
    build_preset release fineline
    ln -sfn release/src/fineline "$root/build/fineline"
}

run_build() {
    [[ $# -eq 0 ]] || usage_error "'./dev build' takes no argument"
    ensure_installed build
    build_program
    say "the program is build/fineline"
}
