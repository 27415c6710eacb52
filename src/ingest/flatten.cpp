#include "ingest/flatten.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace fineline::ingest {

namespace {

bool holds_objects(const Json::Array& array) {
    return std::any_of(array.begin(), array.end(), [](const Json& element) {
        return element.object() != nullptr;
    });
}

/// Collects fields under their paths. One thread at a time; depth is bounded by parse_json.
class Flattener {
  public:
    explicit Flattener(FlatObject& out) : out_(out) {}

    void add_object(const Json::Object& object, const std::string& prefix) {
        for (const auto& [name, value] : object) {
            add(value, prefix + name);
        }
    }

  private:
    void add(const Json& value, const std::string& path) {
        if (const Json::Object* object = value.object()) {
            add_object(*object, path + ".");
        } else if (const Json::Array* array = value.array()) {
            if (holds_objects(*array)) {
                add_objects(*array, path + ".");
            } else {
                add_list(from_json(value).list(), path);
            }
        } else if (const std::string* text = value.string()) {
            set(path, Datum::of(std::string_view(*text)));
        } else if (const double* number = value.number()) {
            set(path, Datum::of(*number));
        } else if (const bool* boolean = value.boolean()) {
            set(path, Datum::of(*boolean));
        } else {
            set(path, Datum());
        }
    }

    /// An array of objects: one list per path, as long as the array.
    void add_objects(const Json::Array& array, const std::string& prefix) {
        std::vector<std::string> paths;
        std::unordered_map<std::string, Value::List> lists;
        for (std::size_t i = 0; i < array.size(); ++i) {
            const FlatObject element = flatten(array[i]);
            for (const auto& [name, value] : element.fields) {
                const auto [list, added] = lists.try_emplace(name, array.size());
                if (added) {
                    paths.push_back(name);
                }
                list->second[i] = to_value(value);
            }
        }
        for (const std::string& path : paths) {
            add_list(lists[path], prefix + path);
        }
    }

    void add_list(const Value::List& list, const std::string& path) {
        std::string& encoding = out_.lists.emplace_back();
        append_list_encoding(encoding, list);
        set(path, Datum::list_of(encoding));
    }

    void set(const std::string& path, const Datum& value) {
        const auto [place, added] = places_.try_emplace(path, out_.fields.size());
        if (added) {
            out_.fields.emplace_back(path, value);
        } else {
            out_.fields[place->second].second = value;
        }
    }

    FlatObject& out_;
    std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace

FlatObject flatten(const Json& object) {
    FlatObject flat;
    if (const Json::Object* members = object.object()) {
        Flattener(flat).add_object(*members, "");
    }
    return flat;
}

}  // namespace fineline::ingest
