#include "study/purpose.h"

#include "base/text.h"
#include "expr/parse.h"
#include "expr/walk.h"
#include "expr/words.h"
#include "study/protected_traits.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fineline::study {

namespace {

/// Traits that laws against discrimination name, under the words that data use for them.
constexpr std::array<std::string_view, 14> always_protected{"age",
                                                            "gender",
                                                            "sex",
                                                            "race",
                                                            "ethnicity",
                                                            "religion",
                                                            "disability",
                                                            "nationality",
                                                            "sexual_orientation",
                                                            "marital_status",
                                                            "pregnant",
                                                            "pregnancy",
                                                            "birth_date",
                                                            "union_member"};

constexpr double days_per_month = 365.25 / 12;

Error wrong(std::string_view key, const std::string& what) {
    return {ErrorCode::invalid_argument, "purpose, key '" + std::string(key) + "': " + what, {}};
}

void find_horizon(const expr::Node& node, std::optional<expr::Period>& longest) {
    const auto look = [&](const std::optional<expr::Window>& window) {
        const auto* next = window ? std::get_if<expr::NextWindow>(&*window) : nullptr;
        if (next != nullptr && (!longest || days_of(next->length) > days_of(*longest))) {
            longest = next->length;
        }
    };
    if (const auto* aggregate = std::get_if<expr::Aggregate>(&node.kind)) {
        look(aggregate->window);
    } else if (const auto* did = std::get_if<expr::Did>(&node.kind)) {
        look(did->window);
    } else if (const auto* sequence = std::get_if<expr::Sequence>(&node.kind)) {
        look(sequence->window);
    }
    expr::for_each_child(node, [&](const expr::Node& child) { find_horizon(child, longest); });
}

bool is_comparison(expr::BinaryOp op) {
    using enum expr::BinaryOp;
    switch (op) {
        case logical_or:
        case logical_and:
        case add:
        case subtract:
        case multiply:
        case divide: return false;
        case equal:
        case not_equal:
        case less:
        case less_equal:
        case greater:
        case greater_equal:
        case like:
        case contains_text:
        case matches:
        case contains:
        case in_array: return true;
    }
    return false;
}

std::size_t conditions_below(const expr::Node& node) {
    const auto* binary = std::get_if<expr::Binary>(&node.kind);
    const bool counts = (binary != nullptr && is_comparison(binary->op)) ||
                        std::holds_alternative<expr::Between>(node.kind) ||
                        std::holds_alternative<expr::InList>(node.kind) ||
                        std::holds_alternative<expr::IsMissing>(node.kind) ||
                        std::holds_alternative<expr::Did>(node.kind) ||
                        std::holds_alternative<expr::SegmentRef>(node.kind) ||
                        std::holds_alternative<expr::HolidayTest>(node.kind) ||
                        std::holds_alternative<expr::ConsentRef>(node.kind);
    std::size_t count = counts ? 1 : 0;
    if (const auto* sequence = std::get_if<expr::Sequence>(&node.kind)) {
        count += sequence->steps.size();
    }
    expr::for_each_child(node, [&](const expr::Node& child) { count += conditions_below(child); });
    return count;
}

Result<expr::CheckedExpression> compile(const mapping::MappingText& text,
                                        expr::Use use,
                                        const expr::Catalog& catalog,
                                        std::string_view what) {
    auto checked = expr::compile(text.text, use, catalog);
    if (!checked) {
        return Error{
            checked.error().code,
            "purpose, " + std::string(what) + ": " + expr::render_error(checked.error(), text.text),
            {}};
    }
    if (checked->expression().on) {
        return wrong(what, "is about customers, so `on EVENT` has no place in it");
    }
    return checked;
}

Status read_metric(const mapping::Purpose& written,
                   const expr::Catalog& catalog,
                   Purpose& purpose) {
    if (written.metric.empty()) {
        return wrong("metric",
                     "is missing: what should differ between segments, e.g. "
                     "sum(purchase.amount, next 90 days)");
    }
    auto metric = compile(written.metric, expr::Use::metric, catalog, "metric");
    if (!metric) {
        return metric.error();
    }
    const auto horizon = horizon_of(metric->expression());
    if (!horizon) {
        return wrong("metric",
                     "reads the past only: '" + metric->text() +
                         "' has no `next` window, so nothing is predicted; write e.g. "
                         "`next 90 days`");
    }
    if (metric->type() != expr::StaticType::number && metric->type() != expr::StaticType::boolean) {
        return wrong("metric",
                     "must be a number or a condition, '" + metric->text() + "' is neither");
    }
    purpose.metric = metric->text();
    purpose.metric_is_rate = metric->type() == expr::StaticType::boolean;
    purpose.horizon = *horizon;
    purpose.metric_reads = metric->dependencies();
    return done;
}

Status read_amounts(const mapping::Purpose& written, Purpose& purpose) {
    if (!written.cost.empty()) {
        purpose.cost = parse_cost(written.cost);
        if (!purpose.cost) {
            return wrong("cost",
                         "is like '400 EUR per segment per month', not '" + written.cost + "'");
        }
    }
    if (!written.detect.empty()) {
        const auto share = parse_share(written.detect);
        if (!share) {
            return wrong(
                "detect",
                "is a share above 0 % and up to 100 %, like '5 %', not '" + written.detect + "'");
        }
        purpose.detect = *share;
        purpose.detect_was_written = true;
    }
    if (!written.review.empty()) {
        purpose.review = parse_period(written.review);
        if (!purpose.review) {
            return wrong("review", "is a period like '90 days', not '" + written.review + "'");
        }
    }
    if (!written.reviewed.empty()) {
        const auto day = parse_iso_time(written.reviewed);
        if (!day) {
            return wrong("reviewed", "is a date like 2024-01-31, not '" + written.reviewed + "'");
        }
        purpose.reviewed = TimeZone().resolve(*day);
    }
    if (written.capacity && *written.capacity < 1) {
        return wrong("capacity", "is at least 1: with 0 segments there is nothing to act on");
    }
    return done;
}

Status read_segments(const mapping::Portfolio& portfolio,
                     const expr::Catalog& catalog,
                     Purpose& purpose) {
    for (const mapping::SegmentDefinition& written : portfolio.segments) {
        auto when =
            compile(written.when, expr::Use::segment, catalog, "segment '" + written.name + "'");
        if (!when) {
            return when.error();
        }
        PurposeSegment segment{.name = written.name,
                               .when = when->text(),
                               .because = written.because,
                               .action = written.action,
                               .conditions = count_conditions(when->expression()),
                               .warnings = {},
                               .reads = when->dependencies()};
        for (const expr::Warning& warning : when->warnings()) {
            segment.warnings.push_back(warning.message);
        }
        purpose.segments.push_back(std::move(segment));
    }
    return done;
}

/// Splits a text at spaces.
std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) {
            words.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

}  // namespace

