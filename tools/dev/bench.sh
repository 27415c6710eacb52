# Builds the benchmarks without assertions and runs them; some write a section of docs/benchmarks.md.

# Puts standard input in the place of a section of docs/benchmarks.md, or at its end if it has none yet.
write_section() {
    local name="$1" page="$root/docs/benchmarks.md" text="$root/build/benchmarks-$1.md"
    { echo "<!-- $name begins -->" && cat && echo "<!-- $name ends -->"; } >"$text"
    if ! grep -qF "<!-- $name begins -->" "$page"; then
        printf '\n<!-- %s begins -->\n<!-- %s ends -->\n' "$name" "$name" >>"$page"
    fi
    sed -i -e "/<!-- $name begins -->/,/<!-- $name ends -->/{ /<!-- $name ends -->/r $text
d }" "$page"
    cat "$text"
}

# The commit and the machine, as items of a list.
describe_run() {
    echo "- commit $(git -C "$root" describe --always --dirty), $(date -u +%Y-%m-%dT%H:%MZ)"
    echo "- $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
}

# Loading, opening and asking beside DuckDB at FINELINE_BENCH_EVENTS events (50000000 of a million customers, which takes
# half an hour), or several sizes with commas.
# FINELINE_BENCH_KEEP=1 keeps the data that were made.
bench_segbench() {
    local events="${FINELINE_BENCH_EVENTS:-50000000}" keep=()
    if [[ "${FINELINE_BENCH_KEEP:-}" == 1 ]]; then
        keep=(--keep)
    fi
    ensure_duckdb
    build_preset bench fineline segbench_ask
    node "$root/bench/segbench/report.mjs" --program "$root/build/bench/src/fineline" \
        --ask "$root/build/bench/bench/segbench_ask" --events "$events" --folder "$root/build/segbench" \
        --charts "$root/docs/benchmarks" --commit "$(git -C "$root" describe --always --dirty)" "${keep[@]}" |
        write_section segbench
}

