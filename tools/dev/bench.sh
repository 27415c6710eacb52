# Builds the benchmarks without assertions and runs them; they print machine and build themselves.

# Loading and asking beside DuckDB at FINELINE_BENCH_EVENTS events (5,000,000); rewrites docs/benchmarks.md.
bench_segbench() {
    local events="${FINELINE_BENCH_EVENTS:-5000000}"
    ensure_duckdb
    build_preset bench fineline segbench_ask
    node "$root/bench/segbench/report.mjs" --program "$root/build/bench/src/fineline" \
        --ask "$root/build/bench/bench/segbench_ask" --events "$events" \
        --folder "$root/build/segbench-$events" --commit "$(git -C "$root" describe --always --dirty)" \
        >"$root/build/benchmarks.md"
    mv "$root/build/benchmarks.md" "$root/docs/benchmarks.md"
    cat "$root/docs/benchmarks.md"
}

run_bench() {
    local names=("$@") name file
    if [[ ${#names[@]} -eq 0 ]]; then
        for file in "$root"/bench/*_bench.cpp; do
            name="${file##*/}"
            names+=("${name%_bench.cpp}")
        done
        names+=(segbench)
    fi
    for name in "${names[@]}"; do
        [[ "$name" == segbench || -f "$root/bench/${name}_bench.cpp" ]] ||
            usage_error "no benchmark is named '$name'"
    done
    ensure_installed build bench
    for name in "${names[@]}"; do
        say "== $name"
        if [[ "$name" == segbench ]]; then
            bench_segbench
        else
            build_preset bench "${name}_bench"
            "$root/build/bench/bench/${name}_bench"
        fi
    done
}
