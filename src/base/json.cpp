#include "base/json.h"

#include <simdjson.h>

#include <cmath>

#include "base/text.h"

namespace fineline {

namespace {

constexpr std::size_t json_depth_max = 256;

Result<Json> convert(const simdjson::dom::element& element) {
    using simdjson::dom::element_type;
    switch (element.type()) {
        case element_type::NULL_VALUE: return Json();
        case element_type::BOOL: return Json(element.get_bool().value_unsafe());
        case element_type::INT64: return Json(static_cast<double>(element.get_int64().value_unsafe()));
        case element_type::UINT64: return Json(static_cast<double>(element.get_uint64().value_unsafe()));
        case element_type::DOUBLE: return Json(element.get_double().value_unsafe());
        case element_type::STRING: return Json(element.get_string().value_unsafe());
        case element_type::ARRAY: {
            // By value: value_unsafe() refers into a temporary that a range-for would not keep alive.
            const simdjson::dom::array children = element.get_array().value_unsafe();
            Json::Array array;
            for (const simdjson::dom::element child : children) {
                auto value = convert(child);
                if (!value) {
                    return value.error();
                }
                array.push_back(std::move(*value));
            }
            return Json(std::move(array));
        }
        case element_type::OBJECT: {
            const simdjson::dom::object members = element.get_object().value_unsafe();
            Json::Object object;
            for (const simdjson::dom::key_value_pair member : members) {
                auto value = convert(member.value);
                if (!value) {
                    return value.error();
                }
                object.emplace_back(std::string(member.key), std::move(*value));
            }
            return Json(std::move(object));
        }
    }
    return Error{ErrorCode::internal, "unknown JSON element", {}};
}

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
    print(*this, out, 0, 0);
    return out;
}

std::string Json::pretty() const {
    std::string out;
    print(*this, out, 2, 0);
    return out;
}

Result<Json> parse_json(std::string_view text) {
    simdjson::dom::parser parser;
    if (const auto error = parser.allocate(std::max<std::size_t>(text.size(), 64), json_depth_max)) {
        return Error{ErrorCode::limit_exceeded, simdjson::error_message(error), {}};
    }
    const auto document = parser.parse(text.data(), text.size());
    if (document.error() != simdjson::SUCCESS) {
        return Error{ErrorCode::invalid_argument,
                     std::string("not valid JSON: ") + simdjson::error_message(document.error()),
                     {}};
    }
    return convert(document.value_unsafe());
}

void append_json_string(std::string& out, std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    out.push_back('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (byte < 0x20) {
                    out += "\\u00";
                    out.push_back(hex[byte >> 4U]);
                    out.push_back(hex[byte & 0xfU]);
                } else {
                    out.push_back(c);
                }
        }
    }
    out.push_back('"');
}

}  // namespace fineline
