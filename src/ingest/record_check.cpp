#include "ingest/record_check.h"

#include "base/text.h"
#include "model/limits.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace fineline::ingest {

namespace {

Flaw too_long(RejectReason reason, const char* what, std::string_view text, std::size_t bytes_max) {
    return {reason,
            std::string(what) + " is longer than " + with_commas(bytes_max) +
                " bytes: " + in_quotes(text)};
}

std::optional<Flaw> flaw_in_value(const Datum& value) {
    const bool is_text = value.kind() == ValueKind::string || value.kind() == ValueKind::list;
    if (is_text && value.string().size() > limits::string_value_bytes_max) {
        return too_long(RejectReason::value_too_long,
                        "a value",
                        value.string(),
                        limits::string_value_bytes_max);
    }
    if (value.kind() == ValueKind::number && !std::isfinite(value.number())) {
        return Flaw{RejectReason::bad_number, "a number is not finite"};
    }
    return std::nullopt;
}

bool needs_customer(RecordKind kind) {
    return kind != RecordKind::account_traits && kind != RecordKind::definition &&
           kind != RecordKind::clock;
}

}  // namespace

void RowRecords::clear() {
    records_.clear();
    properties_.clear();
}

void RowRecords::add(const RecordDraft& draft) {
    records_.push_back({.draft = draft,
                        .properties_at = properties_.size(),
                        .property_count = draft.properties.size()});
    properties_.insert(properties_.end(), draft.properties.begin(), draft.properties.end());
}

std::optional<Flaw> RowRecords::flaw_in(const Held& held) const {
    const RecordDraft& draft = held.draft;
    if (draft.customer.empty() && needs_customer(draft.kind)) {
        return Flaw{RejectReason::missing_customer, "the row names no customer"};
    }
    for (const std::string_view id : {draft.customer, draft.text}) {
        if (id.size() > limits::customer_id_bytes_max) {
            return too_long(RejectReason::id_too_long, "an id", id, limits::customer_id_bytes_max);
        }
    }
    if (draft.message_id.size() > limits::message_id_bytes_max) {
        return too_long(RejectReason::id_too_long,
                        "the message id",
                        draft.message_id,
                        limits::message_id_bytes_max);
    }
    if (held.property_count > limits::properties_per_record_max) {
        return Flaw{RejectReason::too_many_properties,
                    "the row has more than " + with_commas(limits::properties_per_record_max) +
                        " properties: " + with_commas(held.property_count)};
    }
    for (std::size_t i = 0; i < held.property_count; ++i) {
        if (auto flaw = flaw_in_value(properties_[held.properties_at + i].value)) {
            return flaw;
        }
    }
    return std::nullopt;
}

std::optional<Flaw> RowRecords::flaw() const {
    for (const Held& held : records_) {
        if (auto flaw = flaw_in(held)) {
            return flaw;
        }
    }
    return std::nullopt;
}

RecordDraft RowRecords::draft_of(const Held& held) const {
    RecordDraft draft = held.draft;
    draft.properties = std::span(properties_.data() + held.properties_at, held.property_count);
    return draft;
}

std::optional<Flaw> RowRecords::flaw_in_names(NameLimits& names,
                                              const RecordBatchBuilder& batch) const {
    for (const Held& held : records_) {
        if (auto refused = names.admit(batch, draft_of(held))) {
            names.take_back();
            return Flaw{RejectReason::too_many_names, std::move(*refused)};
        }
    }
    names.keep();
    return std::nullopt;
}

void RowRecords::commit(RecordBatchBuilder& batch, RecordTally& tally) const {
    for (const Held& held : records_) {
        const RecordDraft draft = draft_of(held);
        batch.add(draft);
        ++tally.by_kind[static_cast<std::size_t>(draft.kind)];
        if (draft.kind == RecordKind::event && draft.time) {
            tally.first_time = std::min(tally.first_time, *draft.time);
            tally.last_time = std::max(tally.last_time, *draft.time);
        }
    }
}

std::optional<Flaw> flaw_in_name(std::string_view name, const char* what) {
    if (name.empty()) {
        return Flaw{RejectReason::missing_name, std::string(what) + " has no name"};
    }
    if (name.size() > limits::name_bytes_max) {
        return too_long(RejectReason::id_too_long, what, name, limits::name_bytes_max);
    }
    return std::nullopt;
}

}  // namespace fineline::ingest
