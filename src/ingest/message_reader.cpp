#include "ingest/message_reader.h"

#include "base/text.h"
#include "model/calendar.h"
#include "model/limits.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fineline::ingest {

namespace {

/// How far ahead of the server's clock a corrected time may lie; beyond, the message is dated at
/// its arrival, so that nobody sends from the future.
constexpr Duration ahead_max = std::chrono::minutes(1);

/// What a message's context says of the moment in which something happened. The rest is of the
/// person (traits, externalIds, ip), of the sender (library, userAgent), or has a record of its
/// own.
constexpr std::array<std::string_view, 12> context_members{"app",
                                                           "campaign",
                                                           "channel",
                                                           "device",
                                                           "groupId",
                                                           "locale",
                                                           "network",
                                                           "os",
                                                           "page",
                                                           "referrer",
                                                           "screen",
                                                           "timezone"};

/// Of these: what tells one device, and so its owner, from all others.
constexpr std::array<std::string_view, 3> context_left_out{
    "device.id", "device.advertisingId", "device.token"};

bool is_of_the_moment(std::string_view path) {
    const std::string_view member = path.substr(0, path.find('.'));
    return std::ranges::find(context_members, member) != context_members.end() &&
           std::ranges::find(context_left_out, path) == context_left_out.end();
}

Flaw bad_message(std::string message) {
    return {RejectReason::bad_message, std::move(message)};
}

/// Reads an id: a text, or a number made one; null and absent are empty.
std::optional<Flaw> read_id(const Json& message, std::string_view member, std::string& id) {
    id.clear();
    const Json* value = message.find(member);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    if (const std::string* text = value->string()) {
        id = *text;
    } else if (const double* number = value->number()) {
        id = number_text(*number);
    } else {
        return bad_message("'" + std::string(member) + "' must be a text");
    }
    return std::nullopt;
}

/// Reads an ISO 8601 time, UTC where it has no offset; empty for anything else.
std::optional<Instant> instant_of(const Json* value) {
    const std::string* text = value == nullptr ? nullptr : value->string();
    if (text == nullptr) {
        return std::nullopt;
    }
    const auto iso = parse_iso_time(*text);
    return iso ? std::optional(TimeZone().resolve(*iso)) : std::nullopt;
}

bool is_absent(const Json* value) {
    return value == nullptr || value->is_null();
}

}  // namespace

Result<std::optional<Flaw>> MessageReader::read(const Json& message,
                                                const MessageTimes& times,
                                                RecordBatchBuilder& batch,
                                                RowRecords& records) {
    batch_ = &batch;
    records_ = &records;
    records.clear();
    further_ids_.clear();
    if (message.object() == nullptr) {
        return Problem(bad_message("the line is no JSON object"));
    }
    Problem problem = read_identity(message);
    if (!problem) {
        problem = read_time(message, times);
    }
    if (!problem) {
        problem = read_body(message);
    }
    if (!problem) {
        problem = read_consents(message);
    }
    if (!problem) {
        problem = records.flaw();
    }
    if (!problem && policy_.flaw_in_names) {
        problem = policy_.flaw_in_names(records, batch);
    }
    if (problem) {
        records.clear();
        return problem;
    }
    if (auto joined = join(); !joined) {
        return joined.error();
    }
    return Problem();
}

MessageReader::Problem MessageReader::read_identity(const Json& message) {
    const std::array<std::pair<std::string_view, std::string*>, 5> ids{
        {{"userId", &user_id_},
         {"anonymousId", &anonymous_id_},
         {"groupId", &group_id_},
         {"previousId", &previous_id_},
         {"messageId", &message_id_}}};
    for (const auto& [member, id] : ids) {
        if (auto flaw = read_id(message, member, *id)) {
            return flaw;
        }
        if (id->size() > limits::customer_id_bytes_max) {
            return Flaw{RejectReason::id_too_long,
                        std::string(member) + " is longer than " +
                            with_commas(limits::customer_id_bytes_max) + " bytes"};
        }
    }
    constexpr std::size_t suffix_bytes = 8;
    if (message_id_.size() > limits::message_id_bytes_max - suffix_bytes) {
        return Flaw{RejectReason::id_too_long, "messageId is too long: '" + message_id_ + "'"};
    }
    if (user_id_.empty() && anonymous_id_.empty()) {
        return Flaw{RejectReason::missing_customer,
                    "the message has neither userId nor anonymousId"};
    }
    return std::nullopt;
}

