#pragma once

#include "columns/event_rows.h"
#include "model/calendar.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// Rows made by hand, for tests.
namespace fineline::expr::test {

inline Instant at(std::string_view text) {
    const auto iso = parse_iso_time(text);
    require(iso.has_value(), "a test's time is ISO 8601");
    return TimeZone().resolve(*iso);
}

/// Properties of one row, by name.
using Fields = std::map<std::string, Value>;

/// Rows of one table; sorted by (time, arrival) when read. One thread at a time.
class TestTable final : public columns::ValueSource {
  public:
    void add(Instant time, std::uint64_t arrival, Fields fields) {
        rows_.push_back({time, arrival, std::move(fields)});
        std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
            return a.time != b.time ? a.time < b.time : a.arrival < b.arrival;
        });
        times_.clear();
        arrivals_.clear();
        encodings_.clear();
        for (const Row& row : rows_) {
            times_.push_back(row.time);
            arrivals_.push_back(row.arrival);
        }
    }

    [[nodiscard]] std::optional<PropertyId> find(std::string_view name) const {
        const auto found = std::find(names_.begin(), names_.end(), name);
        return found == names_.end()
                   ? std::nullopt
                   : std::optional(PropertyId{static_cast<std::uint32_t>(found - names_.begin())});
    }

    void name_property(const std::string& name) {
        if (!find(name)) {
            names_.push_back(name);
        }
    }

    [[nodiscard]] Datum value(PropertyId property, std::uint32_t row) const override {
        const Fields& fields = rows_[row].fields;
        const auto found = fields.find(names_[property.value()]);
        if (found == fields.end()) {
            return {};
        }
        return borrow(found->second, encodings_.emplace_back());
    }

    [[nodiscard]] columns::EventRows rows() const {
        return {times_.data(), arrivals_.data(), static_cast<std::uint32_t>(rows_.size()), this, 0};
    }

  private:
    struct Row {
        Instant time;
        std::uint64_t arrival;
        Fields fields;
    };

    std::vector<Row> rows_;
    std::vector<std::string> names_;
    std::vector<Instant> times_;
    std::vector<std::uint64_t> arrivals_;
    mutable std::deque<std::string> encodings_;  ///< of lists handed out
};

}  // namespace fineline::expr::test
