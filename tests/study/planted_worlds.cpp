#include "planted_worlds.h"

#include "base/random.h"
#include "made_workspace.h"
#include "study/statistics/distributions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace fineline::study_tests {

namespace {

using std::chrono::hours;

constexpr std::uint32_t customers_all = 40'000;
constexpr int days_per_quarter = 90;

/// What a small segment shows because it is small, whatever else is planted in it.
const std::vector<std::string> of_small{"too_small", "undecided", "redundant", "indistinct"};

PlantedSegment sound(std::string name, std::uint32_t customers, std::size_t truth) {
    return {.name = std::move(name), .when = {}, .customers = customers, .truth = truth};
}

PlantedSegment faulty(std::string name,
                      std::uint32_t customers,
                      std::size_t truth,
                      std::vector<std::string> faults) {
    PlantedSegment segment{.name = std::move(name),
                           .when = {},
                           .customers = customers,
                           .truth = truth,
                           .faults = std::move(faults),
                           .implied = of_small};
    return segment;
}

/// Two halves of one true segment; each shows that it is the other.
void add_twins(std::vector<PlantedSegment>& segments, std::uint32_t each, std::size_t truth) {
    for (int i = 0; i < 2; ++i) {
        const std::string name = "twin_" + std::to_string(segments.size());
        segments.push_back({.name = name,
                            .when = {},
                            .customers = each,
                            .truth = truth,
                            .faults = {"indistinct"},
                            .implied = {"redundant", "undecided"}});
    }
}

/// The large segments of a world: sizes at which a test can show what is to be shown.
std::vector<PlantedSegment> large_segments(const WorldPlan& plan) {
    std::vector<PlantedSegment> segments;
    switch (plan.true_segments) {
        case 1:
            add_twins(segments, 9'850, 0);
            add_twins(segments, 9'850, 0);
            break;
        case 3:
            add_twins(segments, 11'400, 0);
            segments.push_back(sound("middle", 9'000, 1));
            segments.push_back(sound("upper", 7'600, 2));
            break;
        default:
            segments.push_back(sound("first", 11'420, 0));
            segments.push_back(sound("second", 9'310, 1));
            segments.push_back(sound("third", 7'195, 2));
            segments.push_back(sound("fourth", 6'200, 3));
            segments.push_back(sound("fifth", 5'080, 4));
            break;
    }
    return segments;
}

/// True segments alone, with the twins of a world as one.
std::vector<PlantedSegment> faultless_segments(const WorldPlan& plan) {
    std::map<std::size_t, std::uint32_t> sizes;
    for (const PlantedSegment& segment : large_segments(plan)) {
        sizes[segment.truth] += segment.customers;
    }
    std::vector<PlantedSegment> segments;
    for (const auto& [truth, size] : sizes) {
        segments.push_back(sound("true_" + std::to_string(truth), size, truth));
    }
    return segments;
}

std::vector<PlantedSegment> drawn_segments(const WorldPlan& plan) {
    if (plan.faultless) {
        return faultless_segments(plan);
    }
    std::vector<PlantedSegment> segments = large_segments(plan);
    const std::size_t last = plan.true_segments - 1;
    segments.push_back(faulty("unreachable", 120, 0, {"unreachable"}));
    segments.push_back(faulty("drifting", 240, 0, {"drifting"}));
    segments.push_back(faulty("leaky", 120, last, {"sensitive"}));
    segments.push_back(faulty("inside", 0, last, {"overlapping"}));
    for (std::size_t i = 0; segments.size() < 12; ++i) {
        segments.push_back(
            faulty("sliver_" + std::to_string(i), 60, i % (last + 1), {"too_small"}));
    }
    return segments;
}

/// How true segments differ: rates of 10 %, 12 %, 15 %, 17 %, 20 %, or means of an amount.
struct Truth {
    double rate = 0.1;
    double amount = 20;  ///< median of what a buyer spends in a quarter
};

Truth truth_of(const WorldPlan& plan, std::size_t number) {
    constexpr std::array<double, 5> rates{0.10, 0.12, 0.15, 0.17, 0.20};
    constexpr std::array<double, 5> amounts{20, 34, 58, 99, 168};
    Truth truth;
    if (plan.amounts) {
        truth.amount = 20 * std::pow(amounts[number] / 20, plan.effect);
    } else {
        truth.rate = 0.10 + plan.effect * (rates[number] - 0.10);
    }
    return truth;
}

double normal_draw(Random& random) {
    return study::normal_quantile(std::max(1e-12, random.uniform()));
}

/// Writes the records of a world. One thread at a time.
class Writer {
  public:
    Writer(const WorldPlan& plan, PlantedWorld& world)
        : plan_(plan), world_(world), random_(plan.seed) {}

    void run() {
        for (PlantedSegment& segment : world_.segments) {
            segment.when = "customer.cell = '" + segment.name + "'";
            if (segment.name == "inside") {
                segment.when =
                    "customer.cell = '" + large_of(segment.truth) + "' and customer.rank < 95";
            }
            for (std::uint32_t i = 0; i < segment.customers; ++i) {
                add_customer(segment, i);
            }
        }
        records_.event("customer_0", "end_of_data", day(plan_.quarters * days_per_quarter));
        world_.batches = records_.take();
    }

  private:
    void add_customer(const PlantedSegment& segment, std::uint32_t number) {
        const std::string id = "customer_" + std::to_string(world_.customers++);
        records_.event(id, "signup", day(0));
        // Half of the drifting segment lives elsewhere until after the last review.
        const bool moves = plan_.quarters > 2 && segment.name == "drifting" && number % 2 == 1;
        add_cell(id, day(0), moves ? world_.segments.front().name : segment.name);
        if (moves) {
            add_cell(id, day(200), segment.name);
        }
        const double believes = segment.name == "leaky" ? 0.9 : 0.0002;
        const bool north = random_.uniform() < believes;
        records_.traits(id,
                        day(0),
                        {{"rank", Datum::of(static_cast<double>(random_.below(100)))},
                         {"religion", Datum::of(std::string_view(north ? "north" : "none"))}});
        records_.consent(
            id, "marketing", day(0), segment.name != "unreachable" || random_.uniform() < 0.2);
        add_purchases(id, truth_of(plan_, segment.truth));
    }

    void add_cell(const std::string& id, Instant at, const std::string& cell) {
        records_.traits(id, at, {{"cell", Datum::of(std::string_view(cell))}});
    }

    void add_purchases(const std::string& id, const Truth& truth) {
        for (int quarter = 0; quarter < plan_.quarters; ++quarter) {
            if (random_.uniform() >= truth.rate) {
                continue;
            }
            const auto hour = 24 + static_cast<int>(random_.below(24 * (days_per_quarter - 2)));
            const double amount = std::round(4 * truth.amount * std::exp(normal_draw(random_))) / 4;
            records_.event(id,
                           "purchase",
                           day(quarter * days_per_quarter) + hours(hour),
                           {{"amount", Datum::of(amount)}});
        }
    }

    /// The last of the large segments that belong to a true one.
    [[nodiscard]] std::string large_of(std::size_t truth) const {
        std::string name;
        for (const PlantedSegment& segment : world_.segments) {
            name = segment.truth == truth && segment.customers > plan_.size * 1'000 ? segment.name
                                                                                    : name;
        }
        return name;
    }

    const WorldPlan& plan_;
    PlantedWorld& world_;
    Random random_;
    Records records_;
};

/// The smallest relative change worth detecting: below the distance of true segments, so that two
/// of them are never shown to be the same, and large enough for 40,000 customers to show it.
std::string detect_of(const WorldPlan& plan) {
    if (plan.amounts) {
        return "35 %";
    }
    return plan.true_segments == 1 ? "25 %" : plan.true_segments == 3 ? "17 %" : "16.5 %";
}

std::string portfolio_of(const WorldPlan& plan, const std::vector<PlantedSegment>& segments) {
    std::string yaml = "purpose: planted\nquestion: Who will buy?\nmetric: ";
    yaml += plan.amounts ? "sum(purchase.amount, next 90 days)" : "did purchase next 90 days";
    yaml +=
        "\npopulation: did signup\nconsent: marketing\ncapacity: 12\ndetect: " + detect_of(plan) +
        "\nreview: 90 days\nowner: tests\nprotected: [religion]\nsegments:\n";
    for (const PlantedSegment& segment : segments) {
        yaml += "  - name: " + segment.name + "\n    when: " + segment.when +
                "\n    because: it was drawn\n    action: write to " + segment.name + "\n";
    }
    return yaml;
}

}  // namespace

double true_rate(const WorldPlan& plan, std::size_t truth) {
    return truth_of(plan, truth).rate;
}

PlantedWorld make_world(const WorldPlan& plan) {
    PlantedWorld world;
    world.segments = drawn_segments(plan);
    for (PlantedSegment& segment : world.segments) {
        segment.customers = static_cast<std::uint32_t>(std::lround(plan.size * segment.customers));
    }
    world.at = day(plan.quarters * days_per_quarter);
    Writer(plan, world).run();
    world.portfolio = portfolio_of(plan, world.segments);
    return world;
}

}  // namespace fineline::study_tests
