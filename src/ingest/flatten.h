#pragma once

#include "base/json.h"
#include "model/value.h"

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace fineline::ingest {

/// The members of a JSON object as flat, named values. Texts are viewed in the Json, lists in
/// `lists`.
struct FlatObject {
    std::vector<std::pair<std::string, Datum>>
        fields;  ///< in the order written; a later one of a name wins
    std::deque<std::string> lists;
};

/// Flattens an object: nested objects become dotted paths (`address.city`), arrays stay lists, an
/// array of objects becomes one list per path (`products.sku`, missing where an element has none),
/// null is a missing value. `object` must outlive the result.
[[nodiscard]] FlatObject flatten(const Json& object);

}  // namespace fineline::ingest
