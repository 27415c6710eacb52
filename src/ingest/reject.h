#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fineline::ingest {

/// Why a row was set aside. A closed set; the codes (`to_string`) are stable: reject files and
/// scripts hold them.
enum class RejectReason : std::uint8_t {
    wrong_column_count,
    broken_quotes,
    not_utf8,
    nul_byte,
    field_too_long,
    row_too_long,
    duplicate_header,
    bad_json,
    bad_message,  ///< JSON, but no message we know: wrong type of a field, unknown `type`
    missing_customer,
    missing_name,  ///< an event, account, purpose or other identity without a name
    id_too_long,
    bad_time,
    bad_number,
    bad_boolean,
    too_many_properties,
    value_too_long,
    too_many_names,  ///< a new event, property, trait or purpose, beyond what a workspace may hold
};

inline constexpr std::size_t reject_reason_count = 18;

/// Returns the stable code: "bad_time".
[[nodiscard]] const char* to_string(RejectReason reason);

/// One row of the input that could not be loaded. The load goes on.
struct Reject {
    RejectReason reason = RejectReason::wrong_column_count;
    std::uint64_t line = 0;         ///< from 1: the line of the file on which the row begins
    std::uint64_t byte_offset = 0;  ///< of the row's first byte in the (decompressed) input
    std::string message{};          ///< what was wrong, for people, the offending value last
    std::string text{};             ///< the row as it was, cut at limits::reject_text_bytes_max
};

/// Where a row begins.
struct RowPlace {
    std::uint64_t line = 0;
    std::uint64_t byte_offset = 0;
};

/// Makes the Reject of a row; cuts its text.
[[nodiscard]] Reject make_reject(RejectReason reason,
                                 const RowPlace& place,
                                 std::string message,
                                 std::string_view text);

/// How many rows were set aside for each reason.
class RejectCounts {
  public:
    void add(RejectReason reason) { ++counts_[static_cast<std::size_t>(reason)]; }

    [[nodiscard]] std::uint64_t of(RejectReason reason) const {
        return counts_[static_cast<std::size_t>(reason)];
    }

    [[nodiscard]] std::uint64_t total() const {
        std::uint64_t sum = 0;
        for (const std::uint64_t count : counts_) {
            sum += count;
        }
        return sum;
    }

    friend bool operator==(const RejectCounts&, const RejectCounts&) = default;

  private:
    std::array<std::uint64_t, reject_reason_count> counts_{};
};

}  // namespace fineline::ingest