std::span<const std::string_view> always_protected_traits() {
    return always_protected;
}

Result<Purpose> check_purpose(const mapping::Portfolio& portfolio, const expr::Catalog& catalog) {
    const mapping::Purpose& written = portfolio.purpose;
    Purpose purpose{.name = written.name,
                    .question = written.question,
                    .owner = written.owner,
                    .higher_is_better = written.higher_is_better,
                    .population = "true",
                    .no_record_is_granted = written.no_record_is_granted,
                    .static_traits = written.static_traits,
                    .capacity = written.capacity,
                    .exposure = written.exposure,
                    .portfolio = portfolio};
    purpose.consent = written.consent.empty() ? std::nullopt : std::optional(written.consent);
    purpose.protected_traits.assign(always_protected.begin(), always_protected.end());
    purpose.protected_traits.insert(purpose.protected_traits.end(),
                                    written.protected_traits.begin(),
                                    written.protected_traits.end());
    if (written.small_cell) {
        purpose.small_cell = static_cast<std::uint64_t>(*written.small_cell);
    }
    if (auto read = read_metric(written, catalog, purpose); !read) {
        return read.error();
    }
    if (!written.population.empty()) {
        auto population = compile(written.population, expr::Use::segment, catalog, "population");
        if (!population) {
            return population.error();
        }
        purpose.population = population->text();
    }
    if (auto read = read_amounts(written, purpose); !read) {
        return read.error();
    }
    if (auto read = read_segments(portfolio, catalog, purpose); !read) {
        return read.error();
    }
    return purpose;
}

std::optional<expr::Period> horizon_of(const expr::Expression& expression) {
    std::optional<expr::Period> longest;
    find_horizon(expression.root, longest);
    return longest;
}

std::size_t count_conditions(const expr::Expression& expression) {
    return std::max<std::size_t>(1, conditions_below(expression.root));
}

std::optional<double> parse_share(std::string_view text) {
    std::string number(text);
    std::erase(number, ' ');
    const bool per_cent = !number.empty() && number.back() == '%';
    if (per_cent) {
        number.pop_back();
    }
    double share = 0;
    if (!parse_number(number, share)) {
        return std::nullopt;
    }
    share /= per_cent ? 100 : 1;
    return share > 0 && share <= 1 ? std::optional(share) : std::nullopt;
}

std::optional<expr::Period> parse_period(std::string_view text) {
    const auto words = words_of(text);
    double count = 0;
    if (words.size() != 2 || !parse_number(words[0], count) || count < 1 ||
        count != std::floor(count) || count > 1e6) {
        return std::nullopt;
    }
    const auto unit = expr::find_unit(words[1]);
    return unit ? std::optional(expr::Period{count, *unit}) : std::nullopt;
}

std::optional<SegmentCost> parse_cost(std::string_view text) {
    const auto words = words_of(text);
    double amount = 0;
    if (words.size() != 6 || !parse_number(words[0], amount) || amount < 0 || words[2] != "per" ||
        words[3] != "segment" || words[4] != "per") {
        return std::nullopt;
    }
    const auto unit =
        words[5] == "quarter" ? std::optional(TimeUnit::quarter) : expr::find_unit(words[5]);
    if (!unit) {
        return std::nullopt;
    }
    const double months = days_of({1, *unit}) / days_per_month;
    return SegmentCost{amount / months, std::string(words[1])};
}

double days_of(const expr::Period& period) {
    switch (period.unit) {
        case TimeUnit::month: return period.count * days_per_month;
        case TimeUnit::quarter: return period.count * 3 * days_per_month;
        case TimeUnit::year: return period.count * 12 * days_per_month;
        case TimeUnit::second:
        case TimeUnit::minute:
        case TimeUnit::hour:
        case TimeUnit::day:
        case TimeUnit::week: break;
    }
    return period.count *
           std::chrono::duration<double, std::ratio<86400>>(exact_length(period.unit)).count();
}

std::string to_text(const expr::Period& period) {
    return number_text(period.count) + " " + to_string(period.unit) +
           (period.count == 1 ? "" : "s");
}

}  // namespace fineline::study
