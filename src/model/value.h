#pragma once

#include "base/instant.h"
#include "base/json.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fineline {

enum class ValueKind : std::uint8_t {
    missing,
    boolean,
    number,
    string,
    timestamp,
    duration,
    list,
    withheld,  ///< not to be read: the customer has not consented to the purpose; never stored
};

/// Returns the kind's word in messages and docs: "number", "timestamp", …
[[nodiscard]] const char* to_string(ValueKind kind);

/// An owned value: what a property, a trait or a literal holds.
class Value {
  public:
    using List = std::vector<Value>;

    Value() = default;

    explicit Value(bool value) : state_(value) {}

    explicit Value(double value) : state_(value) {}

    explicit Value(std::string value) : state_(std::move(value)) {}

    explicit Value(Instant value) : state_(value) {}

    explicit Value(Duration value) : state_(value) {}

    explicit Value(List value) : state_(std::move(value)) {}

    [[nodiscard]] ValueKind kind() const { return static_cast<ValueKind>(state_.index()); }

    [[nodiscard]] bool boolean() const { return std::get<bool>(state_); }

    [[nodiscard]] double number() const { return std::get<double>(state_); }

    [[nodiscard]] const std::string& string() const { return std::get<std::string>(state_); }

    [[nodiscard]] Instant timestamp() const { return std::get<Instant>(state_); }

    [[nodiscard]] Duration duration() const { return std::get<Duration>(state_); }

    [[nodiscard]] const List& list() const { return std::get<List>(state_); }

    friend bool operator==(const Value&, const Value&) = default;

  private:
    std::variant<std::monostate, bool, double, std::string, Instant, Duration, List> state_;
};

/// A value seen without owning it: what evaluation passes around. 24 bytes, trivially copyable.
/// A string or list points into a dictionary, a batch or the expression; it must not outlive that.
/// Equality means: same kind and same value (1 ≠ '1'); lists compare as a whole.
class Datum {  // NOLINT(cppcoreguidelines-pro-type-member-init): the union is initialised
  public:
    constexpr Datum() = default;  // NOLINT(cppcoreguidelines-pro-type-member-init)

    [[nodiscard]] static Datum of(bool value) {
        Datum datum(ValueKind::boolean);
        datum.integer_ = value ? 1 : 0;
        return datum;
    }

    [[nodiscard]] static Datum of(double value) {
        Datum datum(ValueKind::number);
        datum.number_ = value;
        return datum;
    }

    [[nodiscard]] static Datum of(std::string_view value) {
        Datum datum(ValueKind::string);
        datum.set_bytes(value);
        return datum;
    }

    [[nodiscard]] static Datum of(Instant value) {
        Datum datum(ValueKind::timestamp);
        datum.integer_ = value.time_since_epoch().count();
        return datum;
    }

    [[nodiscard]] static Datum of(Duration value) {
        Datum datum(ValueKind::duration);
        datum.integer_ = value.count();
        return datum;
    }

    /// `encoded` is the list's encoding by append_list_encoding.
    [[nodiscard]] static Datum list_of(std::string_view encoded) {
        Datum datum(ValueKind::list);
        datum.set_bytes(encoded);
        return datum;
    }

    [[nodiscard]] static Datum withheld() { return Datum(ValueKind::withheld); }

    [[nodiscard]] ValueKind kind() const { return kind_; }

    [[nodiscard]] bool is_missing() const { return kind_ == ValueKind::missing; }

    [[nodiscard]] bool boolean() const { return integer_ != 0; }

    [[nodiscard]] double number() const { return number_; }

    [[nodiscard]] std::string_view string() const { return {bytes_, size_}; }

    [[nodiscard]] Instant timestamp() const { return Instant(Duration(integer_)); }

    [[nodiscard]] Duration duration() const { return Duration(integer_); }

    [[nodiscard]] std::string_view list_encoding() const { return {bytes_, size_}; }

    friend bool operator==(const Datum& a, const Datum& b);

  private:
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
    explicit Datum(ValueKind kind) : kind_(kind) {}

    void set_bytes(std::string_view bytes) {
        bytes_ = bytes.data();
        size_ = static_cast<std::uint32_t>(bytes.size());
    }

    ValueKind kind_ = ValueKind::missing;
    std::uint32_t size_ = 0;

    union {
        std::int64_t integer_ = 0;
        double number_;
    };

    const char* bytes_ = nullptr;
};

/// Borrows a value; a list's encoding is appended to `storage`, which must outlive the Datum and be
/// reserved or only ever grown before use (a string Datum points into `value` itself).
[[nodiscard]] Datum borrow(const Value& value, std::string& storage);

/// Copies what a Datum sees. Withheld becomes missing.
[[nodiscard]] Value to_value(const Datum& datum);

/// Appends the encoding of a list's elements: for each, kind byte and payload (see
/// docs/log_format.md).
void append_list_encoding(std::string& out, const Value::List& list);

/// Walks over an encoded list. One thread at a time.
class ListReader {
  public:
    explicit ListReader(std::string_view encoded) : rest_(encoded) {}

    /// Yields the next element; false at the end. Nested lists come encoded.
    bool next(Datum& element);

  private:
    std::string_view rest_;
};

/// Prints a value for people: 12.5, text as it is, timestamps ISO, durations in words, lists in [
/// ].
[[nodiscard]] std::string to_display(const Datum& datum);

/// Converts to JSON; timestamps and durations become ISO texts and numbers of seconds.
[[nodiscard]] Json to_json(const Datum& datum);

/// Converts a JSON scalar or array; null is missing. Objects are not values: missing.
[[nodiscard]] Value from_json(const Json& json);

}  // namespace fineline
