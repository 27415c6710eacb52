#include "http/reading.h"

#include "engine/settings.h"
#include "http/answers.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace fineline::http {

Reading::Reading(const Backend& backend, const Call& call)
    : view_(backend.live.view()), now_(call.request.head.received_at) {}

Result<Instant> Reading::instant(const std::string* at) const {
    if (at == nullptr) {
        return now_;
    }
    const auto iso = parse_iso_time(*at);
    if (!iso) {
        return Error{ErrorCode::invalid_argument,
                     "at: expected an instant such as 2024-01-31T00:00:00Z, not '" + *at + "'",
                     {}};
    }
    const auto settings = engine::evaluation_settings(*columns());
    return settings ? Result<Instant>(settings->zone.resolve(*iso))
                    : Result<Instant>(settings.error());
}

Response Reading::answer(Json body, unsigned status) const {
    body.set("freshness", freshness_json(*view_, now_));
    return json_response(body, status);
}

Result<std::uint64_t> count_parameter(const Call& call,
                                      std::string_view name,
                                      std::uint64_t otherwise,
                                      std::uint64_t most) {
    const std::string* text = call.request.head.parameter(name);
    if (text == nullptr) {
        return otherwise;
    }
    std::uint64_t count = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), count);
    if (read.ec != std::errc() || read.ptr != text->data() + text->size()) {
        return Error{ErrorCode::invalid_argument,
                     std::string(name) + ": expected a whole number, not '" + *text + "'",
                     {}};
    }
    return std::min(count, most);
}

Body::Body(const Call& call) {
    auto read = parse_json(call.request.body.empty() ? "{}" : call.request.body);
    if (!read) {
        problem_ = read.error();
    } else if (read->object() == nullptr) {
        complain("the body must be a JSON object");
    } else {
        json_ = std::move(*read);
    }
}

void Body::complain(const std::string& message) {
    if (!problem_) {
        problem_ = Error{ErrorCode::invalid_argument, message, {}};
    }
}

const Json* Body::take(std::string_view name) {
    taken_.emplace_back(name);
    const Json* value = json_.find(name);
    return value != nullptr && value->is_null() ? nullptr : value;
}

std::optional<std::string> Body::maybe_text(std::string_view name) {
    const Json* value = take(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (value->string() == nullptr) {
        complain("'" + std::string(name) + "' must be a text");
        return std::nullopt;
    }
    return *value->string();
}

std::string Body::text(std::string_view name) {
    auto value = maybe_text(name);
    if (!value) {
        complain("the body must have a text '" + std::string(name) + "'");
    }
    return value.value_or("");
}

std::vector<std::string> Body::texts(std::string_view name) {
    std::vector<std::string> all;
    const Json* value = take(name);
    if (value == nullptr) {
        return all;
    }
    const Json::Array* elements = value->array();
    for (std::size_t i = 0; elements != nullptr && i < elements->size(); ++i) {
        const std::string* text = (*elements)[i].string();
        if (text != nullptr) {
            all.push_back(*text);
        }
    }
    if (elements == nullptr || all.size() < elements->size()) {
        complain("'" + std::string(name) + "' must be an array of texts");
    }
    return all;
}

std::uint64_t Body::count(std::string_view name, std::uint64_t otherwise) {
    constexpr double exact_max = 9e15;  // below 2^53: every whole number is one double
    const Json* value = take(name);
    if (value == nullptr) {
        return otherwise;
    }
    const double* number = value->number();
    if (number == nullptr || *number < 0 || *number > exact_max || *number != std::floor(*number)) {
        complain("'" + std::string(name) + "' must be a whole number");
        return otherwise;
    }
    return static_cast<std::uint64_t>(*number);
}

std::optional<Error> Body::problem() {
    if (const Json::Object* members = json_.object()) {
        for (const auto& [name, value] : *members) {
            if (std::find(taken_.begin(), taken_.end(), name) == taken_.end()) {
                complain("the body must not have '" + name + "'");
            }
        }
    }
    return problem_;
}

}  // namespace fineline::http
