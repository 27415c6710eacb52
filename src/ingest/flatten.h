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

    void clear() {
        fields.clear();
        lists.clear();
    }
};

/// Flattens an object: nested objects become dotted paths (`address.city`), arrays stay lists, an
/// array of objects becomes one list per path (`products.sku`, missing where an element has none),
/// null is a missing value. `flat` is emptied first and keeps its memory; `object` must outlive it.
void flatten(const Json& object, FlatObject& flat);

}  // namespace fineline::ingest
