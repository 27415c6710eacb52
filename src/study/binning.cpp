#include "study/statistics/quantile.h"
#include "study/tree.h"

#include <algorithm>
#include <cmath>

namespace fineline::study {

namespace {

constexpr std::size_t quantiles_per_feature = 24;

/// Bins that agree this well tell the same story twice.
constexpr double twin_correlation = 0.995;
constexpr std::size_t twin_rows_max = 8192;

/// Rounds to two figures, to whole numbers from ten on; whole values stay whole.
double readable(double value, bool whole) {
    if (value == 0) {
        return 0;
    }
    const double size = std::pow(10.0, std::floor(std::log10(std::abs(value))) - 1);
    // Dividing by a power of ten of our own making keeps 0.1 what the language reads as 0.1.
    const double figures = std::round(value / size);
    const double rounded = size >= 1 ? figures * std::round(size) : figures / std::round(1 / size);
    return whole ? std::ceil(rounded) : rounded;
}

std::vector<double> present_values(const std::vector<double>& column,
                                   std::span<const std::uint32_t> rows) {
    std::vector<double> values;
    for (const std::uint32_t row : rows) {
        if (std::isfinite(column[row])) {
            values.push_back(column[row]);
        }
    }
    std::sort(values.begin(), values.end());
    return values;
}

/// Thresholds at quantiles; where many rows share the least value (mostly 0), of the others.
std::vector<double> thresholds_of(const std::vector<double>& sorted, FeatureKind kind) {
    std::vector<double> thresholds;
    if (sorted.empty() || sorted.front() == sorted.back()) {
        return thresholds;
    }
    if (kind == FeatureKind::condition) {
        return {1};
    }
    const auto next = std::upper_bound(sorted.begin(), sorted.end(), sorted.front());
    const bool whole = kind == FeatureKind::duration ||
                       std::all_of(sorted.begin(), sorted.end(), [](double value) {
                           return value == std::floor(value);
                       });
    const auto alike = static_cast<std::size_t>(next - sorted.begin());
    const bool crowded = alike * quantiles_per_feature > sorted.size();
    const std::span<const double> spread =
        crowded ? std::span(sorted).subspan(alike) : std::span<const double>(sorted);
    if (crowded) {
        thresholds.push_back(readable(spread.front(), whole));
    }
    for (std::size_t q = 1; q < quantiles_per_feature; ++q) {
        const double share = static_cast<double>(q) / quantiles_per_feature;
        thresholds.push_back(readable(quantile_of_sorted(spread, share), whole));
    }
    std::sort(thresholds.begin(), thresholds.end());
    thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
    std::erase_if(thresholds, [&](double threshold) {
        return threshold <= sorted.front() || threshold > sorted.back();
    });
    return thresholds;
}

BinnedFeature bin_feature(const std::vector<double>& column, std::vector<double> thresholds) {
    BinnedFeature binned{.thresholds = std::move(thresholds)};
    binned.bin.reserve(column.size());
    for (const double value : column) {
        if (!std::isfinite(value)) {
            binned.bin.push_back(missing_bin);
            binned.has_missing = true;
            continue;
        }
        const auto above =
            std::upper_bound(binned.thresholds.begin(), binned.thresholds.end(), value);
        binned.bin.push_back(static_cast<std::uint8_t>(above - binned.thresholds.begin()));
    }
    return binned;
}

/// The correlation of two features' bins over some rows, in size; missing counts as −1.
double likeness(const BinnedFeature& a,
                const BinnedFeature& b,
                std::span<const std::uint32_t> rows) {
    double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
    const auto value = [](std::uint8_t bin) { return bin == missing_bin ? -1.0 : bin; };
    for (const std::uint32_t row : rows) {
        const double x = value(a.bin[row]) / static_cast<double>(a.thresholds.size());
        const double y = value(b.bin[row]) / static_cast<double>(b.thresholds.size());
        sa += x;
        sb += y;
        saa += x * x;
        sbb += y * y;
        sab += x * y;
    }
    const auto n = static_cast<double>(rows.size());
    const double spread = (saa - sa * sa / n) * (sbb - sb * sb / n);
    return spread > 0 ? std::abs(sab - sa * sb / n) / std::sqrt(spread) : 0;
}

}  // namespace

BinnedPanel bin_features(const Panel& panel,
                         std::span<const Feature> features,
                         std::span<const std::uint32_t> fit_rows,
                         Growing growing) {
    BinnedPanel result;
    std::vector<std::uint32_t> some;
    const std::size_t step = fit_rows.size() / twin_rows_max + 1;
    for (std::size_t i = 0; i < fit_rows.size(); i += step) {
        some.push_back(fit_rows[i]);
    }
    for (std::size_t f = 0; f < features.size(); ++f) {
        if (features[f].grows && growing == Growing::left_out) {
            continue;
        }
        const auto sorted = present_values(panel.features[f], fit_rows);
        BinnedFeature binned =
            bin_feature(panel.features[f], thresholds_of(sorted, features[f].kind));
        if (binned.thresholds.empty()) {
            result.merged.push_back(features[f].text +
                                    (sorted.empty() ? ": never has a value" : ": does not vary"));
            continue;
        }
        binned.feature = f;
        const auto twin = std::find_if(
            result.features.begin(), result.features.end(), [&](const BinnedFeature& known) {
                return likeness(known, binned, some) >= twin_correlation;
            });
        if (twin != result.features.end()) {
            result.merged.push_back(features[f].text + ": tells the same as " +
                                    features[twin->feature].text);
            continue;
        }
        result.features.push_back(std::move(binned));
    }
    return result;
}

}  // namespace fineline::study
