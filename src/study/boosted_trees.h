#pragma once

#include "base/result.h"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace fineline::study {

/// Rows of features as boosted trees read them: by row, NaN for missing.
struct FeatureRows {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<float> values{};  ///< rows · columns
};

enum class BoostedTarget : std::uint8_t { amount, rate };

/// How trees are grown. No row or column is sampled, so there is nothing random in it.
struct BoostedSettings {
    int depth = 6;
    double learning_rate = 0.3;
    double child_weight_min = 1;
    int rounds = 100;
    BoostedTarget target = BoostedTarget::amount;

    friend bool operator==(const BoostedSettings&, const BoostedSettings&) = default;
};

/// Gradient-boosted regression trees: the model of every customer on its own. Runs on one thread,
/// so that sums are added in one order and the model depends on its input alone. One thread at a
/// time. Source: Chen & Guestrin (2016), "XGBoost: a scalable tree boosting system".
class BoostedTrees {
  public:
    /// Errors: internal (the library refused; its message).
    [[nodiscard]] static Result<BoostedTrees> fit(const FeatureRows& rows,
                                                  std::span<const double> outcome,
                                                  const BoostedSettings& settings);
    ~BoostedTrees();
    BoostedTrees(BoostedTrees&&) noexcept;
    BoostedTrees& operator=(BoostedTrees&&) noexcept;
    BoostedTrees(const BoostedTrees&) = delete;
    BoostedTrees& operator=(const BoostedTrees&) = delete;

    /// Predicts by the first `rounds` trees. Errors: as fit.
    [[nodiscard]] Result<std::vector<double>> predict(const FeatureRows& rows, int rounds) const;

  private:
    struct Model;
    explicit BoostedTrees(std::unique_ptr<Model> model);

    std::unique_ptr<Model> model_;
};

/// The grid that the segment of one is tuned on, in order; the rounds are tried at
/// boosted_rounds(). Untuned are the settings the library has of its own accord.
[[nodiscard]] std::vector<BoostedSettings> boosted_grid(BoostedTarget target);
[[nodiscard]] std::span<const int> boosted_rounds();
[[nodiscard]] BoostedSettings untuned_boosted_settings(BoostedTarget target);

}  // namespace fineline::study
