#include "http/metrics.h"

#include "base/text.h"

namespace fineline::http {

void Metrics::count_request(std::string_view method,
                            std::string_view route,
                            unsigned status,
                            Duration took) {
    const std::lock_guard lock(lock_);
    const RequestKind kind{.method = method, .route = route, .status = status};
    if (last_.requests == nullptr || last_.kind != kind) {
        last_ = {.kind = kind, .requests = &requests_[kind], .durations = &durations_[route]};
    }
    ++*last_.requests;
    Durations& durations = *last_.durations;
    for (std::size_t i = 0; i < bounds_us.size(); ++i) {
        durations.buckets[i] += took.count() <= bounds_us[i] ? 1U : 0U;
    }
    ++durations.count;
    durations.total_us += took.count();
}

void Metrics::count(std::string_view name, std::string_view labels, std::uint64_t by) {
    const std::lock_guard lock(lock_);
    counters_[std::string(name)][std::string(labels)] += by;
}

namespace {

void append_type(std::string& out, std::string_view name, std::string_view type) {
    out.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void append_sample(std::string& out,
                   std::string_view name,
                   std::string_view labels,
                   const std::string& value) {
    out.append(name);
    if (!labels.empty()) {
        out.append("{").append(labels).append("}");
    }
    out.append(" ").append(value).append("\n");
}

}  // namespace

Metrics::Counters Metrics::all_counters() const {
    Counters all = counters_;
    for (const auto& [kind, count] : requests_) {
        all["fineline_http_requests_total"]["method=\"" + std::string(kind.method) + "\",route=\"" +
                                            label_value(kind.route) + "\",status=\"" +
                                            std::to_string(kind.status) + "\""] = count;
    }
    return all;
}

std::string Metrics::text() const {
    const std::lock_guard lock(lock_);
    std::string out;
    for (const auto& [name, samples] : all_counters()) {
        append_type(out, name, "counter");
        for (const auto& [labels, value] : samples) {
            append_sample(out, name, labels, std::to_string(value));
        }
    }
    constexpr double us_per_second = 1e6;
    constexpr std::string_view buckets = "fineline_http_request_seconds_bucket";
    append_type(out, "fineline_http_request_seconds", "histogram");
    for (const auto& [route, durations] : durations_) {
        const std::string labels = "route=\"" + label_value(route) + "\"";
        for (std::size_t i = 0; i <= bounds_us.size(); ++i) {
            const bool is_last = i == bounds_us.size();
            std::string with_bound = labels;
            with_bound.append(",le=\"");
            with_bound.append(
                is_last ? "+Inf" : number_text(static_cast<double>(bounds_us[i]) / us_per_second));
            with_bound.append("\"");
            append_sample(out,
                          buckets,
                          with_bound,
                          std::to_string(is_last ? durations.count : durations.buckets[i]));
        }
        append_sample(out,
                      "fineline_http_request_seconds_sum",
                      labels,
                      number_text(static_cast<double>(durations.total_us) / us_per_second));
        append_sample(
            out, "fineline_http_request_seconds_count", labels, std::to_string(durations.count));
    }
    return out;
}

std::string label_value(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
        } else if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else {
            out += c;
        }
    }
    return out;
}

void append_gauge(std::string& out, std::string_view name, std::string_view labels, double value) {
    const std::string type = "# TYPE " + std::string(name) + " gauge\n";
    if (out.find(type) == std::string::npos) {
        out += type;
    }
    out += std::string(name) + (labels.empty() ? "" : "{" + std::string(labels) + "}") + " " +
           number_text(value) + "\n";
}

}  // namespace fineline::http
