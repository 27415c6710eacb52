#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "expr/ast.h"
#include "study/purpose.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fineline::study {

/// How a feature's value becomes a number, and a threshold on it an expression.
enum class FeatureKind : std::uint8_t {
    number,     ///< as it is
    duration,   ///< in days
    condition,  ///< 1 or 0; a threshold of it reads `condition` or `not condition`
};

/// One thing that can be known of a customer at a snapshot: an expression of the language.
struct Feature {
    std::string text{};     ///< canonical expression
    std::string label{};    ///< for a name: "purchase_amount_90d"
    std::string subject{};  ///< what has no value where the feature has none: `country`
    FeatureKind kind = FeatureKind::number;
    bool is_static = false;  ///< an undated trait that the purpose allows
    bool grows = false;      ///< its values mean less at a later snapshot: see History
};

/// What was enumerated, and what was left out and why.
struct FeatureCatalogue {
    std::vector<Feature> features{};
    std::vector<std::string> left_out{};  ///< "trait country: undated, and not listed under static"
};

/// An aggregate over one event: `function(event[.property][, last N days])`.
struct EventFeature {
    std::string function{};
    std::string event{};
    std::string property{};  ///< empty: none
    double last_days = 0;    ///< 0: the whole history
};

/// The feature as it is enumerated: canonical text, and a label of plain letters.
[[nodiscard]] Feature feature_of(const EventFeature& wanted);

/// A property of an event as its `where` reads it: `channel`, and `channel = 'web'`.
[[nodiscard]] Feature property_feature(const std::string& property);
[[nodiscard]] Feature property_equals(const std::string& property, const std::string& value);

/// What may be looked back on.
struct History {
    Instant at{};       ///< what there is to enumerate is what was there by then
    Duration before{};  ///< of data before the first instant at which features are evaluated
    Duration after{};   ///< from that instant to the last one; 0: each customer has one instant

    /// Whether a value of a call means less at the last instant than at the first: it adds up all
    /// there is, or a window longer than `before`, and there is more of it by then. A mean, a share
    /// or the time since an event does not grow by adding up.
    [[nodiscard]] bool grows_with(const expr::Aggregate& call) const;
};

/// Enumerates features from what the data holds up to an instant: of each event counts, sums and
/// means of its numbers, recency, rhythm, trend, shares by weekend, hour and season, different
/// texts, over 30, 90 and 365 days; of traits their value. Undated traits only if the purpose lists
/// them under `static`; protected traits never. Windows longer than the history before the first
/// instant are left out: they would reach back less far there than later, so mean something else.
/// Most telling first, limits::study_features_max at most. Cost: a pass over the customers per
/// trait.
[[nodiscard]] Result<FeatureCatalogue> enumerate_features(
    const std::shared_ptr<const columns::View>& view,
    const Purpose& purpose,
    const History& history);

}  // namespace fineline::study
