#include "base/json.h"

#include "base/require.h"
#include "base/text.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>

namespace fineline {

namespace {

/// Room made at once: most objects and texts fit, and need not grow step by step.
constexpr std::size_t members_expected = 4;
constexpr std::size_t text_expected = 512;

/// Whether a byte stands in a JSON string as it is.
bool stands_for_itself(char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

constexpr std::size_t json_depth_max = 256;

void print(const Json& value, std::string& out, int indent, int depth);

void new_line(std::string& out, int indent, int depth) {
    if (indent > 0) {
        out.push_back('\n');
        out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(depth), ' ');
    }
}

void print_array(const Json::Array& array, std::string& out, int indent, int depth) {
    out.push_back('[');
    for (std::size_t i = 0; i < array.size(); ++i) {
        if (i > 0) {
            out.push_back(',');
        }
        new_line(out, indent, depth + 1);
        print(array[i], out, indent, depth + 1);
    }
    if (!array.empty()) {
        new_line(out, indent, depth);
    }
    out.push_back(']');
}

void print_object(const Json::Object& object, std::string& out, int indent, int depth) {
    out.push_back('{');
    bool first = true;
    for (const auto& [name, value] : object) {
        if (!first) {
            out.push_back(',');
        }
        first = false;
        new_line(out, indent, depth + 1);
        append_json_string(out, name);
        out += indent > 0 ? ": " : ":";
        print(value, out, indent, depth + 1);
    }
    if (!object.empty()) {
        new_line(out, indent, depth);
    }
    out.push_back('}');
}

void print(const Json& value, std::string& out, int indent, int depth) {
    if (value.is_null()) {
        out += "null";
    } else if (const bool* boolean = value.boolean()) {
        out += *boolean ? "true" : "false";
    } else if (const double* number = value.number()) {
        out += std::isfinite(*number) ? number_text(*number) : "null";
    } else if (const std::string* text = value.string()) {
        append_json_string(out, *text);
    } else if (const Json::Array* array = value.array()) {
        print_array(*array, out, indent, depth);
    } else if (const Json::Object* object = value.object()) {
        print_object(*object, out, indent, depth);
    }
}

}  // namespace

const Json* Json::find(std::string_view name) const {
    if (const Object* members = object()) {
        for (const Member& member : *members) {
            if (member.first == name) {
                return &member.second;
            }
        }
    }
    return nullptr;
}

Json& Json::set(std::string_view name, Json value) {
    if (is_null()) {
        state_ = Object{};
    }
    auto* members = std::get_if<Object>(&state_);
    require(members != nullptr, "set() on a JSON value that is no object");
    for (Member& member : *members) {
        if (member.first == name) {
            member.second = std::move(value);
            return *this;
        }
    }
    if (members->empty()) {
        members->reserve(members_expected);
    }
    members->emplace_back(std::string(name), std::move(value));
    return *this;
}

Json& Json::push(Json value) {
    if (is_null()) {
        state_ = Array{};
    }
    auto* elements = std::get_if<Array>(&state_);
    require(elements != nullptr, "push() on a JSON value that is no array");
    elements->push_back(std::move(value));
    return *this;
}

std::string Json::text() const {
    std::string out;
    out.reserve(text_expected);
    print(*this, out, 0, 0);
    return out;
}

std::string Json::pretty() const {
    std::string out;
    print(*this, out, 2, 0);
    return out;
}

struct JsonParser::Library {
    simdjson::dom::parser parser;
};

JsonParser::JsonParser() : library_(std::make_unique<Library>()) {}

JsonParser::~JsonParser() = default;
JsonParser::JsonParser(JsonParser&&) noexcept = default;
JsonParser& JsonParser::operator=(JsonParser&&) noexcept = default;

/// `element` is a simdjson::dom::element, which the header does not know.
void JsonParser::fill(const void* element, Json& value) {
    using simdjson::dom::element_type;
    const auto& read = *static_cast<const simdjson::dom::element*>(element);
    switch (read.type()) {
        case element_type::NULL_VALUE: value.state_ = std::monostate(); return;
        case element_type::BOOL: value.state_ = read.get_bool().value_unsafe(); return;
        case element_type::INT64:
            value.state_ = static_cast<double>(read.get_int64().value_unsafe());
            return;
        case element_type::UINT64:
            value.state_ = static_cast<double>(read.get_uint64().value_unsafe());
            return;
        case element_type::DOUBLE: value.state_ = read.get_double().value_unsafe(); return;
        case element_type::STRING:
            value.become<std::string>().assign(read.get_string().value_unsafe());
            return;
        case element_type::ARRAY: {
            // By value: value_unsafe() refers into a temporary that a range-for would not keep
            // alive.
            const simdjson::dom::array children = read.get_array().value_unsafe();
            auto& array = value.become<Json::Array>();
            std::size_t count = 0;
            for (const simdjson::dom::element child : children) {
                fill(&child, count < array.size() ? array[count] : array.emplace_back());
                ++count;
            }
            array.resize(count);
            return;
        }
        case element_type::OBJECT: {
            const simdjson::dom::object members = read.get_object().value_unsafe();
            auto& object = value.become<Json::Object>();
            std::size_t count = 0;
            for (const simdjson::dom::key_value_pair member : members) {
                auto& [name, held] = count < object.size() ? object[count] : object.emplace_back();
                name.assign(member.key);
                fill(&member.value, held);
                ++count;
            }
            object.resize(count);
            return;
        }
    }
    require(false, "unknown JSON element");
}

Status JsonParser::read(std::string_view text, Json& value) {
    simdjson::dom::parser& parser = library_->parser;
    const std::size_t bytes = std::max<std::size_t>(text.size(), 64);
    if (parser.capacity() < bytes || parser.max_depth() != json_depth_max) {
        if (const auto error = parser.allocate(bytes, json_depth_max)) {
            return Error{ErrorCode::limit_exceeded, simdjson::error_message(error), {}};
        }
    }
    const auto document = parser.parse(text.data(), text.size());
    if (document.error() != simdjson::SUCCESS) {
        return Error{ErrorCode::invalid_argument,
                     std::string("not valid JSON: ") + simdjson::error_message(document.error()),
                     {}};
    }
    fill(&document.value_unsafe(), value);
    return done;
}

Result<Json> parse_json(std::string_view text) {
    Json value;
    if (auto read = JsonParser().read(text, value); !read) {
        return read.error();
    }
    return value;
}

void append_json_string(std::string& out, std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    out.push_back('"');
    while (!text.empty()) {
        const auto plain = std::ranges::find_if_not(text, stands_for_itself);
        out.append(text.begin(), plain);
        text.remove_prefix(static_cast<std::size_t>(plain - text.begin()));
        if (text.empty()) {
            break;
        }
        const char c = text.front();
        const auto byte = static_cast<unsigned char>(c);
        text.remove_prefix(1);
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                out += "\\u00";
                out.push_back(hex[byte >> 4U]);
                out.push_back(hex[byte & 0xfU]);
        }
    }
    out.push_back('"');
}

}  // namespace fineline
