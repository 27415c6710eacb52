# Looks at the sources without running them: layout, lint, layers, shell scripts.

# Prints C++ files below src, tests, fuzz and bench, absolute, one a line. SCOPE is `all`, or `changed`:
# differing from the branch main (or its remote), committed or not.
cpp_files() {
    local scope="$1" base=""
    if [[ "$scope" == changed ]]; then
        base="$(git -C "$root" merge-base HEAD origin/main 2>/dev/null ||
            git -C "$root" merge-base HEAD main 2>/dev/null)" || scope=all
    fi
    {
        if [[ "$scope" == all ]]; then
            git -C "$root" ls-files
        else
            git -C "$root" diff --name-only --diff-filter=d "$base"
        fi
        git -C "$root" ls-files --others --exclude-standard
    } | sort -u | grep -E '^(src|tests|fuzz|bench)/.*\.(cpp|h)$' | sed "s|^|$root/|" || true
}

# Prints a preset and a file, one after the other, for each translation unit of a build; files that must
# not compile are none.
lintable_files() {
    local file preset
    while IFS= read -r file; do
        for preset in release bench fuzz; do
            if grep -qF "\"file\": \"$file\"" "$root/build/$preset/compile_commands.json"; then
                printf '%s\n%s\n' "$preset" "$file"
                break
            fi
        done
    done < <(cpp_files "$1" | grep '\.cpp$')
}

check_format() {
    local files=()
    mapfile -t files < <(cpp_files "$1")
    [[ ${#files[@]} -gt 0 ]] || return 0
    clang-format-14 --dry-run --Werror "${files[@]}"
}

# lint_file PRESET FILE. Paths are absolute, or clang-tidy's header filter silently matches nothing.
lint_file() {
    clang-tidy-14 --quiet -p "$root/build/$1" --extra-arg=-Wno-unknown-warning-option "$2"
}

check_lint() {
    local units=() preset
    build_preset release header_alone
    for preset in bench fuzz; do
        configure_preset "$preset"
    done
    mapfile -t units < <(lintable_files "$1")
    [[ ${#units[@]} -gt 0 ]] || return 0
    say "clang-tidy on $((${#units[@]} / 2)) files …"
    export root
    export -f lint_file
    printf '%s\0' "${units[@]}" | xargs -0 -n 2 -P "${FINELINE_JOBS:-$(nproc)}" bash -c 'lint_file "$@"' lint
}

# clang, which builds the fuzzers alone, refuses some of what g++ takes.
check_clang() {
    local files=()
    configure_preset fuzz
    mapfile -t files < <(cpp_files "$1")
    [[ ${#files[@]} -gt 0 ]] || return 0
    python3 "$root/tools/clang_syntax.py" "$root/build/fuzz/compile_commands.json" "${files[@]}"
}

check_scripts() {
    local scripts=()
    mapfile -t scripts < <(cd "$root" && git ls-files --cached --others --exclude-standard | grep '/run$')
    (cd "$root" && shellcheck -x -a dev tools/test_parts.sh "${scripts[@]}")
}

# The console's types, markup and layout; nothing is installed for it that the build does not need.
check_web() {
    ensure_npm "$root/web" "what the console is built with"
    (cd "$root/web" && npm run --silent check)
}

# Says how one check went, with its output only when it failed.
report_check() {
    local name="$1" log="$root/build/logs/check-$1.log"
    shift
    mkdir -p "${log%/*}"
    if (set -e; "$@") >"$log" 2>&1; then
        printf '  %-8s ok\n' "$name"
        return 0
    fi
    printf '  %-8s FAILED\n' "$name"
    show_log "$name" "$log"
    return 1
}

run_check() {
    local scope=changed failed=0
    case "${1:-}" in
        "") ;;
        --all) scope=all ;;
        *) usage_error "'./dev check' knows --all, not '$1'" ;;
    esac
    ensure_installed build test check fuzz
    report_check format check_format "$scope" || failed=1
    report_check tidy python3 "$root/tools/run_unittest.py" "$root/tests/tidy" || failed=1
    report_check scripts check_scripts || failed=1
    report_check web check_web || failed=1
    report_check clang check_clang "$scope" || failed=1
    report_check lint check_lint "$scope" || failed=1
    return "$failed"
}

run_format() {
    local files=()
    [[ $# -eq 0 ]] || usage_error "'./dev format' takes no argument"
    ensure_installed check
    mapfile -t files < <(cpp_files all)
    clang-format-14 -i "${files[@]}"
    ensure_npm "$root/web" "what the console is built with"
    (cd "$root/web" && npm run --silent format)
    say "formatted ${#files[@]} files of C++, and the console"
}