/// Source of the skew correction: Segment's specification of common fields, "timestamps".
MessageReader::Problem MessageReader::read_time(const Json& message, const MessageTimes& times) {
    const Json* timestamp = message.find("timestamp");
    const Json* original = message.find("originalTimestamp");
    const auto received =
        times.received_at ? times.received_at : instant_of(message.find("receivedAt"));
    const bool corrected_before =
        !times.received_at && !is_absent(timestamp) && !is_absent(original);
    const Json* written = is_absent(timestamp) ? original : timestamp;
    if (is_absent(written)) {
        time_ = received;
        return std::nullopt;
    }
    time_ = instant_of(written);
    if (!time_) {
        return Flaw{RejectReason::bad_time,
                    "the timestamp is no ISO 8601 time: " + in_quotes(written->text())};
    }
    auto sent = instant_of(message.find("sentAt"));
    if (!sent) {
        sent = times.sent_at;
    }
    if (sent && received && !corrected_before) {
        time_ = *received - (*sent - *time_);
    }
    if (times.received_at && *time_ > *times.received_at + ahead_max) {
        time_ = times.received_at;
    }
    return std::nullopt;
}

MessageReader::Problem MessageReader::read_body(const Json& message) {
    const Json* type = message.find("type");
    const std::string* kind = type == nullptr ? nullptr : type->string();
    if (kind == nullptr) {
        return bad_message("the message has no 'type'");
    }
    if (*kind == "track") {
        const Json* event = message.find("event");
        const std::string* name = event == nullptr ? nullptr : event->string();
        if (auto problem = take_fields(message, "properties")) {
            return problem;
        }
        return read_event(message, name == nullptr ? std::string_view() : *name);
    }
    if (*kind == "page" || *kind == "screen") {
        return read_view(message, *kind);
    }
    if (*kind == "identify") {
        return read_identify(message);
    }
    if (*kind == "group") {
        return read_group(message);
    }
    if (*kind == "alias") {
        return read_alias(message);
    }
    return bad_message("the type is none of track, identify, page, screen, group, alias: " +
                       in_quotes(*kind));
}

/// page and screen: `name` and `category` become properties, unless the caller sent such himself.
MessageReader::Problem MessageReader::read_view(const Json& message, std::string_view kind) {
    if (auto problem = take_fields(message, "properties")) {
        return problem;
    }
    for (const std::string_view member : {std::string_view("name"), std::string_view("category")}) {
        const Json* value = message.find(member);
        const std::string* text = value == nullptr ? nullptr : value->string();
        const std::string path = std::string(kind) + "_" + std::string(member);
        const bool sent = std::any_of(fields_.fields.begin(),
                                      fields_.fields.end(),
                                      [&](const auto& field) { return field.first == path; });
        if (text != nullptr && !text->empty() && !sent) {
            fields_.fields.emplace_back(path, Datum::of(std::string_view(*text)));
        }
    }
    return read_event(message, kind == "page" ? "Page Viewed" : "Screen Viewed");
}

MessageReader::Problem MessageReader::read_event(const Json& message, std::string_view name) {
    if (auto flaw = flaw_in_name(name, "the event")) {
        return flaw;
    }
    if (!time_) {
        return Flaw{RejectReason::bad_time,
                    is_absent(message.find("timestamp")) ? "the event has no timestamp"
                                                         : "the timestamp is no time"};
    }
    if (auto problem = take_context(message)) {
        return problem;
    }
    return add_properties({.kind = RecordKind::event, .time = time_, .name = batch_->name(name)},
                          false);
}

MessageReader::Problem MessageReader::read_identify(const Json& message) {
    if (auto problem = take_fields(message, "traits")) {
        return problem;
    }
    if (fields_.fields.empty()) {
        return std::nullopt;
    }
    return add_properties({.kind = RecordKind::traits, .time = time_}, true);
}

MessageReader::Problem MessageReader::read_group(const Json& message) {
    if (group_id_.empty()) {
        return Flaw{RejectReason::missing_name, "the group has no groupId"};
    }
    if (auto problem = take_fields(message, "traits")) {
        return problem;
    }
    add({.kind = RecordKind::account_join, .time = time_, .text = group_id_});
    if (fields_.fields.empty()) {
        return std::nullopt;
    }
    return add_properties({.kind = RecordKind::account_traits, .time = time_, .text = group_id_},
                          true);
}

MessageReader::Problem MessageReader::read_alias(const Json& message) {
    const std::string& other = previous_id_.empty() ? anonymous_id_ : previous_id_;
    if (user_id_.empty() || other.empty()) {
        return bad_message(message.find("userId") == nullptr ? "the alias has no userId"
                                                             : "the alias has no previousId");
    }
    if (policy_.alias_merges && other != user_id_) {
        add({.kind = RecordKind::merge, .text = other});
    }
    return std::nullopt;
}

