#pragma once

#include "study/act_policy.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fineline::study_tests {

/// Where a data set lies: under the folder that the environment variable FINELINE_DATA names, else
/// under examples/. Nothing where it is in neither.
[[nodiscard]] std::optional<std::string> find_data(const std::string& file);

/// Kevin Hillstrom's e-mail test as columns: 64,000 customers, an arm each with probability 1/3.
struct Hillstrom {
    std::vector<std::vector<std::string>> traits{};  ///< in the order of trait_names()
    std::vector<std::uint32_t> arm{};                ///< 0 none, 1 men's e-mail, 2 women's e-mail
    std::vector<double> visit{};
    std::vector<double> conversion{};
    std::vector<double> spend{};
    std::vector<double> history{};

    static const std::vector<std::string>& trait_names();

    [[nodiscard]] std::size_t rows() const { return arm.size(); }

    /// Numbers the distinct combinations of some traits, by their first customer.
    [[nodiscard]] std::vector<std::uint32_t> crossed(const std::vector<std::string>& by) const;

    /// The test with a partition into segments.
    [[nodiscard]] study::Trial trial(const std::vector<double>& outcome,
                                     const std::vector<std::uint32_t>& segment) const;
};

/// Reads the file; fails the test that asks for it where it is not readable.
[[nodiscard]] Hillstrom read_hillstrom(const std::string& path);

}  // namespace fineline::study_tests
