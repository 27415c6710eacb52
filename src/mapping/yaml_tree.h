#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fineline::mapping {

/// A YAML document as plain values, each with the place it was written at. Scalars stay the texts
/// they were written as: what they mean is for the reader to say.
struct YamlNode {
    enum class Kind : std::uint8_t { null, scalar, list, map };

    Kind kind = Kind::null;
    std::string text{};                                    ///< of a scalar
    std::vector<YamlNode> items{};                         ///< of a list
    std::vector<std::pair<YamlNode, YamlNode>> members{};  ///< of a map, in the order written
    int line = 1;                                          ///< from 1
    int column = 1;                                        ///< from 1

    /// Returns the member's value, or null.
    [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

/// Reads one YAML document. Anchors and aliases, tags, several documents and a key written twice
/// are refused. Errors: invalid_argument as `file:line:column: message`; limit_exceeded above
/// limits::mapping_file_bytes_max.
[[nodiscard]] Result<YamlNode> parse_yaml(std::string_view text, const std::string& file);

/// Reads a file into memory. Errors: not_found, io; limit_exceeded above
/// limits::mapping_file_bytes_max.
[[nodiscard]] Result<std::string> read_text_file(const std::string& path);

/// Makes the error that says where in the file: `file:line:column: message`.
[[nodiscard]] Error error_at(const std::string& file,
                             const YamlNode& node,
                             const std::string& message);

/// Checks that the node is a map of known keys; else the error names the nearest known one. `what`
/// names the node in messages: "a mapping file".
[[nodiscard]] Status check_keys(const std::string& file,
                                const YamlNode& node,
                                std::span<const std::string_view> known,
                                std::string_view what);

}  // namespace fineline::mapping
