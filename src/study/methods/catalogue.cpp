#include "study/methods/catalogue.h"

#include "base/random.h"
#include "study/methods/rows.h"

#include <algorithm>
#include <array>

namespace fineline::study {

std::span<const Method> methods() {
    static const std::array<Method, 6> all{k_means_method,
                                           k_medoids_method,
                                           latent_classes_method,
                                           rfm_method,
                                           value_method,
                                           occasions_method};
    return all;
}

Result<const Method*> find_method(std::string_view name) {
    std::string names;
    for (const Method& method : methods()) {
        if (method.name == name) return &method;
        names += (names.empty() ? "" : ", ") + std::string(method.name);
    }
    return Error{ErrorCode::not_found,
                 "there is no method '" + std::string(name) + "'; there are: tree, " + names,
                 {}};
}

std::vector<std::uint32_t> sample_of(std::span<const std::uint32_t> rows,
                                     std::size_t wanted,
                                     std::uint64_t seed) {
    std::vector<std::uint32_t> sample(rows.begin(), rows.end());
    if (sample.size() <= wanted) return sample;
    Random random(seed);
    for (std::size_t i = 0; i < wanted; ++i) {
        std::swap(sample[i], sample[i + random.below(sample.size() - i)]);
    }
    sample.resize(wanted);
    std::sort(sample.begin(), sample.end());
    return sample;
}

Estimate certain(std::string name, double value, std::string why_no_interval) {
    return {.name = std::move(name), .value = value, .why_no_interval = std::move(why_no_interval)};
}

}  // namespace fineline::study
