# Builds the benchmarks without assertions and runs them; they print machine and build themselves.

run_bench() {
    local names=("$@") name file
    if [[ ${#names[@]} -eq 0 ]]; then
        for file in "$root"/bench/*_bench.cpp; do
            name="${file##*/}"
            names+=("${name%_bench.cpp}")
        done
    fi
    [[ ${#names[@]} -gt 0 ]] || usage_error "there is no benchmark yet"
    for name in "${names[@]}"; do
        [[ -f "$root/bench/${name}_bench.cpp" ]] || usage_error "no benchmark is named '$name'"
    done
    ensure_installed build bench
    build_preset bench "${names[@]/%/_bench}"
    for name in "${names[@]}"; do
        say "== $name"
        "$root/build/bench/bench/${name}_bench"
    done
}
