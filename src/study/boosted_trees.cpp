#include "study/boosted_trees.h"

#include "base/require.h"
#include "base/text.h"

#include <xgboost/c_api.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>

namespace fineline::study {

namespace {

/// Trees are grown that many; fewer are used where choosing says so.
constexpr std::array<int, 5> rounds_tried{10, 25, 50, 100, 200};

Error refused() {
    return {ErrorCode::internal, std::string("boosted trees: ") + XGBGetLastError(), {}};
}

/// Owns the library's copy of some rows. One thread at a time.
class MatrixHandle {
  public:
    explicit MatrixHandle(const FeatureRows& rows) {
        sound_ = XGDMatrixCreateFromMat(rows.values.data(),
                                        rows.rows,
                                        rows.columns,
                                        std::numeric_limits<float>::quiet_NaN(),
                                        &handle_) == 0;
    }

    ~MatrixHandle() {
        if (handle_ != nullptr) {
            XGDMatrixFree(handle_);
        }
    }

    MatrixHandle(const MatrixHandle&) = delete;
    MatrixHandle& operator=(const MatrixHandle&) = delete;
    MatrixHandle(MatrixHandle&&) = delete;
    MatrixHandle& operator=(MatrixHandle&&) = delete;

    [[nodiscard]] bool sound() const { return sound_; }

    [[nodiscard]] DMatrixHandle get() const { return handle_; }

  private:
    DMatrixHandle handle_ = nullptr;
    bool sound_ = false;
};

bool set_parameters(BoosterHandle booster, const BoostedSettings& settings, double base) {
    const bool rate = settings.target == BoostedTarget::rate;
    const std::array<std::pair<const char*, std::string>, 9> parameters{
        {{"objective", rate ? "binary:logistic" : "reg:squarederror"},
         {"base_score", number_text(base)},
         {"tree_method", "hist"},
         {"max_bin", "64"},
         {"max_depth", std::to_string(settings.depth)},
         {"learning_rate", number_text(settings.learning_rate)},
         {"min_child_weight", number_text(settings.child_weight_min)},
         {"nthread", "1"},
         {"verbosity", "0"}}};
    return std::all_of(parameters.begin(), parameters.end(), [&](const auto& parameter) {
        return XGBoosterSetParam(booster, parameter.first, parameter.second.c_str()) == 0;
    });
}

}  // namespace

struct BoostedTrees::Model {
    Model() = default;
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;
    Model(Model&&) = delete;
    Model& operator=(Model&&) = delete;

    ~Model() {
        if (booster != nullptr) {
            XGBoosterFree(booster);
        }
    }

    BoosterHandle booster = nullptr;
};

BoostedTrees::BoostedTrees(std::unique_ptr<Model> model) : model_(std::move(model)) {}

BoostedTrees::~BoostedTrees() = default;
BoostedTrees::BoostedTrees(BoostedTrees&&) noexcept = default;
BoostedTrees& BoostedTrees::operator=(BoostedTrees&&) noexcept = default;

Result<BoostedTrees> BoostedTrees::fit(const FeatureRows& rows,
                                       std::span<const double> outcome,
                                       const BoostedSettings& settings) {
    require(rows.rows == outcome.size() && rows.rows > 0, "an outcome per row");
    const MatrixHandle matrix(rows);
    std::vector<float> labels(outcome.begin(), outcome.end());
    if (!matrix.sound() ||
        XGDMatrixSetFloatInfo(matrix.get(), "label", labels.data(), labels.size()) != 0) {
        return refused();
    }
    double base = 0;
    for (const double y : outcome) {
        base += y / static_cast<double>(outcome.size());
    }
    if (settings.target == BoostedTarget::rate) {
        base = std::clamp(base, 1e-6, 1 - 1e-6);  // a logit of 0 or 1 is infinite
    }
    auto model = std::make_unique<Model>();
    const std::array<DMatrixHandle, 1> cache{matrix.get()};
    if (XGBoosterCreate(cache.data(), cache.size(), &model->booster) != 0 ||
        !set_parameters(model->booster, settings, base)) {
        return refused();
    }
    for (int round = 0; round < settings.rounds; ++round) {
        if (XGBoosterUpdateOneIter(model->booster, round, matrix.get()) != 0) {
            return refused();
        }
    }
    return BoostedTrees(std::move(model));
}

Result<std::vector<double>> BoostedTrees::predict(const FeatureRows& rows, int rounds) const {
    const MatrixHandle matrix(rows);
    if (!matrix.sound()) {
        return refused();
    }
    const std::string config =
        R"({"type": 0, "training": false, "iteration_begin": 0, "iteration_end": )" +
        std::to_string(rounds) + R"(, "strict_shape": false})";
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* values = nullptr;
    if (XGBoosterPredictFromDMatrix(
            model_->booster, matrix.get(), config.c_str(), &shape, &dimensions, &values) != 0) {
        return refused();
    }
    return std::vector<double>(values, values + rows.rows);
}

std::vector<BoostedSettings> boosted_grid(BoostedTarget target) {
    std::vector<BoostedSettings> grid;
    for (const int depth : {2, 4}) {
        for (const double learning_rate : {0.03, 0.1}) {
            for (const double weight : {5.0, 50.0}) {
                // A rate's child weight counts p (1 − p), a quarter of a row at most.
                const double per_row = target == BoostedTarget::rate ? 0.1 : 1.0;
                grid.push_back({.depth = depth,
                                .learning_rate = learning_rate,
                                .child_weight_min = weight * per_row,
                                .rounds = rounds_tried.back(),
                                .target = target});
            }
        }
    }
    return grid;
}

std::span<const int> boosted_rounds() {
    return rounds_tried;
}

BoostedSettings untuned_boosted_settings(BoostedTarget target) {
    return {.target = target};
}

}  // namespace fineline::study
