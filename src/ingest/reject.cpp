#include "ingest/reject.h"

#include "base/text.h"
#include "model/limits.h"

#include <utility>

namespace fineline::ingest {

const char* to_string(RejectReason reason) {
    switch (reason) {
        case RejectReason::wrong_column_count: return "wrong_column_count";
        case RejectReason::broken_quotes: return "broken_quotes";
        case RejectReason::not_utf8: return "not_utf8";
        case RejectReason::nul_byte: return "nul_byte";
        case RejectReason::field_too_long: return "field_too_long";
        case RejectReason::row_too_long: return "row_too_long";
        case RejectReason::duplicate_header: return "duplicate_header";
        case RejectReason::bad_json: return "bad_json";
        case RejectReason::bad_message: return "bad_message";
        case RejectReason::missing_customer: return "missing_customer";
        case RejectReason::missing_name: return "missing_name";
        case RejectReason::id_too_long: return "id_too_long";
        case RejectReason::bad_time: return "bad_time";
        case RejectReason::bad_number: return "bad_number";
        case RejectReason::bad_boolean: return "bad_boolean";
        case RejectReason::too_many_properties: return "too_many_properties";
        case RejectReason::value_too_long: return "value_too_long";
        case RejectReason::too_many_names: return "too_many_names";
    }
    return "unknown";
}

Reject make_reject(RejectReason reason,
                   const RowPlace& place,
                   std::string message,
                   std::string_view text) {
    return {.reason = reason,
            .line = place.line,
            .byte_offset = place.byte_offset,
            .message = std::move(message),
            .text = std::string(beginning_of(text, limits::reject_text_bytes_max))};
}

}  // namespace fineline::ingest
