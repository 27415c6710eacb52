# Builds the program and prints the page of examples/online-retail.

run_demo() {
    ensure_installed build
    build_program
    FINELINE="$root/build/fineline" "$root/examples/online-retail/run" "$@"
}
