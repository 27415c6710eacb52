#pragma once

#include "columns/fold.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fineline::columns {

inline Instant day(int number) {
    return Instant(std::chrono::hours(24) * number);
}

/// Writes records as a log would hand them over, one batch after the other.
class Log {
  public:
    explicit Log(const StoreOptions& options = {}) : store(options) {}

    void event(std::string_view who,
               Instant at,
               std::string_view name,
               const std::vector<std::pair<std::string, Value>>& values = {}) {
        draft({.kind = RecordKind::event, .customer = who, .time = at, .name = builder_.name(name)},
              values);
    }

    void traits(std::string_view who,
                std::optional<Instant> at,
                const std::vector<std::pair<std::string, Value>>& values) {
        draft({.kind = RecordKind::traits, .customer = who, .time = at}, values);
    }

    void account_traits(std::string_view account,
                        std::optional<Instant> at,
                        const std::vector<std::pair<std::string, Value>>& values) {
        draft({.kind = RecordKind::account_traits, .time = at, .text = account}, values);
    }

    void join(std::string_view who, std::optional<Instant> at, std::string_view account) {
        draft({.kind = RecordKind::account_join, .customer = who, .time = at, .text = account}, {});
    }

    void consent(std::string_view who, std::string_view purpose, bool granted) {
        draft({.kind = RecordKind::consent,
               .customer = who,
               .name = builder_.name(purpose),
               .text = "form"},
              {{"granted", Value(granted)}});
    }

    void merge(std::string_view who, std::string_view other) {
        draft({.kind = RecordKind::merge, .customer = who, .text = other}, {});
    }

    void erasure(std::string_view who) {
        draft({.kind = RecordKind::erasure, .customer = who}, {});
    }

    void define(std::string_view kind,
                std::string_view name,
                std::string_view text,
                bool archived = false) {
        draft({.kind = RecordKind::definition,
               .time = day(1),
               .name = builder_.name(kind),
               .text = name},
              {{"text", Value(std::string(text))}, {"archived", Value(archived)}});
    }

    /// A definition with all that it says.
    void definition(std::string_view kind,
                    std::string_view name,
                    const std::vector<std::pair<std::string, Value>>& says) {
        draft({.kind = RecordKind::definition,
               .time = day(2),
               .name = builder_.name(kind),
               .text = name},
              says);
    }

    void clock(Instant at) { draft({.kind = RecordKind::clock, .time = at}, {}); }

    /// Position of the record to be written next.
    [[nodiscard]] std::uint64_t next_position() const { return position_ + builder_.count(); }

    /// Folds what was written since the last time.
    void fold() {
        const std::uint32_t count = builder_.count();
        auto batch = RecordBatch::open(builder_.finish(header()));
        ASSERT_TRUE(batch.has_value());
        ASSERT_TRUE(store.apply(*batch, Position(position_)).has_value());
        position_ += count;
    }

    std::shared_ptr<const View> view() {
        fold();
        return store.publish();
    }

    Store store;

  private:
    static BatchHeader header() {
        BatchHeader header;
        header.source = "test";
        header.received_at = day(0);
        return header;
    }

    void draft(RecordDraft draft, const std::vector<std::pair<std::string, Value>>& values) {
        std::vector<NamedDatum> data;
        data.reserve(values.size());
        std::string storage;
        storage.reserve(4096);
        for (const auto& [name, value] : values) {
            data.push_back({.name = builder_.name(name), .value = borrow(value, storage)});
        }
        draft.properties = data;
        builder_.add(draft);
    }

    RecordBatchBuilder builder_;
    std::uint64_t position_ = 0;
};

}  // namespace fineline::columns
