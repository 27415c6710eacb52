#include "hillstrom.h"

#include "csv_columns.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

namespace fineline::study_tests {

namespace {

std::vector<double> numbers(const std::vector<std::string>& texts) {
    std::vector<double> values;
    values.reserve(texts.size());
    for (const std::string& text : texts) {
        values.push_back(std::stod(text));
    }
    return values;
}

}  // namespace

std::optional<std::string> find_data(const std::string& file) {
    std::vector<std::string> folders{EXAMPLES_DIR};
    if (const char* data = std::getenv("FINELINE_DATA");
        data != nullptr) {  // NOLINT(concurrency-mt-unsafe)
        folders.insert(folders.begin(), data);
    }
    for (const std::string& folder : folders) {
        const std::string path = folder + "/" + file;
        if (std::filesystem::exists(path)) {
            return path;
        }
    }
    return std::nullopt;
}

const std::vector<std::string>& Hillstrom::trait_names() {
    static const std::vector<std::string> names{
        "recency", "history_segment", "mens", "womens", "zip_code", "newbie", "channel"};
    return names;
}

std::vector<std::uint32_t> Hillstrom::crossed(const std::vector<std::string>& by) const {
    std::map<std::string, std::uint32_t> number;
    std::vector<std::uint32_t> segment;
    for (std::size_t row = 0; row < rows(); ++row) {
        std::string key;
        for (const std::string& name : by) {
            const auto& all = trait_names();
            const auto trait = std::find(all.begin(), all.end(), name) - all.begin();
            key += traits[static_cast<std::size_t>(trait)][row] + "|";
        }
        const auto next = static_cast<std::uint32_t>(number.size());
        segment.push_back(number.emplace(key, next).first->second);
    }
    return segment;
}

study::Trial Hillstrom::trial(const std::vector<double>& outcome,
                              const std::vector<std::uint32_t>& segment) const {
    study::Trial trial;
    trial.actions = 3;
    trial.segments = 1 + *std::max_element(segment.begin(), segment.end());
    trial.action = arm;
    trial.propensity.assign(rows(), 1.0 / 3);
    trial.outcome = outcome;
    trial.segment = segment;
    return trial;
}

Hillstrom read_hillstrom(const std::string& path) {
    const CsvColumns columns = read_csv_columns(path);
    Hillstrom data;
    for (const std::string& name : Hillstrom::trait_names()) {
        data.traits.push_back(columns.at(name));
    }
    data.visit = numbers(columns.at("visit"));
    data.conversion = numbers(columns.at("conversion"));
    data.spend = numbers(columns.at("spend"));
    data.history = numbers(columns.at("history"));
    for (const std::string& arm : columns.at("segment")) {
        data.arm.push_back(arm == "No E-Mail" ? 0 : arm == "Mens E-Mail" ? 1 : 2);
    }
    return data;
}

}  // namespace fineline::study_tests
