#include "mapping/mapping_file.h"

#include "mapping/yaml_tree.h"
#include "model/calendar.h"

#include <array>
#include <utility>

namespace fineline::mapping {

namespace {

using Keys = std::span<const std::string_view>;

constexpr std::array<std::string_view, 16> mapping_keys{
    "customer",
    "time",
    "time_zone",
    "time_format",
    "skip",
    "sparse",
    "types",
    "format",
    "events",
    "traits",
    "accounts",
    "account_traits",
    "consents",
    "merges",
    "one event per",
    "one_event_per",
};
constexpr std::array<std::string_view, 4> event_keys{"name", "when", "time", "properties"};
constexpr std::array<std::string_view, 3> account_keys{"account", "when", "time"};
constexpr std::array<std::string_view, 4> account_traits_keys{"account", "when", "time", "traits"};
constexpr std::array<std::string_view, 5> consent_keys{
    "purpose", "granted", "source", "when", "time"};
constexpr std::array<std::string_view, 2> merge_keys{"other", "when"};
constexpr std::array<std::string_view, 2> format_keys{"delimiter", "header"};
constexpr std::string_view rest_word = "rest";

/// Takes a mapping file's tree apart. The first error stops it. One thread at a time.
class MappingReader {
  public:
    explicit MappingReader(const std::string& file) : file_(file) {}

    [[nodiscard]] Result<Mapping> read(const YamlNode& root);

  private:
    [[nodiscard]] Status read_settings(const YamlNode& root, Mapping& mapping);
    [[nodiscard]] Status read_types(const YamlNode& node, Mapping& mapping);
    [[nodiscard]] Status read_format(const YamlNode& node, Mapping& mapping);
    [[nodiscard]] Status read_columns(const YamlNode& node, Mapping& mapping);
    [[nodiscard]] Status read_fields(const YamlNode& node, FieldRules& fields);
    [[nodiscard]] Status read_text(const YamlNode& node, MappingText& text);
    [[nodiscard]] Status read_word(const YamlNode& node, std::string& word);
    [[nodiscard]] Status read_texts(
        const YamlNode& node,
        std::initializer_list<std::pair<std::string_view, MappingText*>> texts);
    [[nodiscard]] Status require_keys(const YamlNode& node, Keys required, std::string_view what);

    /// Reads a list of rules (or a single one) under a key.
    template <class Rule, class Read>
    [[nodiscard]] Status read_rules(const YamlNode& root,
                                    std::string_view key,
                                    std::vector<Rule>& rules,
                                    Read read) {
        const YamlNode* node = root.find(key);
        if (node == nullptr) {
            return done;
        }
        const bool single = node->kind != YamlNode::Kind::list;
        for (const YamlNode& item :
             single ? std::span(node, 1) : std::span<const YamlNode>(node->items)) {
            Rule rule;
            if (auto one = read(item, rule); !one) {
                return one;
            }
            rules.push_back(std::move(rule));
        }
        return done;
    }

    [[nodiscard]] Status read_event(const YamlNode& node, EventRule& rule);
    [[nodiscard]] Status read_account(const YamlNode& node, AccountRule& rule);
    [[nodiscard]] Status read_account_traits(const YamlNode& node, AccountTraitsRule& rule);
    [[nodiscard]] Status read_consent(const YamlNode& node, ConsentRule& rule);
    [[nodiscard]] Status read_merge(const YamlNode& node, MergeRule& rule);
    [[nodiscard]] Status check_whole(const YamlNode& root, const Mapping& mapping);

