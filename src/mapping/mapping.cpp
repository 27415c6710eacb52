#include "mapping/mapping.h"

#include "base/json.h"
#include "expr/parse.h"

namespace fineline::mapping {

namespace {

/// The canonical form of an expression; what the language alone cannot read (calls over lines) as
/// written.
std::string canonical(const MappingText& text) {
    auto parsed = expr::parse(text.text);
    return parsed ? expr::print(*parsed) : text.text;
}

/// Prints keys and values at an indent; texts as JSON strings, which YAML reads. One thread at a
/// time.
class YamlPrinter {
  public:
    void word(int indent, std::string_view key, std::string_view value) {
        begin(indent, key);
        out_ += ' ';
        append_json_string(out_, value);
        out_ += '\n';
    }

    void text(int indent, std::string_view key, const MappingText& value) {
        if (!value.empty()) {
            word(indent, key, canonical(value));
        }
    }

    void fields(int indent, std::string_view key, const FieldRules& fields) {
        if (fields.rest) {
            begin(indent, key);
            out_ += " rest\n";
        } else if (!fields.named.empty()) {
            heading(indent, key);
            for (const NamedText& field : fields.named) {
                text(indent + 1, quoted(field.name), field.value);
            }
        }
    }

    void heading(int indent, std::string_view key) {
        begin(indent, key);
        out_ += '\n';
    }

    /// Begins an item of a list; its keys follow at `indent` + 1.
    void item(int indent) {
        out_.append(static_cast<std::size_t>(indent) * 2, ' ');
        out_ += "-\n";
    }

    void raw(std::string_view text) { out_ += text; }

    static std::string quoted(std::string_view name) {
        std::string text;
        append_json_string(text, name);
        return text;
    }

    [[nodiscard]] std::string take() { return std::move(out_); }

  private:
    void begin(int indent, std::string_view key) {
        out_.append(static_cast<std::size_t>(indent) * 2, ' ');
        out_ += key;
        out_ += ':';
    }

    std::string out_;
};

void print_settings(YamlPrinter& out, const Mapping& mapping) {
    out.text(0, "customer", mapping.customer);
    out.text(0, "time", mapping.time);
    if (!mapping.time_zone.empty()) {
        out.word(0, "time_zone", mapping.time_zone);
    }
    if (!mapping.time_format.empty()) {
        out.word(0, "time_format", mapping.time_format);
    }
    out.text(0, "skip", mapping.skip);
    if (!mapping.types.empty()) {
        out.heading(0, "types");
        for (const auto& [column, type] : mapping.types) {
            out.word(1, YamlPrinter::quoted(column), ingest::to_string(type));
        }
    }
    if (!(mapping.format == FormatRules{})) {
        out.heading(0, "format");
        if (mapping.format.delimiter != '\0') {
            const bool tab = mapping.format.delimiter == '\t';
            out.word(1, "delimiter", tab ? "tab" : std::string(1, mapping.format.delimiter));
        }
        out.raw(mapping.format.header ? "  header: true\n" : "  header: false\n");
    }
    if (mapping.sparse) {
        out.raw("sparse: true\n");
    }
    if (!mapping.one_event_per.empty()) {
        out.heading(0, "one event per");
        for (const std::string& column : mapping.one_event_per) {
            out.raw("  - " + YamlPrinter::quoted(column) + "\n");
        }
    }
}

void print_accounts(YamlPrinter& out, const Mapping& mapping) {
    if (!mapping.accounts.empty()) {
        out.heading(0, "accounts");
    }
    for (const AccountRule& rule : mapping.accounts) {
        out.item(1);
        out.text(2, "account", rule.account);
        out.text(2, "when", rule.when);
        out.text(2, "time", rule.time);
    }
    if (!mapping.account_traits.empty()) {
        out.heading(0, "account_traits");
    }
    for (const AccountTraitsRule& rule : mapping.account_traits) {
        out.item(1);
        out.text(2, "account", rule.account);
        out.text(2, "when", rule.when);
        out.text(2, "time", rule.time);
        out.fields(2, "traits", rule.traits);
    }
}

}  // namespace

std::string to_yaml(const Mapping& mapping) {
    YamlPrinter out;
    print_settings(out, mapping);
    if (!mapping.events.empty()) {
        out.heading(0, "events");
    }
    for (const EventRule& rule : mapping.events) {
        out.item(1);
        out.text(2, "name", rule.name);
        out.text(2, "when", rule.when);
        out.text(2, "time", rule.time);
        out.fields(2, "properties", rule.properties);
    }
    out.fields(0, "traits", mapping.traits);
    print_accounts(out, mapping);
    if (!mapping.consents.empty()) {
        out.heading(0, "consents");
    }
    for (const ConsentRule& rule : mapping.consents) {
        out.item(1);
        out.text(2, "purpose", rule.purpose);
        out.text(2, "granted", rule.granted);
        out.text(2, "source", rule.source);
        out.text(2, "when", rule.when);
        out.text(2, "time", rule.time);
    }
    if (!mapping.merges.empty()) {
        out.heading(0, "merges");
    }
    for (const MergeRule& rule : mapping.merges) {
        out.item(1);
        out.text(2, "other", rule.other);
        out.text(2, "when", rule.when);
    }
    return out.take();
}

bool Mapping::same_meaning(const Mapping& other) const {
    return to_yaml(*this) == to_yaml(other);
}

Mapping default_mapping(DefaultKind kind) {
    Mapping mapping;
    mapping.file = "the default mapping";
    mapping.customer = {.text = "customer_id"};
    mapping.time = {.text = "timestamp", .optional = kind != DefaultKind::events};
    switch (kind) {
        case DefaultKind::events:
            mapping.events.push_back({.name = {.text = "event"}, .properties = {.rest = true}});
            break;
        case DefaultKind::traits: mapping.traits.rest = true; break;
        case DefaultKind::accounts:
            mapping.accounts.push_back({.account = {.text = "account_id"}});
            mapping.account_traits.push_back(
                {.account = {.text = "account_id"}, .traits = {.rest = true}});
            break;
        case DefaultKind::consents:
            mapping.consents.push_back({.purpose = {.text = "purpose"},
                                        .granted = {.text = "granted"},
                                        .source = {.text = "source", .optional = true}});
            break;
        case DefaultKind::merges: mapping.merges.push_back({.other = {.text = "other_id"}}); break;
    }
    return mapping;
}

}  // namespace fineline::mapping
