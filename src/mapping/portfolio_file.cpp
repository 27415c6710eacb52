#include "mapping/portfolio_file.h"

#include "base/json.h"
#include "expr/check.h"
#include "expr/parse.h"
#include "mapping/yaml_tree.h"

#include <array>
#include <charconv>
#include <set>
#include <utility>

namespace fineline::mapping {

namespace {

constexpr std::array<std::string_view, 18> purpose_keys{"purpose",
                                                        "question",
                                                        "metric",
                                                        "better",
                                                        "population",
                                                        "consent",
                                                        "no_record",
                                                        "static",
                                                        "capacity",
                                                        "cost",
                                                        "detect",
                                                        "review",
                                                        "reviewed",
                                                        "owner",
                                                        "exposure",
                                                        "protected",
                                                        "small_cell",
                                                        "segments"};
constexpr std::array<std::string_view, 3> exposure_keys{"event", "action", "propensity"};
constexpr std::array<std::string_view, 4> segment_keys{"name", "when", "because", "action"};

/// Takes a portfolio file's tree apart. One thread at a time.
class PortfolioReader {
  public:
    explicit PortfolioReader(const std::string& file) : file_(file) {}

    [[nodiscard]] Result<Portfolio> read(const YamlNode& root);

  private:
    [[nodiscard]] Status read_purpose(const YamlNode& root, Purpose& purpose);
    [[nodiscard]] Status read_choices(const YamlNode& root, Purpose& purpose);
    [[nodiscard]] Status read_exposure(const YamlNode& root, Exposure& exposure);
    [[nodiscard]] Status read_number(const YamlNode& root,
                                     std::string_view key,
                                     std::optional<int>& number);
    [[nodiscard]] Status read_names(const YamlNode& root,
                                    std::string_view key,
                                    std::vector<std::string>& names);
    [[nodiscard]] Status read_segments(const YamlNode& root,
                                       std::vector<SegmentDefinition>& segments);
    [[nodiscard]] Status read_word(const YamlNode& map, std::string_view key, std::string& word);
    [[nodiscard]] Status read_expression(const YamlNode& map,
                                         std::string_view key,
                                         expr::Use use,
                                         MappingText& text);

