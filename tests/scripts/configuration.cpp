#include "configuration.h"

#include <array>
#include <fstream>
#include <sstream>

namespace fineline::scripts {

namespace {

struct Row {
    Configuration configuration;
    const char* word;
};

constexpr std::array rows{Row{Configuration::plain, "plain"},
                          Row{Configuration::restart, "restart"},
                          Row{Configuration::checkpoint, "checkpoint"},
                          Row{Configuration::shuffled, "shuffled"},
                          Row{Configuration::twice, "twice"},
                          Row{Configuration::tiny_blocks, "tiny_blocks"},
                          Row{Configuration::reprinted, "reprinted"},
                          Row{Configuration::json, "json"},
                          Row{Configuration::csv, "csv"},
                          Row{Configuration::live, "live"},
                          Row{Configuration::walked, "walked"}};

}  // namespace

const char* to_string(Configuration configuration) {
    return rows[static_cast<std::size_t>(configuration)].word;
}

Result<std::vector<Configuration>> read_configurations(const std::string& path) {
    std::ifstream file(path);
    if (!file) {
        return Error{ErrorCode::io, "cannot read " + path, std::nullopt};
    }
    std::vector<Configuration> configurations;
    for (std::string line; std::getline(file, line);) {
        std::string word;
        std::istringstream(line) >> word;
        if (word.empty() || word.starts_with('#')) {
            continue;
        }
        const std::size_t before = configurations.size();
        for (const Row& row : rows) {
            if (word == row.word) {
                configurations.push_back(row.configuration);
            }
        }
        if (configurations.size() == before) {
            return Error{
                ErrorCode::invalid_argument, path + ": unknown word '" + word + "'", std::nullopt};
        }
    }
    return configurations;
}

}  // namespace fineline::scripts
