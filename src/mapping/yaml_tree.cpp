#include "mapping/yaml_tree.h"

#include "base/text.h"
#include "model/limits.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

namespace fineline::mapping {

namespace {

constexpr std::size_t depth_max = 32;

/// Builds the tree from yaml-cpp's events. One thread at a time.
class TreeBuilder final : public YAML::EventHandler {
  public:
    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}

    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(place(mark, YamlNode::Kind::null), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        refuse(mark, "an alias (*name) cannot be used here: write the value out");
    }

    void OnScalar(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  const std::string& value) override {
        check_tag(mark, tag);
        // yaml-cpp's own reader takes these plain words as null as well.
        const bool plain_null = tag == "?" && (value.empty() || value == "~" || value == "null");
        YamlNode node = place(mark, plain_null ? YamlNode::Kind::null : YamlNode::Kind::scalar);
        node.text = value;
        add(std::move(node), anchor);
    }

    void OnSequenceStart(const YAML::Mark& mark,
                         const std::string& tag,
                         YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        check_tag(mark, tag);
        open(place(mark, YamlNode::Kind::list), anchor);
    }

    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark,
                    const std::string& tag,
                    YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        check_tag(mark, tag);
        open(place(mark, YamlNode::Kind::map), anchor);
    }

    void OnMapEnd() override { close(); }

    [[nodiscard]] const std::optional<std::pair<YamlNode, std::string>>& problem() const {
        return problem_;
    }

    [[nodiscard]] YamlNode take_root() { return std::move(root_); }

  private:
    /// A list or map being built; for a map, its key read and not yet its value.
    struct Open {
        YamlNode node;
        std::optional<YamlNode> key{};
    };

    static YamlNode place(const YAML::Mark& mark, YamlNode::Kind kind) {
        YamlNode node;
        node.kind = kind;
        node.line = mark.line + 1;
        node.column = mark.column + 1;
        return node;
    }

    void refuse(const YAML::Mark& mark, std::string why) {
        if (!problem_) {
            problem_ = {place(mark, YamlNode::Kind::null), std::move(why)};
        }
    }

    void check_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!") {
            refuse(mark, "a tag cannot be used here: " + tag);
        }
    }

    void open(YamlNode node, YAML::anchor_t anchor) {
        note_anchor(node, anchor);
        if (open_.size() >= depth_max && !problem_) {
            problem_ = {node, "lists and maps are nested too deep"};
        }
        open_.push_back({.node = std::move(node)});
    }

    void close() {
        YamlNode node = std::move(open_.back().node);
        open_.pop_back();
        add(std::move(node), YAML::NullAnchor);
    }

    void note_anchor(const YamlNode& node, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor && !problem_) {
            problem_ = {node, "an anchor (&name) cannot be used here: write the value out"};
        }
    }

    void add(YamlNode node, YAML::anchor_t anchor) {
        note_anchor(node, anchor);
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.kind == YamlNode::Kind::list) {
            parent.node.items.push_back(std::move(node));
        } else if (!parent.key) {
            check_key(parent.node, node);
            parent.key = std::move(node);
        } else {
            parent.node.members.emplace_back(std::move(*parent.key), std::move(node));
            parent.key.reset();
        }
    }

    void check_key(const YamlNode& map, const YamlNode& key) {
        if (problem_) {
            return;
        }
        if (key.kind != YamlNode::Kind::scalar) {
            problem_ = {key, "a key must be a word"};
        } else if (const YamlNode* earlier = map.find(key.text)) {
            problem_ = {key,
                        "the key stands here already, on line " + std::to_string(earlier->line) +
                            ": '" + key.text + "'"};
        }
    }

    std::vector<Open> open_;
    YamlNode root_;
    std::optional<std::pair<YamlNode, std::string>> problem_;
};

Error error_at_mark(const std::string& file, const YAML::Mark& mark, const std::string& message) {
    YamlNode node;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return error_at(file, node, message);
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
    for (const auto& [name, value] : members) {
        if (name.text == key) {
            return &value;
        }
    }
    return nullptr;
}

Result<YamlNode> parse_yaml(std::string_view text, const std::string& file) {
    if (text.size() > limits::mapping_file_bytes_max) {
        return Error{
            ErrorCode::limit_exceeded,
            file + " is longer than " + with_commas(limits::mapping_file_bytes_max) + " bytes",
            {}};
    }
    if (!is_utf8(text)) {
        return Error{ErrorCode::invalid_argument, file + " is not UTF-8 text", {}};
    }
    try {
        std::istringstream in{std::string(text)};
        YAML::Parser parser(in);
        TreeBuilder builder;
        const bool any = parser.HandleNextDocument(builder);
        TreeBuilder second;
        const bool several = any && !builder.problem() && parser.HandleNextDocument(second);
        if (builder.problem()) {
            return error_at(file, builder.problem()->first, builder.problem()->second);
        }
        if (several) {
            return Error{
                ErrorCode::invalid_argument, file + " holds more than one YAML document", {}};
        }
        return builder.take_root();
    } catch (const YAML::Exception& problem) {
        return error_at_mark(file, problem.mark, "this is not YAML: " + problem.msg);
    }
}

Result<std::string> read_text_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::io;
        return Error{code,
                     "cannot open " + path + ": " +
                         std::error_code(errno, std::generic_category()).message(),
                     {}};
    }
    std::string text(limits::mapping_file_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || (in.gcount() == 0 && !in.eof())) {
        return Error{ErrorCode::io, "cannot read " + path, {}};
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > limits::mapping_file_bytes_max) {
        return Error{
            ErrorCode::limit_exceeded,
            path + " is longer than " + with_commas(limits::mapping_file_bytes_max) + " bytes",
            {}};
    }
    return text;
}

Error error_at(const std::string& file, const YamlNode& node, const std::string& message) {
    return {
        ErrorCode::invalid_argument,
        file + ":" + std::to_string(node.line) + ":" + std::to_string(node.column) + ": " + message,
        {}};
}

Status check_keys(const std::string& file,
                  const YamlNode& node,
                  std::span<const std::string_view> known,
                  std::string_view what) {
    if (node.kind != YamlNode::Kind::map) {
        return error_at(file, node, std::string(what) + " must be a map of keys and values");
    }
    for (const auto& [key, value] : node.members) {
        if (std::find(known.begin(), known.end(), key.text) != known.end()) {
            continue;
        }
        const std::string_view close = nearest(key.text, known);
        std::string message = std::string(what) + " has no key '" + key.text + "'";
        message += close.empty() ? "" : ": did you mean '" + std::string(close) + "'?";
        return error_at(file, key, message);
    }
    return done;
}

}  // namespace fineline::mapping