    const std::string& file_;
};

Result<Portfolio> PortfolioReader::read(const YamlNode& root) {
    Portfolio portfolio;
    Status status = check_keys(file_, root, purpose_keys, "a portfolio file");
    if (status) {
        status = read_purpose(root, portfolio.purpose);
    }
    if (status) {
        status = read_choices(root, portfolio.purpose);
    }
    if (status) {
        status = read_segments(root, portfolio.segments);
    }
    if (!status) {
        return status.error();
    }
    return portfolio;
}

Status PortfolioReader::read_word(const YamlNode& map, std::string_view key, std::string& word) {
    const YamlNode* node = map.find(key);
    if (node == nullptr) {
        return done;
    }
    if (node->kind != YamlNode::Kind::scalar || node->text.empty()) {
        return error_at(file_, *node, "'" + std::string(key) + "' must be a text");
    }
    word = node->text;
    return done;
}

Status PortfolioReader::read_expression(const YamlNode& map,
                                        std::string_view key,
                                        expr::Use use,
                                        MappingText& text) {
    std::string word;
    auto read = read_word(map, key, word);
    if (!read || word.empty()) {
        return read;
    }
    const YamlNode& node = *map.find(key);
    expr::Catalog anything;
    anything.segment = [](std::string_view) { return std::optional<std::string>("true"); };
    if (auto checked = expr::compile(word, use, anything); !checked) {
        return error_at(file_, node, expr::render_error(checked.error(), word));
    }
    text = {.text = word, .line = node.line, .column = node.column};
    return done;
}

Status PortfolioReader::read_purpose(const YamlNode& root, Purpose& purpose) {
    const std::array<std::pair<std::string_view, std::string*>, 8> words{
        {{"purpose", &purpose.name},
         {"question", &purpose.question},
         {"consent", &purpose.consent},
         {"cost", &purpose.cost},
         {"detect", &purpose.detect},
         {"review", &purpose.review},
         {"reviewed", &purpose.reviewed},
         {"owner", &purpose.owner}}};
    for (const auto& [key, word] : words) {
        if (auto read = read_word(root, key, *word); !read) {
            return read;
        }
    }
    if (purpose.name.empty()) {
        return error_at(
            file_, root, "a portfolio file needs the key 'purpose': what its segments are for");
    }
    if (auto read = read_expression(root, "metric", expr::Use::metric, purpose.metric); !read) {
        return read;
    }
    return read_expression(root, "population", expr::Use::segment, purpose.population);
}

Status PortfolioReader::read_choices(const YamlNode& root, Purpose& purpose) {
    if (const YamlNode* better = root.find("better")) {
        if (better->text != "higher" && better->text != "lower") {
            return error_at(
                file_, *better, "'better' is higher or lower, not '" + better->text + "'");
        }
        purpose.higher_is_better = better->text == "higher";
    }
    if (const YamlNode* record = root.find("no_record")) {
        if (record->text != "granted" && record->text != "refused") {
            return error_at(
                file_, *record, "'no_record' is granted or refused, not '" + record->text + "'");
        }
        purpose.no_record_is_granted = record->text == "granted";
    }
    if (auto read = read_names(root, "static", purpose.static_traits); !read) {
        return read;
    }
    if (auto read = read_names(root, "protected", purpose.protected_traits); !read) {
        return read;
    }
    if (auto read = read_number(root, "capacity", purpose.capacity); !read) {
        return read;
    }
    if (auto read = read_number(root, "small_cell", purpose.small_cell); !read) {
        return read;
    }
    return read_exposure(root, purpose.exposure);
}

Status PortfolioReader::read_names(const YamlNode& root,
                                   std::string_view key,
                                   std::vector<std::string>& names) {
    const YamlNode* list = root.find(key);
    if (list == nullptr) {
        return done;
    }
    if (list->kind != YamlNode::Kind::list) {
        return error_at(
            file_, *list, "'" + std::string(key) + "' is a list of traits, e.g. [country]");
    }
    for (const YamlNode& name : list->items) {
        names.push_back(name.text);
    }
    return done;
}

Status PortfolioReader::read_number(const YamlNode& root,
                                    std::string_view key,
                                    std::optional<int>& number) {
    const YamlNode* node = root.find(key);
    if (node == nullptr) {
        return done;
    }
    int parsed = 0;
    const char* end = node->text.data() + node->text.size();
    const auto result = std::from_chars(node->text.data(), end, parsed);
    if (result.ec != std::errc{} || result.ptr != end || parsed < 1) {
        return error_at(
            file_,
            *node,
            "'" + std::string(key) + "' is a whole number of at least 1, not '" + node->text + "'");
    }
    number = parsed;
    return done;
}

Status PortfolioReader::read_exposure(const YamlNode& root, Exposure& exposure) {
    const YamlNode* node = root.find("exposure");
    if (node == nullptr) {
        return done;
    }
    if (node->kind == YamlNode::Kind::scalar) {
        return read_word(root, "exposure", exposure.event);
    }
    if (auto keys = check_keys(file_, *node, exposure_keys, "an exposure"); !keys) {
        return keys;
    }
    for (const auto& [key, word] :
         {std::pair<std::string_view, std::string*>{"event", &exposure.event},
          {"action", &exposure.action},
          {"propensity", &exposure.propensity}}) {
        if (auto read = read_word(*node, key, *word); !read) {
            return read;
        }
    }
    if (exposure.event.empty()) {
        return error_at(file_, *node, "'exposure' needs the key 'event': which event tells of one");
    }
    return done;
}

Status PortfolioReader::read_segments(const YamlNode& root,
                                      std::vector<SegmentDefinition>& segments) {
    const YamlNode* list = root.find("segments");
    if (list == nullptr) {
        return done;
    }
    if (list->kind != YamlNode::Kind::list) {
        return error_at(file_, *list, "'segments' must be a list");
    }
    std::set<std::string> names;
    for (const YamlNode& node : list->items) {
        SegmentDefinition& segment = segments.emplace_back();
        if (auto keys = check_keys(file_, node, segment_keys, "a segment"); !keys) {
            return keys;
        }
        for (const auto& [key, word] :
             {std::pair<std::string_view, std::string*>{"name", &segment.name},
              {"because", &segment.because},
              {"action", &segment.action}}) {
            if (auto read = read_word(node, key, *word); !read) {
                return read;
            }
        }
        if (auto read = read_expression(node, "when", expr::Use::segment, segment.when); !read) {
            return read;
        }
        if (segment.name.empty() || segment.when.empty()) {
            return error_at(file_, node, "a segment needs the keys 'name' and 'when'");
        }
        if (!names.insert(segment.name).second) {
            return error_at(file_, node, "two segments have the same name: '" + segment.name + "'");
        }
    }
    return done;
}

void print_word(std::string& out, std::string_view key, std::string_view value) {
    if (!value.empty()) {
        out += key;
        out += ": ";
        append_json_string(out, value);
        out += '\n';
    }
}

void print_names(std::string& out, std::string_view key, const std::vector<std::string>& names) {
    if (names.empty()) {
        return;
    }
    out += key;
    out += ":\n";
    for (const std::string& name : names) {
        out += "  - ";
        append_json_string(out, name);
        out += '\n';
    }
}

}  // namespace

Result<Portfolio> parse_portfolio(std::string_view text, const std::string& file) {
    auto root = parse_yaml(text, file);
    if (!root) {
        return root.error();
    }
    return PortfolioReader(file).read(*root);
}

Result<Portfolio> read_portfolio_file(const std::string& path) {
    auto text = read_text_file(path);
    if (!text) {
        return text.error();
    }
    return parse_portfolio(*text, path);
}

std::string to_yaml(const Portfolio& portfolio) {
    const Purpose& purpose = portfolio.purpose;
    std::string out;
    print_word(out, "purpose", purpose.name);
    print_word(out, "question", purpose.question);
    print_word(out, "metric", purpose.metric.text);
    out += purpose.higher_is_better ? "better: higher\n" : "better: lower\n";
    print_word(out, "population", purpose.population.text);
    print_word(out, "consent", purpose.consent);
    out += purpose.no_record_is_granted ? "no_record: granted\n" : "";
    print_names(out, "static", purpose.static_traits);
    out += purpose.capacity ? "capacity: " + std::to_string(*purpose.capacity) + "\n" : "";
    print_word(out, "cost", purpose.cost);
    print_word(out, "detect", purpose.detect);
    print_word(out, "review", purpose.review);
    print_word(out, "reviewed", purpose.reviewed);
    print_word(out, "owner", purpose.owner);
    if (!purpose.exposure.event.empty()) {
        out += "exposure:\n";
        print_word(out, "  event", purpose.exposure.event);
        print_word(out, "  action", purpose.exposure.action);
        print_word(out, "  propensity", purpose.exposure.propensity);
    }
    print_names(out, "protected", purpose.protected_traits);
    out += purpose.small_cell ? "small_cell: " + std::to_string(*purpose.small_cell) + "\n" : "";
    out += portfolio.segments.empty() ? "" : "segments:\n";
    for (const SegmentDefinition& segment : portfolio.segments) {
        print_word(out, "  - name", segment.name);
        print_word(out, "    when", segment.when.text);
        print_word(out, "    because", segment.because);
        print_word(out, "    action", segment.action);
    }
    return out;
}

}  // namespace fineline::mapping
