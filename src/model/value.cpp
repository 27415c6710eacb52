#include "model/value.h"

#include "base/bytes.h"
#include "base/require.h"
#include "base/text.h"
#include "model/value_encoding.h"

#include <cmath>

namespace fineline {

const char* to_string(ValueKind kind) {
    switch (kind) {
        case ValueKind::missing: return "missing";
        case ValueKind::boolean: return "boolean";
        case ValueKind::number: return "number";
        case ValueKind::string: return "string";
        case ValueKind::timestamp: return "timestamp";
        case ValueKind::duration: return "duration";
        case ValueKind::list: return "list";
        case ValueKind::withheld: return "withheld";
    }
    return "unknown";
}

bool operator==(const Datum& a, const Datum& b) {
    if (a.kind_ != b.kind_) {
        return false;
    }
    switch (a.kind_) {
        case ValueKind::missing:
        case ValueKind::withheld: return true;
        case ValueKind::number: return a.number_ == b.number_;
        case ValueKind::boolean:
        case ValueKind::timestamp:
        case ValueKind::duration: return a.integer_ == b.integer_;
        case ValueKind::string:
        case ValueKind::list: return a.string() == b.string();
    }
    return false;
}

Datum borrow(const Value& value, std::string& storage) {
    switch (value.kind()) {
        case ValueKind::missing:
        case ValueKind::withheld: return {};
        case ValueKind::boolean: return Datum::of(value.boolean());
        case ValueKind::number: return Datum::of(value.number());
        case ValueKind::string: return Datum::of(std::string_view(value.string()));
        case ValueKind::timestamp: return Datum::of(value.timestamp());
        case ValueKind::duration: return Datum::of(value.duration());
        case ValueKind::list: {
            const std::size_t begin = storage.size();
            append_list_encoding(storage, value.list());
            return Datum::list_of(std::string_view(storage).substr(begin));
        }
    }
    return {};
}

Value to_value(const Datum& datum) {
    switch (datum.kind()) {
        case ValueKind::missing:
        case ValueKind::withheld: return {};
        case ValueKind::boolean: return Value(datum.boolean());
        case ValueKind::number: return Value(datum.number());
        case ValueKind::string: return Value(std::string(datum.string()));
        case ValueKind::timestamp: return Value(datum.timestamp());
        case ValueKind::duration: return Value(datum.duration());
        case ValueKind::list: {
            Value::List list;
            ListReader reader(datum.list_encoding());
            Datum element;
            while (reader.next(element)) {
                list.push_back(to_value(element));
            }
            return Value(std::move(list));
        }
    }
    return {};
}

void append_datum(std::string& out, const Datum& datum) {
    ByteWriter writer(out);
    const ValueKind kind = datum.kind() == ValueKind::withheld ? ValueKind::missing : datum.kind();
    writer.u8(static_cast<std::uint8_t>(kind));
    switch (kind) {
        case ValueKind::missing:
        case ValueKind::withheld: break;
        case ValueKind::boolean: writer.u8(datum.boolean() ? 1 : 0); break;
        case ValueKind::number: writer.f64(datum.number()); break;
        case ValueKind::string: writer.text(datum.string()); break;
        case ValueKind::timestamp:
            writer.signed_varint(datum.timestamp().time_since_epoch().count());
            break;
        case ValueKind::duration: writer.signed_varint(datum.duration().count()); break;
        case ValueKind::list: writer.text(datum.list_encoding()); break;
    }
}

bool read_datum(ByteReader& reader, Datum& datum) {
    const auto kind = static_cast<ValueKind>(reader.u8());
    datum = {};
    switch (kind) {
        case ValueKind::missing: break;
        case ValueKind::boolean: datum = Datum::of(reader.u8() != 0); break;
        case ValueKind::number: {
            const double number = reader.f64();
            if (!std::isfinite(number)) {
                return false;
            }
            datum = Datum::of(number);
            break;
        }
        case ValueKind::string: datum = Datum::of(reader.text()); break;
        case ValueKind::timestamp:
            datum = Datum::of(Instant(Duration(reader.signed_varint())));
            break;
        case ValueKind::duration: datum = Datum::of(Duration(reader.signed_varint())); break;
        case ValueKind::list: datum = Datum::list_of(reader.text()); break;
        case ValueKind::withheld:
        default: return false;
    }
    return reader.ok();
}

void append_list_encoding(std::string& out, const Value::List& list) {
    for (const Value& element : list) {
        std::string nested;
        append_datum(out, borrow(element, nested));
    }
}

bool is_list_encoding(std::string_view encoded, int depth_left) {
    ByteReader reader(encoded);
    Datum element;
    while (!reader.at_end()) {
        if (!read_datum(reader, element)) {
            return false;
        }
        if (element.kind() == ValueKind::list &&
            (depth_left == 0 || !is_list_encoding(element.list_encoding(), depth_left - 1))) {
            return false;
        }
    }
    return true;
}

bool ListReader::next(Datum& element) {
    if (rest_.empty()) {
        return false;
    }
    ByteReader reader(rest_);
    if (!read_datum(reader, element)) {
        rest_ = {};
        return false;
    }
    rest_.remove_prefix(rest_.size() - reader.remaining());
    return true;
}

std::string to_display(const Datum& datum) {
    switch (datum.kind()) {
        case ValueKind::missing: return "missing";
        case ValueKind::withheld: return "withheld";
        case ValueKind::boolean: return datum.boolean() ? "true" : "false";
        case ValueKind::number: return number_text(datum.number());
        case ValueKind::string: return std::string(datum.string());
        case ValueKind::timestamp: return to_iso(datum.timestamp());
        case ValueKind::duration: return to_words(datum.duration());
        case ValueKind::list: {
            std::string text = "[";
            ListReader reader(datum.list_encoding());
            Datum element;
            while (reader.next(element)) {
                text += (text.size() > 1 ? ", " : "") + to_display(element);
            }
            return text + "]";
        }
    }
    return {};
}

Json to_json(const Datum& datum) {
    switch (datum.kind()) {
        case ValueKind::missing:
        case ValueKind::withheld: return {};
        case ValueKind::boolean: return datum.boolean();
        case ValueKind::number: return datum.number();
        case ValueKind::string: return datum.string();
        case ValueKind::timestamp: return to_iso(datum.timestamp());
        case ValueKind::duration: return static_cast<double>(datum.duration().count()) / 1e6;
        case ValueKind::list: {
            Json::Array array;
            ListReader reader(datum.list_encoding());
            Datum element;
            while (reader.next(element)) {
                array.push_back(to_json(element));
            }
            return array;
        }
    }
    return {};
}

Value from_json(const Json& json) {
    if (const bool* boolean = json.boolean()) {
        return Value(*boolean);
    }
    if (const double* number = json.number()) {
        return Value(*number == 0 ? 0.0 : *number);
    }
    if (const std::string* text = json.string()) {
        return Value(*text);
    }
    if (const Json::Array* array = json.array()) {
        Value::List list;
        list.reserve(array->size());
        for (const Json& element : *array) {
            list.push_back(from_json(element));
        }
        return Value(std::move(list));
    }
    return {};
}

}  // namespace fineline
