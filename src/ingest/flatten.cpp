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

/// Up to so many fields, a name is found sooner by looking at each than through an index.
constexpr std::size_t unindexed_fields_max = 16;

/// Collects fields under their paths. One thread at a time; depth is bounded by parse_json.
class Flattener {
  public:
    explicit Flattener(FlatObject& out) : out_(out) {}

    void add_object(const Json::Object& object) {
        const std::size_t prefix = path_.size();
        for (const auto& [name, value] : object) {
            path_.append(name);
            add(value);
            path_.resize(prefix);
        }
    }

  private:
    /// Adds a value under path_, which is longer afterwards where the value is nested.
    void add(const Json& value) {
        if (const Json::Object* object = value.object()) {
            path_.push_back('.');
            add_object(*object);
        } else if (const Json::Array* array = value.array()) {
            if (holds_objects(*array)) {
                path_.push_back('.');
                add_objects(*array);
            } else {
                add_list(from_json(value).list(), path_);
            }
        } else if (const std::string* text = value.string()) {
            set(path_, Datum::of(std::string_view(*text)));
        } else if (const double* number = value.number()) {
            set(path_, Datum::of(*number));
        } else if (const bool* boolean = value.boolean()) {
            set(path_, Datum::of(*boolean));
        } else {
            set(path_, Datum());
        }
    }

    /// An array of objects: one list per path, as long as the array.
    void add_objects(const Json::Array& array) {
        std::vector<std::string> paths;
        std::unordered_map<std::string, Value::List> lists;
        FlatObject element;
        for (std::size_t i = 0; i < array.size(); ++i) {
            flatten(array[i], element);
            for (const auto& [name, value] : element.fields) {
                const auto [list, added] = lists.try_emplace(name, array.size());
                if (added) {
                    paths.push_back(name);
                }
                list->second[i] = to_value(value);
            }
        }
        for (const std::string& path : paths) {
            add_list(lists[path], path_ + path);
        }
    }

    void add_list(const Value::List& list, const std::string& path) {
        std::string& encoding = out_.lists.emplace_back();
        append_list_encoding(encoding, list);
        set(path, Datum::list_of(encoding));
    }

    void set(const std::string& path, const Datum& value) {
        if (auto* known = find(path)) {
            *known = value;
            return;
        }
        out_.fields.emplace_back(path, value);
        if (out_.fields.size() > unindexed_fields_max) {
            places_.emplace(path, out_.fields.size() - 1);
        }
    }

    /// The value of a path that was set before.
    [[nodiscard]] Datum* find(const std::string& path) {
        const std::size_t unindexed = std::min(out_.fields.size(), unindexed_fields_max);
        for (std::size_t i = 0; i < unindexed; ++i) {
            if (out_.fields[i].first == path) {
                return &out_.fields[i].second;
            }
        }
        const auto place = places_.empty() ? places_.end() : places_.find(path);
        return place == places_.end() ? nullptr : &out_.fields[place->second].second;
    }

    FlatObject& out_;
    std::string path_;
    std::unordered_map<std::string, std::size_t> places_;  ///< of fields beyond the first few
};

}  // namespace

void flatten(const Json& object, FlatObject& flat) {
    flat.clear();
    if (const Json::Object* members = object.object()) {
        Flattener(flat).add_object(*members);
    }
}

}  // namespace fineline::ingest
