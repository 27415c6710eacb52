#include "study/segment_card.h"

#include "base/random.h"
#include "engine/definitions.h"
#include "engine/question.h"
#include "expr/view_subject.h"
#include "study/protected_traits.h"
#include "study/statistics/mean_tests.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

constexpr std::size_t rows_shown = 12;
constexpr double significance = 0.05;
constexpr double interval_level = 0.95;

/// Keeps a uniform sample of what it is shown. Source: Vitter (1985), algorithm R.
class Reservoir {
  public:
    explicit Reservoir(Random& random) : random_(random) {}

    void show(CustomerOrdinal who) {
        ++seen_;
        if (kept_.size() < card_sample) {
            kept_.push_back(who);
        } else if (const std::uint64_t place = random_.below(seen_); place < card_sample) {
            kept_[place] = who;
        }
    }

    [[nodiscard]] const std::vector<CustomerOrdinal>& kept() const { return kept_; }

  private:
    Random& random_;
    std::uint64_t seen_ = 0;
    std::vector<CustomerOrdinal> kept_;
};

struct Sides {
    std::vector<CustomerOrdinal> members;
    std::vector<CustomerOrdinal> rest;
};

Sides draw_sides(columns::Reader& reader,
                 const std::vector<CustomerOrdinal>& members,
                 Instant at,
                 std::uint64_t seed) {
    Random random(seed);
    Reservoir inside(random);
    Reservoir outside(random);
    for (std::uint32_t i = 0; i < reader.ordinal_count(); ++i) {
        const CustomerOrdinal who{i};
        if (!reader.exists(who, at)) {
            continue;
        }
        const bool is_member = std::binary_search(members.begin(), members.end(), who);
        (is_member ? inside : outside).show(who);
    }
    return {inside.kept(), outside.kept()};
}

/// A value as a number; nothing for what is missing or no number.
std::optional<double> number_of(const Datum& value) {
    constexpr double us_per_day = 86'400e6;
    if (value.kind() == ValueKind::number) return value.number();
    if (value.kind() == ValueKind::boolean) return value.boolean() ? 1 : 0;
    if (value.kind() == ValueKind::duration) {
        return static_cast<double>(value.duration().count()) / us_per_day;
    }
    return std::nullopt;
}

Moments measure(const engine::PreparedQuestion& question,
                columns::Reader& reader,
                const std::vector<CustomerOrdinal>& customers) {
    expr::ViewSubject subject(reader);
    expr::Evaluator evaluator;
    const expr::World world = question.world();
    Moments moments;
    for (const CustomerOrdinal who : customers) {
        subject.move_to(who);
        const auto number =
            number_of(evaluator.value(question.program(), subject, world, question.at()));
        if (number && std::isfinite(*number)) {
            moments.add(*number);
        }
    }
    return moments;
}

struct Compared {
    CardRow row;
    double p_value = 1;
};

std::optional<Compared> compare(const Feature& feature, const Moments& a, const Moments& b) {
    const auto tested = welch_difference(a, b, interval_level);
    if (!tested) {
        return std::nullopt;
    }
    Moments all = a;
    all.merge(b);
    const double spread = std::sqrt(all.variance());
    Compared compared;
    compared.row = {.feature = feature,
                    .members = a.mean(),
                    .rest = b.mean(),
                    .index = {},
                    .difference = tested->interval,
                    .distance = spread > 0 ? std::abs(tested->difference) / spread : 0};
    if (b.mean() > 0) {
        compared.row.index = 100 * a.mean() / b.mean();
    }
    compared.p_value = tested->p_two_sided;
    return compared;
}

/// Those that differ for sure, most telling first.
std::vector<CardRow> telling_rows(const std::vector<Compared>& all) {
    std::vector<double> p_values;
    p_values.reserve(all.size());
    for (const Compared& compared : all) {
        p_values.push_back(compared.p_value);
    }
    const std::vector<double> adjusted = holm_adjusted(p_values);
    std::vector<CardRow> rows;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (adjusted[i] <= significance) {
            rows.push_back(all[i].row);
        }
    }
    std::stable_sort(rows.begin(), rows.end(), [](const CardRow& a, const CardRow& b) {
        return a.distance > b.distance;
    });
    rows.resize(std::min(rows.size(), rows_shown));
    return rows;
}

}  // namespace

Result<SegmentCard> segment_card(const std::shared_ptr<const columns::View>& view,
                                 const std::vector<CustomerOrdinal>& members,
                                 Instant at,
                                 std::uint64_t seed) {
    Purpose purpose;
    // Nothing is predicted here, so that traits without a time are as good as others.
    purpose.static_traits = engine::make_catalog(view).traits;
    const auto hidden = always_protected_traits();
    purpose.protected_traits.assign(hidden.begin(), hidden.end());
    const auto catalogue = enumerate_features(view, purpose, {.at = at, .before = Duration::max()});
    if (!catalogue) {
        return catalogue.error();
    }
    columns::Reader reader(view);
    const Sides sides = draw_sides(reader, members, at, seed);
    std::vector<Compared> all;
    for (const Feature& feature : catalogue->features) {
        const auto question = engine::PreparedQuestion::prepare(
            view, {.text = feature.text, .at = at, .purpose = {}, .threads = 1}, expr::Use::value);
        if (!question) {
            return question.error();
        }
        if (auto compared = compare(feature,
                                    measure(*question, reader, sides.members),
                                    measure(*question, reader, sides.rest))) {
            all.push_back(std::move(*compared));
        }
    }
    if (const auto sound = view->health(); !sound) {
        return sound.error();
    }
    return SegmentCard{
        .members = sides.members.size(), .rest = sides.rest.size(), .rows = telling_rows(all)};
}

}  // namespace fineline::study
