#pragma once

#include "base/bytes.h"
#include "model/value.h"

#include <string>
#include <string_view>

namespace fineline {

/// Appends a value's encoding: a kind byte, then its payload. Withheld is written as missing.
void append_datum(std::string& out, const Datum& datum);

/// Reads one encoded value; strings and lists point into the bytes. False if malformed: unknown
/// kind, too short, or a number that is not finite.
[[nodiscard]] bool read_datum(ByteReader& reader, Datum& datum);

/// Says whether the bytes are a well-formed list encoding, nested at most `depth_left` deeper.
[[nodiscard]] bool is_list_encoding(std::string_view encoded, int depth_left);

}  // namespace fineline
