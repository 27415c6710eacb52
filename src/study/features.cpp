#include "study/features.h"

#include "base/require.h"
#include "expr/parse.h"
#include "model/limits.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <string_view>

namespace fineline::study {

namespace {

constexpr std::size_t events_max = 8;
constexpr std::size_t numbers_per_event_max = 4;
constexpr std::size_t texts_per_event_max = 3;
constexpr std::size_t values_per_trait_max = 8;

/// A trait whose value is held by fewer customers than this share cannot shape segments.
constexpr double value_share_min = 0.01;

/// Words as one name.
std::string joined(std::initializer_list<std::string_view> words) {
    std::string name;
    for (const std::string_view word : words) {
        name.append(name.empty() ? "" : "_").append(word);
    }
    return name;
}

/// What is asked of one event name.
struct EventSource {
    std::string name;
    std::vector<std::string> numbers;
    std::vector<std::string> texts;
};

/// Letters, digits and underscores of a text.
std::string slug(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain) {
            out += c;
        } else if (!out.empty() && out.back() != '_') {
            out += '_';
        }
    }
    while (!out.empty() && out.back() == '_') {
        out.pop_back();
    }
    return out;
}

/// Builds expressions as trees, so that no name needs quoting here.
expr::Aggregate aggregate(std::string function, const std::string& event) {
    return {.function = std::move(function),
            .event = {.name = event},
            .property = {},
            .numbers = {},
            .where = {},
            .window = {},
            .property_at = {},
            .window_at = {}};
}

expr::Aggregate over(expr::Aggregate call, double days) {
    call.window = expr::LastWindow{{days, TimeUnit::day}};
    return call;
}

expr::Aggregate of(expr::Aggregate call, const std::string& property) {
    call.property = property;
    return call;
}

std::string text_of(expr::Node::Kind kind) {
    return expr::print(expr::Node{std::move(kind), {}});
}

std::int64_t whole_days(Duration span) {
    return std::chrono::duration_cast<std::chrono::hours>(span).count() / 24;
}

bool is_too_long(const expr::Period& window, Duration before) {
    // A day's grace: the first record need not fall on the first hour.
    return days_of(window) > static_cast<double>(whole_days(before) + 1);
}

/// Functions whose value only ever rises, or for `min` falls, with one more event.
constexpr std::array<std::string_view, 8> cumulative{
    "count", "sum", "min", "max", "distinct", "days", "weeks", "months"};

/// Collects features in order, each text once.
class Collector {
  public:
    explicit Collector(const History& history) : history_(history) {}

    /// Adds a feature; its label is made of plain letters.
    void add(Feature feature) {
        if (catalogue_.features.size() >= limits::study_features_max) {
            ++beyond_;
            return;
        }
        for (const Feature& known : catalogue_.features) {
            if (known.text == feature.text) {
                return;
            }
        }
        feature.label = slug(feature.label);
        catalogue_.features.push_back(std::move(feature));
    }

    void add(const expr::Aggregate& call, const std::string& label, FeatureKind kind) {
        const std::string text = text_of(call);
        const auto* window = call.window ? std::get_if<expr::LastWindow>(&*call.window) : nullptr;
        if (window != nullptr && is_too_long(window->length, history_.before)) {
            ++too_long_[to_text(window->length)];
            return;
        }
        add({.text = text,
             .label = label,
             .subject = text,
             .kind = kind,
             .grows = history_.grows_with(call)});
    }

    /// A share of events by a condition on their moment.
    void add_share(const std::string& event, const std::string& where, const std::string& label) {
        auto condition = expr::parse(where);
        require(condition.has_value(), "a condition written here parses");
        expr::Aggregate call = aggregate("share", event);
        call.where = expr::Box(std::move(condition->root));
        add(call, label, FeatureKind::number);
    }

    void leave_out(std::string why) { catalogue_.left_out.push_back(std::move(why)); }

    [[nodiscard]] FeatureCatalogue finish() {
        for (const auto& [window, count] : too_long_) {
            leave_out(std::to_string(count) + " features over the last " + window +
                      ": there are only " + std::to_string(whole_days(history_.before)) +
                      " days of data before the first snapshot, so the window would mean less "
                      "there than later");
        }
        if (beyond_ > 0) {
            leave_out(std::to_string(beyond_) + " more features: at most " +
                      std::to_string(limits::study_features_max) + " are looked at");
        }
        return std::move(catalogue_);
    }

  private:
    History history_;
    FeatureCatalogue catalogue_;
    std::size_t beyond_ = 0;
    std::map<std::string, std::size_t> too_long_;  ///< features by the window that is too long
};

