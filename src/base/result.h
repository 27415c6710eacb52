#pragma once

#include "base/require.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace fineline {

/// Says what kind of failure an `Error` is. User mistakes and our own bugs never share a code.
enum class ErrorCode : std::uint8_t {
    invalid_argument,  ///< the caller's input is wrong; exit code 2
    not_found,         ///< the named thing does not exist
    conflict,          ///< it exists, or somebody else holds it
    limit_exceeded,    ///< a named limit was reached
    forbidden,         ///< policy or consent says no
    corrupt,           ///< stored bytes do not match their checksum or format
    io,                ///< the operating system refused
    unavailable,       ///< try again later
    internal,          ///< a bug of ours
};

/// Returns the code's stable lower-case name, as printed in JSON.
[[nodiscard]] const char* to_string(ErrorCode code);

/// Locates an error in a text: byte offsets, half-open.
struct SourceSpan {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    friend bool operator==(const SourceSpan&, const SourceSpan&) = default;
};

/// Describes one failure: what was wrong, the value last, where, and what to do.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;
    std::optional<SourceSpan> at;
};

/// Holds a value or the error that explains its absence. Discarding one is a compile error.
/// Propagation needs no macro: `if (!r) return r.error();`, since an Error converts to any Result.
template <class T>
class [[nodiscard]] Result {
  public:
    // NOLINTNEXTLINE(google-explicit-constructor)
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}

    // NOLINTNEXTLINE(google-explicit-constructor)
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool has_value() const { return state_.index() == 0; }

    explicit operator bool() const { return has_value(); }

    [[nodiscard]] T& value() & {
        require(has_value(), "value() of a Result that holds an error");
        return *std::get_if<0>(&state_);
    }

    [[nodiscard]] const T& value() const& {
        require(has_value(), "value() of a Result that holds an error");
        return *std::get_if<0>(&state_);
    }

    [[nodiscard]] T&& value() && {
        require(has_value(), "value() of a Result that holds an error");
        return std::move(*std::get_if<0>(&state_));
    }

    T& operator*() & { return value(); }

    const T& operator*() const& { return value(); }

    T&& operator*() && { return std::move(*this).value(); }

    T* operator->() { return &value(); }

    const T* operator->() const { return &value(); }

    [[nodiscard]] const Error& error() const {
        require(!has_value(), "error() of a Result that holds a value");
        return *std::get_if<1>(&state_);
    }

  private:
    std::variant<T, Error> state_;
};

/// Stands for "nothing" as the value of an operation that can fail.
struct Done {};

/// The Result of an operation that yields no value: `return done;` on success.
using Status = Result<Done>;
inline constexpr Done done{};

}  // namespace fineline
