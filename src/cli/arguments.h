#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace fineline::cli {

/// What `load` reads: events unless told otherwise.
enum class LoadKind : std::uint8_t { events, traits, accounts, consents, merges };

/// What only `serve` takes.
struct ServeArguments {
    std::string listen = "127.0.0.1:8080";
    std::string tls_certificate;
    std::string tls_key;
    bool insecure = false;
    std::vector<std::string> hosts;
    std::vector<std::string> origins;
    std::string limits = "own";        ///< own or segment
    std::string wrong_key = "refuse";  ///< refuse or accept
    std::string clock;                 ///< an instant to begin at; the machine's time if empty
};

/// Everything a command line may say. Each command reads the fields its row in command.h lists.
struct Arguments {
    std::string command;
    std::string data;
    std::string server;       ///< the URL of a running one, instead of `data`
    std::uint64_t after = 0;  ///< a number of the change feed
    std::vector<std::string> files;
    std::string mapping;
    LoadKind kind = LoadKind::events;
    bool again = false;
    bool sparse = false;
    std::string source;
    std::string plan;
    std::uint64_t version = 0;
    std::string expression;
    std::string name;
    std::optional<std::string> value;
    std::string value_expression;
    std::string customer;
    std::optional<std::string> at;
    std::optional<std::string> purpose;
    std::string to = "text";
    std::size_t limit = 0;
    unsigned threads = 2;
    std::uint64_t seed = 1;
    bool as_known = false;
    std::size_t segments = 0;
    std::size_t capacity = 0;
    std::string method = "tree";
    std::string html;
    std::string svg;
    std::string out;
    bool members = false;
    bool json = false;
    ServeArguments serve;
};

/// A command line that asks for no work: help or version, to be printed as it is.
struct PrintOnly {
    std::string text;
};

/// A command line that cannot be understood: the message, with what to do.
struct WrongUsage {
    std::string message;
};

/// Reads a command line. The texts of `--help` come from the table in command.h.
[[nodiscard]] std::variant<Arguments, PrintOnly, WrongUsage> read_arguments(
    int count, const char* const* texts);

}  // namespace fineline::cli