    const std::string& file_;
};

Result<Mapping> MappingReader::read(const YamlNode& root) {
    Mapping mapping;
    mapping.file = file_;
    Status status = check_keys(file_, root, mapping_keys, "a mapping file");
    const auto then = [&](auto step) {
        if (status) {
            status = step();
        }
    };
    then([&] { return read_settings(root, mapping); });
    then([&] {
        return read_rules(root, "events", mapping.events, [&](const auto& node, auto& rule) {
            return read_event(node, rule);
        });
    });
    then([&] {
        const YamlNode* traits = root.find("traits");
        return traits == nullptr ? Status(done) : read_fields(*traits, mapping.traits);
    });
    then([&] {
        return read_rules(root, "accounts", mapping.accounts, [&](const auto& node, auto& rule) {
            return read_account(node, rule);
        });
    });
    then([&] {
        return read_rules(
            root, "account_traits", mapping.account_traits, [&](const auto& node, auto& rule) {
                return read_account_traits(node, rule);
            });
    });
    then([&] {
        return read_rules(root, "consents", mapping.consents, [&](const auto& node, auto& rule) {
            return read_consent(node, rule);
        });
    });
    then([&] {
        return read_rules(root, "merges", mapping.merges, [&](const auto& node, auto& rule) {
            return read_merge(node, rule);
        });
    });
    then([&] { return check_whole(root, mapping); });
    if (!status) {
        return status.error();
    }
    return mapping;
}

Status MappingReader::read_settings(const YamlNode& root, Mapping& mapping) {
    if (auto texts = read_texts(
            root,
            {{"customer", &mapping.customer}, {"time", &mapping.time}, {"skip", &mapping.skip}});
        !texts) {
        return texts;
    }
    if (const YamlNode* zone = root.find("time_zone")) {
        if (auto word = read_word(*zone, mapping.time_zone); !word) {
            return word;
        }
        if (auto found = TimeZone::find(mapping.time_zone); !found) {
            return error_at(file_, *zone, found.error().message);
        }
    }
    if (const YamlNode* format = root.find("time_format")) {
        if (auto word = read_word(*format, mapping.time_format); !word) {
            return word;
        }
    }
    if (const YamlNode* types = root.find("types")) {
        if (auto read = read_types(*types, mapping); !read) {
            return read;
        }
    }
    if (const YamlNode* format = root.find("format")) {
        if (auto read = read_format(*format, mapping); !read) {
            return read;
        }
    }
    if (const YamlNode* sparse = root.find("sparse")) {
        if (sparse->text != "true" && sparse->text != "false") {
            return error_at(
                file_, *sparse, "'sparse' is true or false, not '" + sparse->text + "'");
        }
        mapping.sparse = sparse->text == "true";
    }
    const YamlNode* per = root.find("one event per");
    const YamlNode* columns = per != nullptr ? per : root.find("one_event_per");
    return columns == nullptr ? Status(done) : read_columns(*columns, mapping);
}

Status MappingReader::read_types(const YamlNode& node, Mapping& mapping) {
    if (node.kind != YamlNode::Kind::map) {
        return error_at(file_, node, "'types' must map columns to types, e.g. {Zip: string}");
    }
    for (const auto& [column, type] : node.members) {
        auto found = ingest::column_type(type.text);
        if (!found) {
            return error_at(file_, type, found.error().message);
        }
        mapping.types.emplace_back(column.text, *found);
    }
    return done;
}

Status MappingReader::read_format(const YamlNode& node, Mapping& mapping) {
    if (auto keys = check_keys(file_, node, format_keys, "'format'"); !keys) {
        return keys;
    }
    if (const YamlNode* delimiter = node.find("delimiter")) {
        const std::string& text = delimiter->text;
        const bool tab = text == "tab" || text == "\\t";
        if (!tab && (text.size() != 1 || text == "\"" || text == "\n" || text == "\r")) {
            return error_at(
                file_, *delimiter, "a delimiter is one character, or the word tab: '" + text + "'");
        }
        mapping.format.delimiter = tab ? '\t' : text.front();
    }
    if (const YamlNode* header = node.find("header")) {
        if (header->text != "true" && header->text != "false") {
            return error_at(
                file_, *header, "'header' is true or false, not '" + header->text + "'");
        }
        mapping.format.header = header->text == "true";
    }
    return done;
}

Status MappingReader::read_columns(const YamlNode& node, Mapping& mapping) {
    const bool single = node.kind == YamlNode::Kind::scalar;
    if (!single && node.kind != YamlNode::Kind::list) {
        return error_at(file_, node, "'one event per' is a list of columns, e.g. [Invoice]");
    }
    for (const YamlNode& item :
         single ? std::span(&node, 1) : std::span<const YamlNode>(node.items)) {
        std::string column;
        if (auto word = read_word(item, column); !word) {
            return word;
        }
        mapping.one_event_per.push_back(std::move(column));
    }
    if (mapping.one_event_per.empty()) {
        return error_at(file_, node, "'one event per' names no column");
    }
    return done;
}

Status MappingReader::read_fields(const YamlNode& node, FieldRules& fields) {
    if (node.kind == YamlNode::Kind::scalar && node.text == rest_word) {
        fields.rest = true;
        return done;
    }
    if (node.kind != YamlNode::Kind::map) {
        return error_at(
            file_,
            node,
            "name each field and its value, e.g. {amount: Quantity * Price}, or write rest for all "
            "columns that nothing else reads");
    }
    for (const auto& [name, value] : node.members) {
        if (name.text.empty()) {
            return error_at(file_, name, "a field has no name");
        }
        NamedText field;
        field.name = name.text;
        if (auto text = read_text(value, field.value); !text) {
            return text;
        }
        fields.named.push_back(std::move(field));
    }
    return done;
}

Status MappingReader::read_text(const YamlNode& node, MappingText& text) {
    if (node.kind != YamlNode::Kind::scalar || node.text.empty()) {
        return error_at(file_, node, "an expression over the columns is needed here");
    }
    text = {.text = node.text, .line = node.line, .column = node.column};
    return done;
}

Status MappingReader::read_word(const YamlNode& node, std::string& word) {
    if (node.kind != YamlNode::Kind::scalar || node.text.empty()) {
        return error_at(file_, node, "a word is needed here");
    }
    word = node.text;
    return done;
}

Status MappingReader::read_texts(
    const YamlNode& node, std::initializer_list<std::pair<std::string_view, MappingText*>> texts) {
    for (const auto& [key, text] : texts) {
        const YamlNode* value = node.find(key);
        if (value == nullptr) {
            continue;
        }
        if (auto read = read_text(*value, *text); !read) {
            return read;
        }
    }
    return done;
}

Status MappingReader::require_keys(const YamlNode& node, Keys required, std::string_view what) {
    for (const std::string_view key : required) {
        if (node.find(key) == nullptr) {
            return error_at(
                file_, node, std::string(what) + " needs the key '" + std::string(key) + "'");
        }
    }
    return done;
}

Status MappingReader::read_event(const YamlNode& node, EventRule& rule) {
    constexpr std::array<std::string_view, 1> required{"name"};
    Status status = check_keys(file_, node, event_keys, "an event");
    if (status) {
        status = require_keys(node, required, "an event");
    }
    if (status) {
        status =
            read_texts(node, {{"name", &rule.name}, {"when", &rule.when}, {"time", &rule.time}});
    }
    const YamlNode* properties = node.find("properties");
    return status && properties != nullptr ? read_fields(*properties, rule.properties) : status;
}

Status MappingReader::read_account(const YamlNode& node, AccountRule& rule) {
    constexpr std::array<std::string_view, 1> required{"account"};
    Status status = check_keys(file_, node, account_keys, "a membership of an account");
    if (status) {
        status = require_keys(node, required, "a membership of an account");
    }
    return status
               ? read_texts(
                     node, {{"account", &rule.account}, {"when", &rule.when}, {"time", &rule.time}})
               : status;
}

Status MappingReader::read_account_traits(const YamlNode& node, AccountTraitsRule& rule) {
    constexpr std::array<std::string_view, 2> required{"account", "traits"};
    Status status = check_keys(file_, node, account_traits_keys, "an account's traits");
    if (status) {
        status = require_keys(node, required, "an account's traits");
    }
    if (status) {
        status = read_texts(
            node, {{"account", &rule.account}, {"when", &rule.when}, {"time", &rule.time}});
    }
    return status ? read_fields(*node.find("traits"), rule.traits) : status;
}

Status MappingReader::read_consent(const YamlNode& node, ConsentRule& rule) {
    constexpr std::array<std::string_view, 2> required{"purpose", "granted"};
    Status status = check_keys(file_, node, consent_keys, "a consent");
    if (status) {
        status = require_keys(node, required, "a consent");
    }
    return status ? read_texts(node,
                               {{"purpose", &rule.purpose},
                                {"granted", &rule.granted},
                                {"source", &rule.source},
                                {"when", &rule.when},
                                {"time", &rule.time}})
                  : status;
}

Status MappingReader::read_merge(const YamlNode& node, MergeRule& rule) {
    constexpr std::array<std::string_view, 1> required{"other"};
    Status status = check_keys(file_, node, merge_keys, "a merge");
    if (status) {
        status = require_keys(node, required, "a merge");
    }
    return status ? read_texts(node, {{"other", &rule.other}, {"when", &rule.when}}) : status;
}

/// What no single key can tell.
Status MappingReader::check_whole(const YamlNode& root, const Mapping& mapping) {
    if (mapping.customer.empty()) {
        return error_at(file_, root, "a mapping file needs the key 'customer': who a row tells of");
    }
    const bool anything = !mapping.events.empty() || !mapping.traits.empty() ||
                          !mapping.accounts.empty() || !mapping.account_traits.empty() ||
                          !mapping.consents.empty() || !mapping.merges.empty();
    if (!anything) {
        return error_at(file_,
                        root,
                        "the mapping yields nothing: give it events, traits, accounts, "
                        "account_traits, consents or "
                        "merges");
    }
    for (std::size_t i = 0; i < mapping.events.size(); ++i) {
        if (mapping.time.empty() && mapping.events[i].time.empty()) {
            const YamlNode& events = *root.find("events");
            const YamlNode& event = events.kind == YamlNode::Kind::list ? events.items[i] : events;
            return error_at(file_, event, "the event has no time: give it one, or the mapping");
        }
    }
    return done;
}

}  // namespace

Result<Mapping> parse_mapping(std::string_view text, const std::string& file) {
    auto root = parse_yaml(text, file);
    if (!root) {
        return root.error();
    }
    return MappingReader(file).read(*root);
}

Result<Mapping> read_mapping_file(const std::string& path) {
    auto text = read_text_file(path);
    if (!text) {
        return text.error();
    }
    return parse_mapping(*text, path);
}

}  // namespace fineline::mapping
