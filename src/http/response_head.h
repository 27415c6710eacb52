#pragma once

#include "http/message.h"

#include <cstdint>
#include <string>

namespace fineline::http {

/// What becomes of a connection behind an answer.
enum class Afterwards : std::uint8_t { keep_open, close };

/// Appends what stands before an answer's body on the wire. A library would make an object of each
/// header first, which costs more than all else that a small answer needs.
void append_head(std::string& out, const Response& response, Afterwards afterwards);

/// Appends a piece of a body whose length is not known before its end (RFC 9112, 7.1); an empty one
/// is that end.
void append_chunk(std::string& out, std::string_view bytes);

}  // namespace fineline::http