# Looking a customer up over HTTP beside a bare Beast server, FINELINE_BENCH_SECONDS (5) a turn.
bench_lookup() {
    build_preset bench fineline lookup_client constant_server
    {
        cat <<PAGE
## Looking a customer up

Written by \`./dev bench lookup\`.

$(describe_run)

PAGE
        node "$root/bench/http/lookup.mjs" --program "$root/build/bench/src/fineline" \
            --client "$root/build/bench/bench/lookup_client" --charts "$root/docs/benchmarks" \
            --constant "$root/build/bench/bench/constant_server" --seconds "${FINELINE_BENCH_SECONDS:-5}"
    } | write_section lookup
}

# Live load over HTTP, FINELINE_BENCH_SECONDS (300) of the first rate; all numbers to bench/results/live.json.
bench_live() {
    build_preset bench fineline
    {
        cat <<PAGE
## Live load over HTTP

Written by \`./dev bench live\`.

$(describe_run)

PAGE
        node "$root/bench/live.mjs" --program "$root/build/bench/src/fineline" \
            --results "$root/bench/results/live.json" --charts "$root/docs/benchmarks" --seconds "${FINELINE_BENCH_SECONDS:-300}"
    } | write_section live
}

# What an append and a compaction cost at FINELINE_BENCH_MILLIONS (1 10 50) million events held.
bench_growth() {
    build_preset bench columns_bench
    {
        cat <<PAGE
## Appending as the columns grow

Written by \`./dev bench growth\`.

$(describe_run)

A reader holds an old view while batches of 1,000 events are folded and published: CPU time, the mean of
2,000 batches, in which the sizes take turns. Then everything is compacted at once; its peak is the memory beyond what was resident
before: the view published last keeps the chunks that are replaced, until the next one is published.
\`bench/columns_bench.cpp\` draws the events.

PAGE
        # shellcheck disable=SC2086 # a list of numbers
        "$root/build/bench/bench/columns_bench" growth ${FINELINE_BENCH_MILLIONS:-1 10 50}
    } | write_section growth
}

# The console over FINELINE_BENCH_CUSTOMERS (1000000) customers with five events each.
bench_console() {
    local customers="${FINELINE_BENCH_CUSTOMERS:-1000000}"
    ensure_duckdb
    ensure_npm "$root/tests/console" "what drives the browser"
    ensure_installed test
    build_console
    build_preset bench fineline
    {
        cat <<PAGE
## The console over many customers

Written by \`./dev bench console\`.

$(describe_run)

PAGE
        node "$root/bench/console/large.mjs" --program "$root/build/bench/src/fineline" \
            --folder "$root/build/console-$customers" --customers "$customers" --events "$((5 * customers))"
    } | write_section console
}

# How soon a segment serves that is new at FINELINE_BENCH_EVENTS events (10000000), fifty a customer.
bench_new_segment() {
    local events="${FINELINE_BENCH_EVENTS:-10000000}"
    ensure_duckdb
    build_preset bench fineline
    {
        cat <<PAGE
## A new segment over a long history

Written by \`./dev bench new_segment\`: how soon a segment serves, over HTTP, while events keep coming.

$(describe_run)

PAGE
        node "$root/bench/new_segment.mjs" --program "$root/build/bench/src/fineline" \
            --folder "$root/build/new-segment-$events" --events "$events" --customers "$((events / 50))"
    } | write_section new_segment
}

# How soon a preview answers over FINELINE_BENCH_CUSTOMERS (10000000) customers with two events each.
bench_preview() {
    local customers="${FINELINE_BENCH_CUSTOMERS:-10000000}"
    ensure_duckdb
    build_preset bench fineline
    {
        cat <<PAGE
## A preview over many customers

Written by \`./dev bench preview\`.

$(describe_run)

PAGE
        node "$root/bench/preview.mjs" --program "$root/build/bench/src/fineline" \
            --folder "$root/build/preview-$customers" --customers "$customers" --events "$((2 * customers))"
    } | write_section preview
}

# An audit and a discovery over FINELINE_BENCH_CUSTOMERS (1000000) customers with five events each.
bench_study() {
    local customers="${FINELINE_BENCH_CUSTOMERS:-1000000}"
    ensure_duckdb
    build_preset bench fineline
    {
        cat <<PAGE
## Audit and discovery over many customers

Written by \`./dev bench study\`.

$(describe_run)

PAGE
        node "$root/bench/study.mjs" --program "$root/build/bench/src/fineline" \
            --folder "$root/build/console-$customers" --customers "$customers" --events "$((5 * customers))"
    } | write_section study
}

# Reading CSV and JSON Lines, a million rows.
bench_ingest() {
    build_preset bench ingest_bench
    {
        cat <<PAGE
## Reading CSV and JSON Lines

Written by \`./dev bench ingest\`: from memory, one thread, by CPU time (\`bench/ingest_bench.cpp\`).

$(describe_run)

PAGE
        "$root/build/bench/bench/ingest_bench"
    } | write_section ingest
}

run_bench() {
    local names=("$@") name file
    if [[ ${#names[@]} -eq 0 ]]; then
        for file in "$root"/bench/*_bench.cpp; do
            name="${file##*/}"
            names+=("${name%_bench.cpp}")
        done
        names+=(segbench growth new_segment preview study lookup live console)
    fi
    for name in "${names[@]}"; do
        declare -F "bench_$name" >/dev/null || [[ -f "$root/bench/${name}_bench.cpp" ]] ||
            usage_error "no benchmark is named '$name'"
    done
    ensure_installed build bench
    for name in "${names[@]}"; do
        say "== $name"
        if declare -F "bench_$name" >/dev/null; then
            "bench_$name"
        else
            build_preset bench "${name}_bench"
            "$root/build/bench/bench/${name}_bench"
        fi
    done
}
