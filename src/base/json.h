#pragma once

#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace fineline {

/// A JSON value. Objects keep the order of their members; numbers are doubles.
class Json {
  public:
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;

    Json() = default;

    // Whatever JSON can hold becomes a value by itself. NOLINTBEGIN(google-explicit-constructor)

    Json(std::nullptr_t) {}

    Json(bool value) : state_(value) {}

    Json(double value) : state_(value) {}

    Json(int value) : state_(static_cast<double>(value)) {}

    Json(std::size_t value) : state_(static_cast<double>(value)) {}

    Json(std::string value) : state_(std::move(value)) {}

    Json(std::string_view value) : state_(std::string(value)) {}

    Json(const char* value) : state_(std::string(value)) {}

    Json(Array value) : state_(std::move(value)) {}

    Json(Object value) : state_(std::move(value)) {}

    // NOLINTEND(google-explicit-constructor)

    [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(state_); }

    [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&state_); }

    [[nodiscard]] const double* number() const { return std::get_if<double>(&state_); }

    [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&state_); }

    [[nodiscard]] const Array* array() const { return std::get_if<Array>(&state_); }

    [[nodiscard]] const Object* object() const { return std::get_if<Object>(&state_); }

    /// Returns the member of that name, or null if this is no object or has none. Cost: linear.
    [[nodiscard]] const Json* find(std::string_view name) const;

    /// Appends or replaces a member; makes an object of a null.
    Json& set(std::string_view name, Json value);

    /// Appends an element; makes an array of a null.
    Json& push(Json value);

    /// Prints compactly, UTF-8 as it is, numbers as short as they read back.
    [[nodiscard]] std::string text() const;

    /// Prints over several lines, indented by two spaces.
    [[nodiscard]] std::string pretty() const;

    friend bool operator==(const Json&, const Json&) = default;

  private:
    friend class JsonParser;

    /// Makes this a value of that alternative, the one it holds already if it is of that kind.
    template <class Kind>
    [[nodiscard]] Kind& become() {
        Kind* held = std::get_if<Kind>(&state_);
        return held != nullptr ? *held : state_.emplace<Kind>();
    }

    std::variant<std::monostate, bool, double, std::string, Array, Object> state_;
};

/// Reads one JSON text after another and keeps the memory that it takes. One thread at a time.
class JsonParser {
  public:
    JsonParser();
    ~JsonParser();
    JsonParser(const JsonParser&) = delete;
    JsonParser& operator=(const JsonParser&) = delete;
    JsonParser(JsonParser&&) noexcept;
    JsonParser& operator=(JsonParser&&) noexcept;

    /// Reads a text over `value`, whose texts, arrays and objects it uses again: texts of one shape
    /// allocate nothing. After an error `value` is unspecified. Errors: as parse_json().
    [[nodiscard]] Status read(std::string_view text, Json& value);

  private:
    struct Library;

    static void fill(const void* element, Json& value);

    std::unique_ptr<Library> library_;
};

/// Reads one JSON text of at most `limits::json_depth_max` nested levels.
/// Errors: invalid_argument, with the byte where it stopped making sense where that is known.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

/// Appends a JSON string literal, quotes and escapes included.
void append_json_string(std::string& out, std::string_view text);

}  // namespace fineline
