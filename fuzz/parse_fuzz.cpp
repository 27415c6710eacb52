#include "base/require.h"
#include "expr/check.h"
#include "expr/parse.h"

#include <cstdint>
#include <string>
#include <string_view>

// Whatever parses must print to a text that reads back as the same tree and prints the same again,
// must survive the trip through JSON, and can be checked for every use; every error can be
// rendered.

namespace {

using namespace fineline;        // NOLINT(google-build-using-namespace)
using namespace fineline::expr;  // NOLINT(google-build-using-namespace)

Catalog small_world() {
    Catalog catalog;
    catalog.events = {"purchase", "view"};
    catalog.properties = {{"amount"}, {}};
    catalog.traits = {"plan"};
    catalog.segment_names = {"a", "b"};
    catalog.segment = [](std::string_view name) -> std::optional<std::string> {
        if (name == "a") {
            return "segment b or did view";
        }
        return name == "b" ? std::optional<std::string>("plan = 'x'") : std::nullopt;
    };
    catalog.names_known = true;
    return catalog;
}

void round_trips(const Expression& tree) {
    const std::string canonical = print(tree);
    const auto again = parse(canonical);
    require(again.has_value(), "the printed form parses");
    require(*again == tree, "the printed form reads back as the same tree");
    require(print(*again) == canonical, "printing is idempotent");
    const auto json = parse_json(to_json(tree).text());
    if (!json) {
        return;  // nested deeper than JSON may be
    }
    const auto from_json = expression_from_json(*json);
    require(from_json.has_value() && *from_json == tree,
            "the JSON form reads back as the same tree");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Catalog catalog = small_world();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = parse(text);
    if (!parsed) {
        require(!render_error(parsed.error(), text).empty(), "an error has a text");
        return 0;
    }
    round_trips(*parsed);
    for (const Use use : {Use::segment, Use::metric, Use::value, Use::mapping}) {
        const auto checked = check(*parsed, use, catalog);
        if (!checked) {
            require(!render_error(checked.error(), text).empty(), "an error has a text");
            continue;
        }
        for (const Warning& warning : checked->warnings()) {
            require(!render_warning(warning, text).empty(), "a warning has a text");
        }
    }
    return 0;
}
