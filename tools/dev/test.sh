# Runs the parts of tools/test_parts.sh and adds up what they count.

# shellcheck source=tools/test_parts.sh
source "$root/tools/test_parts.sh"

# Prints the names of the parts to run, one a line: those named, else all of the scale.
select_parts() {
    local scale="$1" part
    shift
    for part in "$@"; do
        [[ -n "$(part_field "$part" 1)" ]] || usage_error "no part of the tests is named '$part'; see ./dev test --list"
    done
    if [[ $# -gt 0 ]]; then
        printf '%s\n' "$@"
    elif [[ "$scale" == full ]]; then
        list_parts | awk '{ print $1 }'
    else
        list_parts | awk '$2 == "always" { print $1 }'
    fi
}

# Runs one part with its time limit and leaves its counts in part_passed, part_failed, part_skipped.
# A part that fails, is stopped or does not say what it counted has failed at least once.
run_and_count() {
    local part="$1" scale="$2" log="$3" minutes status=0 closing runner
    minutes="$(part_field "$part" "$([[ "$scale" == full ]] && echo 4 || echo 3)")"
    # `timeout` has a process group of its own, so an interrupt from the terminal is handed on.
    timeout --kill-after=20 "${minutes}m" "$root/tools/test_parts.sh" "$part" "$scale" >"$log" 2>&1 </dev/null &
    runner=$!
    trap 'kill "$runner"; exit 130' INT TERM
    wait "$runner" || status=$?
    trap - INT TERM
    part_passed=0 part_failed=0 part_skipped=0
    closing="$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -n 1)" || true
    if [[ "$closing" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
        part_passed="${BASH_REMATCH[1]}" part_failed="${BASH_REMATCH[2]}" part_skipped="${BASH_REMATCH[4]:-0}"
    else
        echo "dev: the part '$part' did not say what it counted" >>"$log"
        part_failed=1
    fi
    if [[ $status -eq 124 ]]; then
        echo "dev: the part '$part' was stopped after $minutes minutes" >>"$log"
    fi
    if [[ $status -ne 0 && $part_failed -eq 0 ]]; then
        part_failed=1
    fi
}

# Says which commit is tested; work that is not committed shows.
tested_commit() {
    git -C "$root" describe --always --abbrev=12 --dirty 2>/dev/null || echo unversioned
}

# Runs the parts named and prints a line for each. Sums up in passed, failed and skipped.
run_parts() {
    local scale="$1" state="$2" part started seconds log
    shift 2
    for part in "$@"; do
        log="$root/build/logs/test-$part.log"
        if [[ "$scale" == full && -f "$state/$part.ok" && "$state" != *dirty ]]; then
            read -r part_passed part_failed part_skipped seconds _ <"$state/$part.ok"
            say "$(printf '  %-13s ok     %8s tests  (in an earlier run)' "$part" "$part_passed")"
        else
            started=$SECONDS
            run_and_count "$part" "$scale" "$log"
            seconds=$((SECONDS - started))
            report_part "$part" "$log" "$seconds"
            if [[ $part_failed -eq 0 ]]; then
                echo "$part_passed $part_failed $part_skipped $seconds $FINELINE_SEED" >"$state/$part.ok"
            fi
        fi
        passed=$((passed + part_passed)) failed=$((failed + part_failed)) skipped=$((skipped + part_skipped))
    done
}

report_part() {
    local part="$1" log="$2" seconds="$3" verdict=ok remark=""
    if [[ $part_failed -gt 0 ]]; then
        verdict=FAILED
        remark=", $part_failed failed"
    fi
    if [[ $part_skipped -gt 0 ]]; then
        remark+=", $part_skipped skipped"
    fi
    say "$(printf '  %-13s %-6s %8s tests %6s s%s' "$part" "$verdict" "$part_passed" "$seconds" "$remark")"
    if [[ $part_failed -gt 0 ]]; then
        show_log "$part" "$log"
    fi
}

# Writes docs/verification.md from what the parts of a full run left in their folder.
write_verification() {
    local state="$1" commit="$2" part passed failed skipped seconds seed what
    {
        echo "# Verification"
        echo
        echo "Written by \`./dev test --full\`; each row can be run again with"
        echo "\`FINELINE_SEED=<seed> ./dev test --full <part>\`."
        echo
        echo "- commit: $commit"
        echo "- date: $(date -u +%Y-%m-%dT%H:%MZ)"
        echo "- machine: $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)," \
            "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(g++ --version | head -n 1)"
        echo
        echo "| part | what | tests passed | skipped | seconds | seed |"
        echo "|---|---|---:|---:|---:|---|"
        while read -r part _ _ _ what; do
            if [[ -f "$state/$part.ok" ]]; then
                read -r passed failed skipped seconds seed <"$state/$part.ok"
                echo "| $part | $what | $passed | $skipped | $seconds | $seed |"
            else
                echo "| $part | $what | not passed at this commit | | | |"
            fi
        done < <(list_parts)
    } >"$root/docs/verification.md"
}

run_test() {
    local scale=quick started=$SECONDS parts=() state commit
    if [[ "${1:-}" == --list ]]; then
        list_parts
        return 0
    fi
    if [[ "${1:-}" == --full ]]; then
        scale=full
        shift
    fi
    [[ "${1:-}" != -* ]] || usage_error "'./dev test' knows --full and --list, not '$1'"
    mapfile -t parts < <(select_parts "$scale" "$@")
    [[ ${#parts[@]} -gt 0 ]] || exit 2
    export FINELINE_SEED="${FINELINE_SEED:-$(date +%s)}"
    say "tests of $(tested_commit), $scale, FINELINE_SEED=$FINELINE_SEED"
    ensure_installed build test
    build_preset release
    ln -sfn release/src/fineline "$root/build/fineline"
    commit="$(tested_commit)"
    state="$root/build/$scale/$commit"
    mkdir -p "$state"
    local passed=0 failed=0 skipped=0
    run_parts "$scale" "$state" "${parts[@]}"
    if [[ "$scale" == full ]]; then
        write_verification "$state" "$commit"
    fi
    say "$scale run of $((SECONDS - started)) s with FINELINE_SEED=$FINELINE_SEED"
    say "$passed passed, $failed failed$([[ $skipped -eq 0 ]] || echo ", $skipped skipped")"
    [[ $failed -eq 0 ]]
}
