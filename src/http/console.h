#pragma once

#include "http/message.h"

#include <optional>
#include <span>
#include <string_view>

namespace fineline::http {

/// A file of the console as it was built into the program.
struct ConsoleFile {
    std::string_view path;  ///< as a browser asks for it: "/index.html", "/assets/app-3f2a.js"
    std::string_view content_type;
    std::string_view gzip;  ///< its content, compressed
};

/// All of them, by path; none if the program was built without the console. Made by
/// tools/embed_console.py.
[[nodiscard]] std::span<const ConsoleFile> console_files();

/// Answers a browser that asks for the console: its files by their names, and the page itself for
/// every other path, whose parts the page reads. Nothing if the path is not the console's to
/// answer (the API's, or another method). Does not block; inflates for a client that takes no gzip.
[[nodiscard]] std::optional<Response> console_file(const RequestHead& head);

/// The same from a given set of files.
[[nodiscard]] std::optional<Response> console_file(const RequestHead& head,
                                                   std::span<const ConsoleFile> files);

}  // namespace fineline::http
