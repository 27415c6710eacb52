# Runs the fuzzers of fuzz/, each with its corpus; a finding is left under build/fuzz-findings.

run_one_fuzzer() {
    local name="$1" seconds="$2"
    local log="$root/build/logs/fuzz-$name.log" findings="$root/build/fuzz-findings/$name"
    local corpus="$root/build/fuzz-corpus/$name" seeds=()
    mkdir -p "$findings" "$corpus"
    if [[ -d "$root/fuzz/corpus/$name" ]]; then
        seeds=("$root/fuzz/corpus/$name")
    fi
    if [[ "$name" == parse ]]; then
        seeds+=("-dict=$root/fuzz/dictionary.txt")
    fi
    # libFuzzer writes what it discovers into its first folder only, so the shipped corpus stays as it is.
    if ! "$root/build/fuzz/fuzz/${name}_fuzz" "$corpus" "${seeds[@]}" -max_total_time="$seconds" \
        -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 -artifact_prefix="$findings/" >"$log" 2>&1; then
        show_log "fuzzer $name" "$log"
        return 1
    fi
    local executed
    executed="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    [[ "${executed:-0}" -gt 0 ]] || return 1
    printf '  measured: the fuzzer %s ran %s inputs in %s s\n' "$name" "$executed" "$seconds"
}

run_fuzz() {
    local seconds=60 passed=0 failed=0 name file
    if [[ "${1:-}" =~ ^[0-9]+$ ]]; then
        seconds="$1"
        shift
    fi
    local names=("$@")
    if [[ ${#names[@]} -eq 0 ]]; then
        for file in "$root"/fuzz/*_fuzz.cpp; do
            name="${file##*/}"
            names+=("${name%_fuzz.cpp}")
        done
    fi
    [[ ${#names[@]} -gt 0 ]] || usage_error "there is no fuzzer yet"
    for name in "${names[@]}"; do
        [[ -f "$root/fuzz/${name}_fuzz.cpp" ]] || usage_error "no fuzzer is named '$name'"
    done
    ensure_installed build fuzz
    build_preset fuzz "${names[@]/%/_fuzz}"
    for name in "${names[@]}"; do
        if run_one_fuzzer "$name" "$seconds"; then
            passed=$((passed + 1))
        else
            printf '  %-16s FAILED\n' "$name"
            failed=$((failed + 1))
        fi
    done
    say "$passed passed, $failed failed"
    [[ $failed -eq 0 ]]
}