std::vector<EventSource> event_sources(const columns::Reader& reader, const Purpose& purpose) {
    std::vector<std::pair<std::uint64_t, EventSource>> counted;
    for (std::uint32_t e = 0; e < reader.event_count(); ++e) {
        const EventNameId event{e};
        EventSource source{
            .name = std::string(reader.event_name(event)), .numbers = {}, .texts = {}};
        if (source.name.empty() || source.name == purpose.exposure.event) {
            continue;
        }
        for (std::uint32_t p = 0; p < reader.property_count(event); ++p) {
            const PropertyId property{p};
            const auto kinds = reader.view().kinds(event, property);
            const std::string name(reader.property_name(event, property));
            if (kinds.numbers > 0 && source.numbers.size() < numbers_per_event_max) {
                source.numbers.push_back(name);
            }
            if (kinds.strings > 0 && reader.view().distinct_texts(event, property) > 1 &&
                source.texts.size() < texts_per_event_max) {
                source.texts.push_back(name);
            }
        }
        counted.emplace_back(reader.view().summary(event).count, std::move(source));
    }
    std::stable_sort(counted.begin(), counted.end(), [](const auto& a, const auto& b) {
        return a.first > b.first;
    });
    counted.resize(std::min(counted.size(), events_max));
    std::vector<EventSource> sources;
    sources.reserve(counted.size());
    for (auto& [count, source] : counted) {
        sources.push_back(std::move(source));
    }
    return sources;
}

/// What tells most comes first, so that the limit cuts the rest.
void add_core(const EventSource& source, Collector& out) {
    const std::string& e = source.name;
    out.add(aggregate("since_last", e), "since_last_" + e, FeatureKind::duration);
    out.add(over(aggregate("count", e), 90), e + "_count_90d", FeatureKind::number);
    out.add(over(aggregate("count", e), 365), e + "_count_365d", FeatureKind::number);
    out.add(over(aggregate("days", e), 365), e + "_days_365d", FeatureKind::number);
    for (const std::string& p : source.numbers) {
        const std::string label = joined({e, p});
        out.add(over(of(aggregate("sum", e), p), 90), label + "_90d", FeatureKind::number);
        out.add(over(of(aggregate("sum", e), p), 365), label + "_365d", FeatureKind::number);
    }
}

void add_history(const EventSource& source, Collector& out) {
    const std::string& e = source.name;
    out.add(over(aggregate("count", e), 30), e + "_count_30d", FeatureKind::number);
    out.add(aggregate("count", e), e + "_count", FeatureKind::number);
    out.add(aggregate("days", e), e + "_days", FeatureKind::number);
    out.add(aggregate("since_first", e), "since_first_" + e, FeatureKind::duration);
    out.add(aggregate("gap", e), e + "_gap", FeatureKind::duration);
    for (const std::string& p : source.numbers) {
        const std::string label = joined({e, p});
        out.add(over(of(aggregate("sum", e), p), 30), label + "_30d", FeatureKind::number);
        out.add(of(aggregate("sum", e), p), label + "_sum", FeatureKind::number);
        out.add(of(aggregate("avg", e), p), label + "_avg", FeatureKind::number);
        out.add(of(aggregate("max", e), p), label + "_max", FeatureKind::number);
    }
}

void add_habits(const EventSource& source, Collector& out) {
    const std::string& e = source.name;
    for (const std::string& p : source.texts) {
        const std::string label = joined({e, "different", p});
        out.add(over(of(aggregate("distinct", e), p), 365), label + "_365d", FeatureKind::number);
    }
    out.add(over(aggregate("trend", e), 365), e + "_trend_365d", FeatureKind::number);
    out.add_share(e, "weekend", e + "_weekend_share");
    out.add_share(e, "hour < 12", e + "_morning_share");
    out.add_share(e, "hour >= 18", e + "_evening_share");
    out.add_share(e, "month in (11, 12)", e + "_year_end_share");
}

/// What one pass over the customers says of a trait.
struct TraitProfile {
    bool undated = false;  ///< somebody has a value without a time
    std::uint64_t holders = 0;
    std::map<std::string, std::uint64_t> texts;
    bool numbers = false;
    bool booleans = false;
};

TraitProfile profile_trait(columns::Reader& reader, TraitId trait, Instant at) {
    TraitProfile profile;
    for (std::uint32_t i = 0; i < reader.ordinal_count(); ++i) {
        const CustomerOrdinal who{i};
        if (!reader.exists(who, at)) {
            continue;
        }
        const columns::EventRows rows = reader.trait(who, trait);
        const std::uint32_t seen = rows.count_until(at);
        if (seen == 0) {
            continue;
        }
        profile.undated = profile.undated || rows.time(0) == instant_min;
        const Datum value = rows.value(PropertyId{0}, seen - 1);
        profile.holders += value.is_missing() ? 0U : 1U;
        profile.numbers = profile.numbers || value.kind() == ValueKind::number;
        profile.booleans = profile.booleans || value.kind() == ValueKind::boolean;
        if (value.kind() == ValueKind::string && profile.texts.size() < 4096) {
            ++profile.texts[std::string(value.string())];
        }
    }
    return profile;
}

