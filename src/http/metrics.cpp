#include "http/metrics.h"

#include "base/text.h"

namespace fineline::http {

void Metrics::count_request(std::string_view method,
                            std::string_view route,
                            unsigned status,
                            Duration took) {
    const std::string labels = "method=\"" + std::string(method) + "\",route=\"" +
                               label_value(route) + "\",status=\"" + std::to_string(status) + "\"";
    const std::lock_guard lock(lock_);
    ++counters_["fineline_http_requests_total"][labels];
    Durations& durations = durations_["route=\"" + label_value(route) + "\""];
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

std::string Metrics::text() const {
    const std::lock_guard lock(lock_);
    std::string out;
    for (const auto& [name, samples] : counters_) {
        out += "# TYPE " + name + " counter\n";
        for (const auto& [labels, value] : samples) {
            out += name + (labels.empty() ? "" : "{" + labels + "}") + " " + std::to_string(value) +
                   "\n";
        }
    }
    constexpr double us_per_second = 1e6;
    const std::string name = "fineline_http_request_seconds";
    out += "# TYPE " + name + " histogram\n";
    for (const auto& [labels, durations] : durations_) {
        for (std::size_t i = 0; i < bounds_us.size(); ++i) {
            const std::string bound =
                number_text(static_cast<double>(bounds_us[i]) / us_per_second);
            out += name + "_bucket{" + labels + ",le=\"" + bound + "\"} " +
                   std::to_string(durations.buckets[i]) + "\n";
        }
        out +=
            name + "_bucket{" + labels + ",le=\"+Inf\"} " + std::to_string(durations.count) + "\n";
        out += name + "_sum{" + labels + "} " +
               number_text(static_cast<double>(durations.total_us) / us_per_second) + "\n";
        out += name + "_count{" + labels + "} " + std::to_string(durations.count) + "\n";
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
