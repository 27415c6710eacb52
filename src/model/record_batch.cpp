#include "model/record_batch.h"

#include "base/bytes.h"
#include "base/require.h"
#include "model/limits.h"
#include "model/value_encoding.h"

namespace fineline {

namespace {

constexpr std::uint8_t format_version = 1;
constexpr int list_depth_max = 8;

constexpr unsigned has_time = 1;
constexpr unsigned has_message_id = 2;
constexpr unsigned has_text = 4;
constexpr unsigned has_name = 8;
constexpr unsigned has_properties = 16;

bool needs_name(RecordKind kind) {
    return kind == RecordKind::event || kind == RecordKind::consent ||
           kind == RecordKind::definition;
}

}  // namespace

const char* to_string(RecordKind kind) {
    switch (kind) {
        case RecordKind::tombstone: return "tombstone";
        case RecordKind::event: return "event";
        case RecordKind::traits: return "traits";
        case RecordKind::account_join: return "account_join";
        case RecordKind::account_traits: return "account_traits";
        case RecordKind::consent: return "consent";
        case RecordKind::merge: return "merge";
        case RecordKind::erasure: return "erasure";
        case RecordKind::definition: return "definition";
        case RecordKind::clock: return "clock";
    }
    return "unknown";
}

BatchName RecordBatchBuilder::name(std::string_view text) {
    const auto known = name_index_.find(text);
    if (known != name_index_.end()) {
        return BatchName(known->second);
    }
    const auto added = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(text);
    name_index_.emplace(text, added);
    return BatchName(added);
}

void RecordBatchBuilder::add(const RecordDraft& draft) {
    ByteWriter writer(records_);
    unsigned flags = draft.time ? has_time : 0U;
    flags |= draft.message_id.empty() ? 0U : has_message_id;
    flags |= draft.text.empty() ? 0U : has_text;
    flags |= needs_name(draft.kind) ? has_name : 0U;
    flags |= draft.properties.empty() ? 0U : has_properties;
    writer.u8(static_cast<std::uint8_t>(draft.kind));
    writer.u8(static_cast<std::uint8_t>(flags));
    writer.text(draft.customer);
    if (draft.time) {
        writer.signed_varint(draft.time->time_since_epoch().count());
    }
    if ((flags & has_name) != 0) {
        writer.varint(draft.name.value());
    }
    if ((flags & has_text) != 0) {
        writer.text(draft.text);
    }
    if ((flags & has_message_id) != 0) {
        writer.text(draft.message_id);
    }
    if ((flags & has_properties) != 0) {
        // Their length goes first, so that a walk can step over them.
        properties_.clear();
        ByteWriter properties(properties_);
        for (const NamedDatum& property : draft.properties) {
            properties.varint(property.name.value());
            append_datum(properties_, property.value);
        }
        writer.varint(draft.properties.size());
        writer.text(properties_);
    }
    ++count_;
}

std::string RecordBatchBuilder::finish(const BatchHeader& header) {
    std::string bytes;
    ByteWriter writer(bytes);
    writer.u8(format_version);
    writer.text(header.source);
    writer.signed_varint(header.received_at.time_since_epoch().count());
    writer.text(header.sequence);
    writer.varint(header.first_row);
    writer.varint(header.last_row);
    writer.varint(names_.size());
    for (const std::string& name : names_) {
        writer.text(name);
    }
    writer.varint(count_);
    writer.raw(records_);
    names_.clear();
    name_index_.clear();
    records_.clear();
    count_ = 0;
    return bytes;
}

bool RecordView::Properties::next(std::uint32_t& name_at, Datum& value) {
    if (left_ == 0) {
        return false;
    }
    ByteReader reader(rest_);
    name_at = static_cast<std::uint32_t>(reader.varint());
    const bool well_formed = read_datum(reader, value);
    require(well_formed, "a property of a validated batch is malformed");
    rest_.remove_prefix(rest_.size() - reader.remaining());
    --left_;
    return true;
}

bool RecordBatch::advance(Walk& walk, RecordView& record) const {
    if (walk.index == count_) {
        return false;
    }
    const std::string_view rest = std::string_view(bytes_).substr(walk.at);
    ByteReader reader(rest);
    record = RecordView();
    const std::uint8_t kind = reader.u8();
    const std::uint8_t flags = reader.u8();
    if (kind > static_cast<std::uint8_t>(RecordKind::clock) || flags > 31) {
        return false;
    }
    record.kind = static_cast<RecordKind>(kind);
    record.customer = reader.text();
    if ((flags & has_time) != 0) {
        record.time = Instant(Duration(reader.signed_varint()));
    }
    if ((flags & has_name) != 0) {
        record.name = static_cast<std::uint32_t>(reader.varint());
    }
    if ((flags & has_text) != 0) {
        record.text = reader.text();
    }
    if ((flags & has_message_id) != 0) {
        record.message_id = reader.text();
    }
    if ((flags & has_properties) != 0) {
        record.property_count_ = static_cast<std::uint32_t>(reader.varint());
        record.encoded_properties_ = reader.text();
    }
    if (!reader.ok() || (needs_name(record.kind) && record.name >= names_.size())) {
        return false;
    }
    record.index = walk.index++;
    walk.at += rest.size() - reader.remaining();
    return true;
}

bool RecordBatch::has_valid_properties(const RecordView& record) const {
    ByteReader reader(record.encoded_properties_);
    Datum value;
    for (std::uint32_t i = 0; i < record.property_count_; ++i) {
        if (reader.varint() >= names_.size() || !read_datum(reader, value)) {
            return false;
        }
        if (value.kind() == ValueKind::list &&
            !is_list_encoding(value.list_encoding(), list_depth_max)) {
            return false;
        }
    }
    return reader.at_end();
}

Result<RecordBatch> RecordBatch::open(std::string bytes) {
    const Error malformed{ErrorCode::corrupt, "a batch of the log is malformed", {}};
    RecordBatch batch;
    batch.bytes_ = std::move(bytes);
    ByteReader reader(batch.bytes_);
    if (reader.u8() != format_version) {
        return Error{ErrorCode::corrupt, "a batch of the log has an unknown format version", {}};
    }
    batch.header_.source = reader.text();
    batch.header_.received_at = Instant(Duration(reader.signed_varint()));
    batch.header_.sequence = reader.text();
    batch.header_.first_row = reader.varint();
    batch.header_.last_row = reader.varint();
    const std::uint64_t names = reader.varint();
    if (names > reader.remaining()) {
        return malformed;
    }
    for (std::uint64_t i = 0; i < names; ++i) {
        batch.names_.emplace_back(reader.text());
    }
    const std::uint64_t count = reader.varint();
    if (!reader.ok() || count > reader.remaining()) {
        return malformed;
    }
    batch.count_ = static_cast<std::uint32_t>(count);
    batch.records_at_ = batch.bytes_.size() - reader.remaining();
    Walk walk = batch.begin();
    RecordView record;
    while (batch.advance(walk, record)) {
        if (!batch.has_valid_properties(record)) {
            return malformed;
        }
        batch.has_message_ids_ = batch.has_message_ids_ || !record.message_id.empty();
    }
    if (walk.index != batch.count_ || walk.at != batch.bytes_.size()) {
        return malformed;
    }
    return batch;
}

std::string RecordBatch::without(const std::vector<bool>& erased) const {
    return reencode(erased, Chosen::become_tombstones);
}

std::string RecordBatch::dropping(const std::vector<bool>& dropped) const {
    return reencode(dropped, Chosen::are_left_out);
}

std::string RecordBatch::reencode(const std::vector<bool>& chosen, Chosen fate) const {
    require(chosen.size() == count_, "one flag per record is needed");
    RecordBatchBuilder builder;
    std::vector<NamedDatum> properties;
    for_each([&](const RecordView& record) {
        RecordDraft draft;
        const bool is_chosen = chosen[record.index];
        if (is_chosen && fate == Chosen::are_left_out) {
            return;
        }
        if (is_chosen || record.kind == RecordKind::tombstone) {
            draft.kind = RecordKind::tombstone;
            builder.add(draft);
            return;
        }
        properties.clear();
        auto walk = record.properties();
        std::uint32_t name = 0;
        Datum value;
        while (walk.next(name, value)) {
            properties.push_back({.name = builder.name(names_[name]), .value = value});
        }
        draft.kind = record.kind;
        draft.customer = record.customer;
        draft.time = record.time;
        if (needs_name(record.kind)) {
            draft.name = builder.name(names_[record.name]);
        }
        draft.text = record.text;
        draft.message_id = record.message_id;
        draft.properties = properties;
        builder.add(draft);
    });
    return builder.finish(header_);
}

}  // namespace fineline