/// `name = value`.
Feature equals(const std::string& bare, Value value, const std::string& label) {
    const expr::Name name{.scope = expr::NameScope::bare, .path = bare};
    const expr::Literal literal{.value = std::move(value), .period = {}, .moment = {}};
    const expr::Binary equals{.op = expr::BinaryOp::equal,
                              .left = expr::Box(expr::Node{name, {}}),
                              .right = expr::Box(expr::Node{literal, {}})};
    return {.text = text_of(equals),
            .label = label,
            .subject = text_of(name),
            .kind = FeatureKind::condition};
}

void add_trait(const std::string& name,
               const TraitProfile& profile,
               bool is_static,
               Collector& out) {
    const expr::Name trait{.scope = expr::NameScope::bare, .path = name};
    if (profile.numbers) {
        out.add({.text = text_of(trait),
                 .label = name,
                 .subject = text_of(trait),
                 .kind = FeatureKind::number,
                 .is_static = is_static});
    }
    if (profile.booleans) {
        Feature feature = equals(name, Value(true), name);
        feature.is_static = is_static;
        out.add(std::move(feature));
    }
    std::vector<std::pair<std::uint64_t, std::string>> common;
    for (const auto& [text, count] : profile.texts) {
        if (static_cast<double>(count) >= value_share_min * static_cast<double>(profile.holders)) {
            common.emplace_back(count, text);
        }
    }
    std::stable_sort(common.begin(), common.end(), [](const auto& a, const auto& b) {
        return a.first > b.first;
    });
    common.resize(std::min(common.size(), values_per_trait_max));
    for (const auto& [count, text] : common) {
        Feature feature = equals(name, Value(text), joined({name, text}));
        feature.is_static = is_static;
        out.add(std::move(feature));
    }
}

void add_traits(const std::shared_ptr<const columns::View>& view,
                const Purpose& purpose,
                Instant at,
                Collector& out) {
    columns::Reader reader(view);
    const auto listed = [](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (std::uint32_t t = 0; t < reader.trait_count(); ++t) {
        const std::string name(reader.trait_name(TraitId{t}));
        if (name.empty() || name == "timezone") {
            continue;
        }
        if (listed(purpose.protected_traits, name)) {
            out.leave_out("trait " + name + ": protected");
            continue;
        }
        const TraitProfile profile = profile_trait(reader, TraitId{t}, at);
        const bool is_static = listed(purpose.static_traits, name);
        if (profile.undated && !is_static) {
            out.leave_out("trait " + name +
                          ": undated, so it may have been set after the snapshot, and not listed "
                          "under `static`");
            continue;
        }
        add_trait(name, profile, profile.undated, out);
    }
}

}  // namespace

bool History::grows_with(const expr::Aggregate& call) const {
    if (after <= Duration{0} ||
        std::find(cumulative.begin(), cumulative.end(), call.function) == cumulative.end()) {
        return false;
    }
    const auto* window = call.window ? std::get_if<expr::LastWindow>(&*call.window) : nullptr;
    return !call.window || (window != nullptr && is_too_long(window->length, before));
}

Feature property_feature(const std::string& property) {
    const std::string text = text_of(expr::Name{.scope = expr::NameScope::bare, .path = property});
    return {.text = text, .label = slug(property), .subject = text, .kind = FeatureKind::number};
}

Feature property_equals(const std::string& property, const std::string& value) {
    return equals(property, Value(value), slug(property + "_" + value));
}

Feature feature_of(const EventFeature& wanted) {
    expr::Aggregate call = aggregate(wanted.function, wanted.event);
    std::string label = wanted.function + "_" + wanted.event;
    if (!wanted.property.empty()) {
        call = of(std::move(call), wanted.property);
        label += "_" + wanted.property;
    }
    if (wanted.last_days > 0) {
        call = over(std::move(call), wanted.last_days);
        label += "_" + std::to_string(static_cast<int>(wanted.last_days)) + "d";
    }
    const std::string text = text_of(call);
    const bool is_span = wanted.function == "since_last" || wanted.function == "since_first" ||
                         wanted.function == "gap";
    return {.text = text,
            .label = slug(label),
            .subject = text,
            .kind = is_span ? FeatureKind::duration : FeatureKind::number};
}

Result<FeatureCatalogue> enumerate_features(const std::shared_ptr<const columns::View>& view,
                                            const Purpose& purpose,
                                            const History& history) {
    Collector out(history);
    const columns::Reader reader(view);
    const std::vector<EventSource> sources = event_sources(reader, purpose);
    for (const EventSource& source : sources) {
        add_core(source, out);
    }
    add_traits(view, purpose, history.at, out);
    for (const EventSource& source : sources) {
        add_history(source, out);
    }
    for (const EventSource& source : sources) {
        add_habits(source, out);
    }
    return out.finish();
}

}  // namespace fineline::study
