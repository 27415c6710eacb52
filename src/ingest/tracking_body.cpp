#include "ingest/tracking_body.h"

#include "base/text.h"
#include "ingest/decoder.h"
#include "ingest/record_check.h"
#include "model/calendar.h"
#include "model/limits.h"

#include <algorithm>
#include <array>
#include <span>

namespace fineline::ingest {

namespace {

constexpr std::size_t inflate_step_bytes = 64ULL * 1024;

/// Adds what the batch says for all its messages to one of them.
void inherit(Json& message, const Json& batch, std::string_view member) {
    const Json* shared = batch.find(member);
    if (shared == nullptr || shared->object() == nullptr || message.object() == nullptr) {
        return;
    }
    const Json* own = message.find(member);
    if (own == nullptr || own->is_null()) {
        message.set(member, *shared);
        return;
    }
    if (own->object() == nullptr) {
        return;
    }
    Json merged = *shared;
    for (const auto& [name, value] : *own->object()) {
        merged.set(name, value);
    }
    message.set(member, std::move(merged));
}

std::string text_member(const Json& body, std::string_view member) {
    const Json* value = body.find(member);
    const std::string* text = value == nullptr ? nullptr : value->string();
    return text == nullptr ? std::string() : *text;
}

std::string cut(const std::string& text) {
    return std::string(beginning_of(text, limits::reject_text_bytes_max));
}

/// Says what keeps a message from being read at all, for its place and size.
std::optional<RejectedItem> refused(const Json& item,
                                    std::size_t place,
                                    std::size_t body_bytes,
                                    const TrackingLimits& limits) {
    if (place >= limits.items_max) {
        return RejectedItem{"too_many_items",
                            "a request brings at most " + with_commas(limits.items_max) +
                                " messages; this is number " + with_commas(place + 1),
                            text_set_aside(item)};
    }
    // Only a body that large can hold a message that large.
    if (body_bytes <= limits.item_bytes_max) {
        return std::nullopt;
    }
    std::string text = item.text();
    if (text.size() <= limits.item_bytes_max) {
        return std::nullopt;
    }
    const std::size_t bytes = text.size();
    return RejectedItem{"item_too_large",
                        "a message has at most " + with_commas(limits.item_bytes_max) +
                            " bytes; this one has " + with_commas(bytes),
                        cut(text)};
}

}  // namespace

std::string text_set_aside(const Json& message) {
    return cut(message.text());
}

Result<std::string> inflate_gzip(std::string_view body, std::size_t bytes_max) {
    auto decoder = make_gzip_decoder();
    if (!decoder) {
        return decoder.error();
    }
    std::string out;
    while (true) {
        const std::size_t held = out.size();
        if (held > bytes_max) {
            return Error{ErrorCode::limit_exceeded,
                         "the body inflates to more than " + with_commas(bytes_max) + " bytes",
                         {}};
        }
        out.resize(held + inflate_step_bytes);
        const auto step =
            (*decoder)->decode(body, std::span(out.data() + held, inflate_step_bytes));
        if (!step) {
            return Error{ErrorCode::invalid_argument, "the body is no gzip", {}};
        }
        out.resize(held + step->produced);
        body.remove_prefix(step->consumed);
        if (step->consumed == 0 && step->produced == 0) {
            break;
        }
    }
    if (!body.empty() || !(*decoder)->complete() || out.size() > bytes_max) {
        return Error{
            out.size() > bytes_max ? ErrorCode::limit_exceeded : ErrorCode::invalid_argument,
            "the gzip body is cut off or too large",
            {}};
    }
    return out;
}

Result<TrackingBody> read_tracking_body(std::string_view body, TrackingShape shape) {
    auto json = parse_json(body);
    if (!json) {
        return json.error();
    }
    if (json->object() == nullptr) {
        return Error{ErrorCode::invalid_argument, "the body must be a JSON object", {}};
    }
    TrackingBody read;
    read.bytes = body.size();
    read.write_key = text_member(*json, "writeKey");
    if (shape == TrackingShape::message) {
        read.items.push_back(std::move(*json));
        return read;
    }
    const Json* batch = json->find("batch");
    if (batch == nullptr || batch->array() == nullptr) {
        return Error{ErrorCode::invalid_argument, "the body must have an array 'batch'", {}};
    }
    if (const auto iso = parse_iso_time(text_member(*json, "sentAt"))) {
        read.sent_at = TimeZone().resolve(*iso);
    }
    read.items = *batch->array();
    for (Json& item : read.items) {
        inherit(item, *json, "context");
        inherit(item, *json, "integrations");
    }
    return read;
}

Result<TrackedRecords> to_records(TrackingBody body,
                                  const TrackingLimits& limits,
                                  TrackingOrigin origin) {
    TrackedRecords tracked;
    MessageReader reader(std::move(origin.policy));
    RecordBatchBuilder builder;
    RowRecords records;
    RecordTally tally;
    const MessageTimes times{.received_at = origin.received_at, .sent_at = body.sent_at};
    for (std::size_t place = 0; place < body.items.size(); ++place) {
        Json& item = body.items[place];
        if (auto unread = refused(item, place, body.bytes, limits)) {
            tracked.oversized += unread->reason == "item_too_large" ? 1U : 0U;
            tracked.rejected.push_back(std::move(*unread));
            continue;
        }
        if (!origin.implied_type.empty() && item.object() != nullptr) {
            item.set("type", origin.implied_type);
        }
        auto flaw = reader.read(item, times, builder, records);
        if (!flaw) {
            return flaw.error();
        }
        if (*flaw) {
            tracked.rejected.push_back(
                {to_string((*flaw)->reason), (*flaw)->message, text_set_aside(item)});
            continue;
        }
        if (builder.count() + records.count() > limits::batch_records_max) {
            return Error{ErrorCode::limit_exceeded,
                         "the messages come to more than " +
                             with_commas(limits::batch_records_max) +
                             " records: send fewer at once",
                         {}};
        }
        records.commit(builder, tally);
    }
    if (!builder.empty()) {
        BatchHeader header;
        header.source = std::move(origin.source);
        header.received_at = origin.received_at;
        tracked.batch = builder.finish(header);
    }
    return tracked;
}

}  // namespace fineline::ingest
