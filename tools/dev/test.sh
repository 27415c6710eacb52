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

# Names what is tested: the last commit that changed anything but the page a full run writes, so that
# landing the page does not undo its own results. Work that is not committed shows.
readonly but_the_page=(-- "$root" ":(exclude)$root/docs/verification.md")
tested_commit() {
    local commit dirty=""
    commit="$(git -C "$root" log -1 --format=%h --abbrev=12 "${but_the_page[@]}" 2>/dev/null)" || true
    if [[ -n "$(git -C "$root" status --porcelain "${but_the_page[@]}" 2>/dev/null)" ]]; then
        dirty=-dirty
    fi
    echo "${commit:-unversioned}$dirty"
}

# Runs the parts named and prints a line for each. Sums up in passed, failed and skipped. A full run does
# not repeat what passed at the same commit, and writes its page after each part.
run_parts() {
    local scale="$1" state="$2" part started seconds log verdict
    shift 2
    for part in "$@"; do
        log="$root/build/logs/test-$part.log"
        verdict=""
        if [[ "$scale" == full && -f "$state/$part.result" && "$state" != *-dirty ]]; then
            read -r verdict part_passed part_failed part_skipped _ <"$state/$part.result"
        fi
        if [[ "$verdict" == passed ]]; then
            say "$(printf '  %-13s ok     %8s tests  (in an earlier run)' "$part" "$part_passed")"
        else
            started=$SECONDS
            run_and_count "$part" "$scale" "$log"
            seconds=$((SECONDS - started))
            report_part "$part" "$log" "$seconds"
            keep_result "$part" "$log" "$seconds" "$state"
        fi
        if [[ "$scale" == full ]]; then
            write_verification "$state"
        fi
        passed=$((passed + part_passed)) failed=$((failed + part_failed)) skipped=$((skipped + part_skipped))
    done
}

# Keeps how a part went, and what it measured, for the page and for a run that goes on.
keep_result() {
    local part="$1" log="$2" seconds="$3" state="$4" verdict=passed
    [[ $part_failed -eq 0 ]] || verdict=FAILED
    echo "$verdict $part_passed $part_failed $part_skipped $seconds $FINELINE_SEED" >"$state/$part.result"
    sed -n 's/^ *measured: //p' "$log" >"$state/$part.measured"
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

# Prints where the last result of a part lies without its ending: this commit's, else the newest of an earlier one that
# was whole; nothing if the part was never run.
last_result() {
    local state="$1" part="$2"
    if [[ -f "$state/$part.result" ]]; then
        echo "$state/$part"
    else
        find "${state%/*}" -name "$part.result" -not -path '*-dirty/*' -printf '%T@ %p\n' | sort -n | tail -n 1 |
            sed 's/^[^ ]* //; s/\.result$//'
    fi
}

# Writes docs/verification.md from what the parts of full runs left in their folders. Of a part that none of them ran,
# as in a new clone, the page keeps what it says.
write_verification() {
    local state="$1" part verdict passed failed skipped seconds seed what last page="$root/docs/verification.md"
    {
        echo "# Verification"
        echo
        echo "Written by \`./dev test --full\`; each row can be run again with"
        echo "\`FINELINE_SEED=<seed> ./dev test --full <part>\`."
        echo
        echo "- commit: ${state##*/}; a part that was not run at it shows its last result and the commit of that"
        echo "- date: $(date -u +%Y-%m-%dT%H:%MZ)"
        echo "- machine: $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)," \
            "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(g++ --version | head -n 1)"
        echo
        echo "| part | what | commit | result | tests passed | failed | skipped | seconds | seed |"
        echo "|---|---|---|---|---:|---:|---:|---:|---|"
        while read -r part _ _ _ what; do
            last="$(last_result "$state" "$part")"
            if [[ -n "$last" ]]; then
                read -r verdict passed failed skipped seconds seed <"$last.result"
                last="$(basename "${last%/*}")"
                echo "| $part | $what | $last | $verdict | $passed | $failed | $skipped | $seconds | $seed |"
            else
                grep "^| $part |" "$page" || echo "| $part | $what | | never run | | | | | |"
            fi
        done < <(list_parts)
        echo
        echo "## Counted"
        echo
        while read -r part _; do
            last="$(last_result "$state" "$part")"
            if [[ -z "$last" ]]; then
                grep "^- $part: " "$page" || true
            elif [[ -f "$last.measured" ]]; then
                sed "s/^/- $part: /" "$last.measured"
            fi
        done < <(list_parts)
    } >"$page.new"
    mv "$page.new" "$page"
}

run_test() {
    local scale=quick started=$SECONDS parts=() state
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
    build_console
    build_preset release
    ln -sfn release/src/fineline "$root/build/fineline"
    state="$root/build/$scale/$(tested_commit)"
    mkdir -p "$state"
    local passed=0 failed=0 skipped=0
    run_parts "$scale" "$state" "${parts[@]}"
    say "$scale run of $((SECONDS - started)) s with FINELINE_SEED=$FINELINE_SEED"
    say "$passed passed, $failed failed$([[ $skipped -eq 0 ]] || echo ", $skipped skipped")"
    [[ $failed -eq 0 ]]
}
