# What ./dev says: progress to standard output, trouble to standard error.

say() {
    printf '%s\n' "$*"
}

# Ends with exit code 1: something we ran failed.
fail() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}

# Ends with exit code 2: the command line is wrong, or the machine lacks something we may not add.
usage_error() {
    printf 'dev: %s\n' "$*" >&2
    exit 2
}

# Prints a log a command left, between two lines that say where it ends.
show_log() {
    local title="$1" log="$2"
    printf -- '---- %s (%s)\n' "$title" "$log"
    sed 's/^/  | /' "$log"
    printf -- '---- end of %s\n' "$log"
}
