#include "expr/functions/datum_order.h"

#include <cstring>

namespace fineline::expr::functions {

namespace {

template <class T>
int order(const T& a, const T& b) {
    if (a < b) {
        return -1;
    }
    return b < a ? 1 : 0;
}

int order_by_length(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) {
        return order(a.size(), b.size());
    }
    return a.data() == b.data() || a.empty() ? 0 : std::memcmp(a.data(), b.data(), a.size());
}

}  // namespace

bool is_ordered(ValueKind kind) {
    switch (kind) {
        case ValueKind::boolean:
        case ValueKind::number:
        case ValueKind::string:
        case ValueKind::timestamp:
        case ValueKind::duration: return true;
        case ValueKind::missing:
        case ValueKind::list:
        case ValueKind::withheld: return false;
    }
    return false;
}

int order_of_same_kind(const Datum& a, const Datum& b) {
    switch (a.kind()) {
        case ValueKind::boolean: return order(a.boolean(), b.boolean());
        case ValueKind::number: return order(a.number(), b.number());
        case ValueKind::string: return a.string().compare(b.string());
        case ValueKind::timestamp: return order(a.timestamp(), b.timestamp());
        case ValueKind::duration: return order(a.duration(), b.duration());
        case ValueKind::missing:
        case ValueKind::list:
        case ValueKind::withheld: break;
    }
    return 0;
}

int grouping_order(const Datum& a, const Datum& b) {
    if (a.kind() != b.kind()) {
        return order(a.kind(), b.kind());
    }
    if (a.kind() == ValueKind::string || a.kind() == ValueKind::list) {
        return order_by_length(a.string(), b.string());
    }
    return order_of_same_kind(a, b);
}

}  // namespace fineline::expr::functions
