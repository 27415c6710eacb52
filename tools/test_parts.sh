#!/usr/bin/env bash
# The parts of the tests: the one table of them, and how each is run.
#
#   tools/test_parts.sh NAME quick|full    runs a part; its last line is `N passed, N failed`
#
# Lines that begin with `measured: ` say what was counted besides tests; a full run writes them down.
#
# `always` parts run in every `./dev test`; `full` ones only in `./dev test --full`. MINUTES is the
# time after which a part is stopped and counts as failed, in a quick and in a full run.
#
# NAME        RUNS    MINUTES   WHAT
readonly test_parts='
tidy          always  3   5     layers, shape and words of the sources, links of the docs, this workshop
compile_fail  always  3   5     what the types must refuse to compile
unit          always  10  20    the unit tests beside the sources of every module
spanning      always  15  40    tests that span modules: scripts under every configuration, kill -9 of the log and of a load
study         always  10  90    studies where the truth is known: published tests, shuffled arms, planted worlds
oracle        always  10  30    a brute-force evaluator in Python on random questions and histories, and on all small worlds
duckdb        always  10  30    the emitted SQL on DuckDB, on random questions and histories
segbench      always  5   20    the questions of SegBench, set for set: the program, the emitted SQL, hand-written SQL
cli           always  10  40    the program from outside: commands, exit codes, a real data set, broken rows, kill -9
http          always  15  60    the server from outside: real SDKs, hostile clients, contract, kill -9
retail        full    30  60    a year of a retailer under a settable clock: at the end of each day, membership from scratch
retail_http   full    30  120   the same over HTTP, in order
retail_late   full    30  180   the same over HTTP, each message late by up to a day, and twice
console       always  10  20    the console: its types and models, then a browser that walks every page
asan          full    10  60    unit and spanning tests under AddressSanitizer and UBSan
tsan          full    10  60    unit and spanning tests under ThreadSanitizer
fuzz          full    10  30    every fuzzer for 60 seconds
'

# Prints the table's lines without the empty ones.
list_parts() {
    sed '/^$/d' <<<"$test_parts"
}

# field PART NUMBER: a column of the table.
part_field() {
    list_parts | awk -v part="$1" -v column="$2" '$1 == part { print $column }'
}

# Runs the tests that CMake knows of a build, those of the modules (`fast`) or all others.
part_unit() {
    python3 "$root/tools/run_ctest.py" "$root/build/release" -L fast
}

part_spanning() {
    python3 "$root/tools/run_ctest.py" "$root/build/release" -LE 'fast|compile_fail|oracle|duckdb|study'
}

# How often: set by a full run, else few; the sanitizers never see it.
study_counts=()

part_study() {
    env "${study_counts[@]}" python3 "$root/tools/run_ctest.py" "$root/build/release" -L study
}

part_compile_fail() {
    python3 "$root/tools/run_ctest.py" "$root/build/release" -L compile_fail
}

part_tidy() {
    python3 "$root/tools/run_unittest.py" "$root/tests/tidy"
}

part_cli() {
    FINELINE="$root/build/fineline" python3 "$root/tools/run_unittest.py" "$root/tests/cli"
}

part_http() {
    ensure_npm "$root/tests/http" "the public tracking SDKs"
    FINELINE="$root/build/fineline" python3 "$root/tools/run_unittest.py" "$root/tests/http"
}

# Every day of the year is played and looked at. Three parts, so that what has passed is not run again.
replay_retail() {
    FINELINE_SCALE=full GTEST_FILTER="$2" python3 "$root/tools/run_ctest.py" "$root/build/release" -R "^$1\$"
}

part_retail() {
    replay_retail live.retail '*'
}

part_retail_http() {
    replay_retail live.retail_http '*.InOrder'
}

part_retail_late() {
    replay_retail live.retail_http '*.ShuffledByUpToADayAndEachMessageTwice'
}

# Types and models are counted with the walk; the walk says the closing line of all three.
part_console() {
    ensure_npm "$root/web" "what the console is built with"
    ensure_npm "$root/tests/console" "the browser's driver"
    FINELINE="$root/build/fineline" node "$root/tests/console/run.mjs"
}

part_oracle() {
    python3 "$root/tools/run_ctest.py" "$root/build/release" -L oracle -LE fast
}

part_duckdb() {
    ensure_duckdb
    "$root/tests/duckdb/run"
}

part_segbench() {
    local events="$FINELINE_SEGBENCH_EVENTS"
    ensure_duckdb
    node "$root/bench/segbench/compare.mjs" --program "$root/build/fineline" \
        --printer "$root/build/release/tests/duckdb/to_sql_batch" \
        --events "$events" --folder "$root/build/segbench-$events"
}

# What the sanitizers look for does not hide behind large counts, and they cost tenfold.
small_counts=(FINELINE_TRIPLES=2000 FINELINE_CRASH_POINTS=5)

part_asan() {
    build_preset asan
    env "${small_counts[@]}" ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 \
        python3 "$root/tools/run_ctest.py" "$root/build/asan" -LE 'compile_fail|duckdb'
}

part_tsan() {
    build_preset tsan
    env "${small_counts[@]}" TSAN_OPTIONS=halt_on_error=1 \
        python3 "$root/tools/run_ctest.py" "$root/build/tsan" -LE 'compile_fail|duckdb'
}

part_fuzz() {
    run_fuzz 60
}

# The counts: those of a quick run, then those that only a full run takes.
run_part() {
    local part="$1" scale="$2"
    export FINELINE_TRIPLES=20000 FINELINE_CRASH_POINTS=20 FINELINE_CSV_ROWS=100000
    export FINELINE_SEGBENCH_EVENTS=100000
    if [[ "$scale" == full ]]; then
        FINELINE_CRASH_POINTS=200 FINELINE_CSV_ROWS=1000000 FINELINE_SEGBENCH_EVENTS=1000000
        study_counts=(FINELINE_WORLDS=200)
    fi
    "part_$part"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
    set -euo pipefail
    shopt -s nullglob
    root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
    for library in messages install build fuzz; do
        # shellcheck source=/dev/null
        source "$root/tools/dev/$library.sh"
    done
    [[ -n "$(part_field "$1" 1)" ]] || usage_error "no part of the tests is named '$1'"
    run_part "$1" "$2"
fi
