# Builds the program, prints the page of examples/online-retail, and opens the console on its data.

readonly demo_now=2011-12-10T00:00:00Z
readonly demo_first_press="log in with the admin key, and press 'Open and measure' to see what eight segments are worth"

run_demo() {
    local data="${1:-$root/build/demo}"
    ensure_installed build
    build_program
    FINELINE="$root/build/fineline" "$root/examples/online-retail/run" "$data"
    # The purpose below takes in `lapsed`; what is built on it would forbid to let it go again.
    "$root/build/fineline" remove lapsed_big --data "$data" >/dev/null
    "$root/build/fineline" apply "$root/docs/tutorials/next-quarter.yaml" --data "$data" --at "$demo_now" >/dev/null
    if [[ -t 0 && -t 1 ]]; then
        serve_demo "$data"
    else
        printf '\n%s\n' "The console: run"
        printf '   %s\n' "$root/build/fineline serve --data $data --clock $demo_now"
        printf '%s\n' "then open http://127.0.0.1:8080, $demo_first_press."
    fi
}

# Serves the demo's data until Ctrl-C; says where, and what to press, once the server is there.
serve_demo() {
    local data="$1" listen=127.0.0.1:8080 line
    if (: <"/dev/tcp/${listen/://}") 2>/dev/null; then
        listen=127.0.0.1:0
    fi
    printf '\n'
    trap ':' INT
    while IFS= read -r line; do
        printf '%s\n' "$line"
        if [[ "$line" == serving* ]]; then
            printf '%s\n' "Open ${line##* }, $demo_first_press. Ctrl-C ends it."
        fi
    done < <("$root/build/fineline" serve --data "$data" --clock "$demo_now" --listen "$listen" 2>"$root/build/logs/demo.log")
    trap - INT
}