/// A category the visitor was asked about is a purpose; its answer is the consent.
MessageReader::Problem MessageReader::read_consents(const Json& message) {
    const Json* at = &message;
    for (const std::string_view member : {"context", "consent", "categoryPreferences"}) {
        at = at->find(member);
        if (is_absent(at)) {
            return std::nullopt;
        }
    }
    if (at->object() == nullptr) {
        return bad_message("context.consent.categoryPreferences must be an object");
    }
    for (const auto& [purpose, answer] : *at->object()) {
        const bool* granted = answer.boolean();
        if (granted == nullptr) {
            return Flaw{RejectReason::bad_boolean, "a consent must be true or false: " + purpose};
        }
        if (auto flaw = flaw_in_name(purpose, "the purpose")) {
            return flaw;
        }
        const NamedDatum property{batch_->name("granted"), Datum::of(*granted)};
        add({.kind = RecordKind::consent,
             .time = time_,
             .name = batch_->name(purpose),
             .text = "consent.categoryPreferences",
             .properties = std::span(&property, 1)});
    }
    return std::nullopt;
}

/// Flattens `properties` or `traits` into fields_.
MessageReader::Problem MessageReader::take_fields(const Json& message, std::string_view member) {
    fields_.clear();
    const Json* value = message.find(member);
    if (is_absent(value)) {
        return std::nullopt;
    }
    if (value->object() == nullptr) {
        return bad_message("'" + std::string(member) + "' must be an object");
    }
    flatten(*value, fields_);
    return std::nullopt;
}

/// Adds the context of an event to fields_. A property of the sender's own stands.
MessageReader::Problem MessageReader::take_context(const Json& message) {
    const Json* value = message.find("context");
    if (is_absent(value)) {
        return std::nullopt;
    }
    if (value->object() == nullptr) {
        return bad_message("'context' must be an object");
    }
    flatten(*value, context_);
    const std::size_t own = fields_.fields.size();
    for (auto& found : context_.fields) {
        const auto end = fields_.fields.begin() + static_cast<std::ptrdiff_t>(own);
        const bool sent = std::any_of(fields_.fields.begin(), end, [&](const auto& field) {
            return field.first == found.first;
        });
        if (!sent && is_of_the_moment(found.first)) {
            fields_.fields.push_back(std::move(found));
        }
    }
    return std::nullopt;
}

/// Adds a record with fields_ as its properties.
MessageReader::Problem MessageReader::add_properties(RecordDraft draft, bool keep_missing) {
    properties_.clear();
    if (fields_.fields.size() > limits::properties_per_record_max) {
        return Flaw{RejectReason::too_many_properties,
                    "the message has more than " + with_commas(limits::properties_per_record_max) +
                        " properties: " + with_commas(fields_.fields.size())};
    }
    for (const auto& [path, value] : fields_.fields) {
        if (auto flaw = flaw_in_name(path, "the property")) {
            return flaw;
        }
        if (!value.is_missing() || keep_missing) {
            properties_.push_back({batch_->name(path), value});
        }
    }
    draft.properties = properties_;
    add(draft);
    return std::nullopt;
}

/// Adds a record of this message's customer, with a message id of its own.
void MessageReader::add(RecordDraft draft) {
    if (draft.kind != RecordKind::account_traits) {
        draft.customer = user_id_.empty() ? anonymous_id_ : user_id_;
    }
    draft.message_id = message_id_;
    if (!records_->empty() && !message_id_.empty()) {
        draft.message_id =
            further_ids_.emplace_back(message_id_ + "#" + std::to_string(records_->count()));
    }
    records_->add(draft);
}

/// Joins the anonymous history to the user, the first time only.
Status MessageReader::join() {
    if (user_id_.empty() || anonymous_id_.empty() || user_id_ == anonymous_id_) {
        return done;
    }
    if (joined_.contains(anonymous_id_) ||
        (policy_.is_joined && policy_.is_joined(anonymous_id_))) {
        return done;
    }
    if (joined_.size() >= limits::anonymous_ids_max) {
        return Error{ErrorCode::limit_exceeded,
                     "more than " + with_commas(limits::anonymous_ids_max) +
                         " anonymous ids joined in one load: load the file in parts",
                     {}};
    }
    joined_.insert(anonymous_id_);
    add({.kind = RecordKind::merge, .text = anonymous_id_});
    return done;
}

}  // namespace fineline::ingest
