#include "study/occasions.h"

#include "engine/settings.h"
#include "expr/parse.h"
#include "expr/words.h"
#include "model/limits.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace fineline::study {

namespace {

constexpr std::uint64_t sample_stream = 0x6f63;
constexpr std::uint64_t role_stream = 0x6f64;
constexpr std::size_t numbers_max = 4;
constexpr std::size_t texts_max = 3;
constexpr std::uint64_t values_per_text_max = 12;
constexpr double a_year = 365;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// Seasons by the months they hold, in the language and in a name.
struct Season {
    const char* text;
    const char* label;
};

constexpr std::array<Season, 4> seasons{Season{"month in (12, 1, 2)", "december_to_february"},
                                        Season{"month in (3, 4, 5)", "march_to_may"},
                                        Season{"month in (6, 7, 8)", "june_to_august"},
                                        Season{"month in (9, 10, 11)", "september_to_november"}};

/// A property of the event, by which its occasions may differ.
struct Property {
    std::string name{};
    PropertyId id{};
    std::vector<double> numbers{};     ///< a row each, of a number
    std::vector<std::string> texts{};  ///< a row each, of a text; empty: missing
};

/// The events of some customers, row by row, before any column is made of them.
struct EventTable {
    std::vector<CustomerOrdinal> who{};
    std::vector<double> hour{};
    std::vector<double> weekend{};
    std::vector<double> season{};
    std::vector<Property> numbers{};
    std::vector<Property> texts{};
};

std::string canonical(const std::string& text) {
    const auto parsed = expr::parse(text);
    return parsed ? expr::print(*parsed) : text;
}

/// The properties worth a look, without rows; the others are left out with a reason.
EventTable properties_of(const columns::Reader& reader,
                         EventNameId event,
                         std::vector<std::string>& left_out) {
    EventTable table;
    for (std::uint32_t p = 0; p < reader.property_count(event); ++p) {
        const PropertyId id{p};
        const std::string name(reader.property_name(event, id));
        const auto kinds = reader.view().kinds(event, id);
        const auto leave_out = [&](const std::string& why) {
            left_out.push_back(std::string("property ").append(name).append(": ").append(why));
        };
        if (name.empty()) continue;
        if (expr::is_moment_word(name) || expr::is_weekday_word(name)) {
            leave_out("its name is that of a field of the moment");
        } else if (kinds.numbers > 0) {
            if (table.numbers.size() < numbers_max) table.numbers.push_back({name, id, {}, {}});
        } else if (kinds.strings > 0) {
            const std::uint64_t values = reader.view().distinct_texts(event, id);
            if (values > values_per_text_max) {
                leave_out(std::to_string(values) + " different values, more than " +
                          std::to_string(values_per_text_max));
            } else if (values > 1 && table.texts.size() < texts_max) {
                table.texts.push_back({name, id, {}, {}});
            }
        }
    }
    return table;
}

/// Wall clocks: the workspace's, or each customer's own where the workspace says so.
class Clocks {
  public:
    Clocks(const expr::Settings& settings, const columns::Reader& reader)
        : workspace_(settings.zone) {
        if (settings.customer_zone) trait_ = reader.find_trait("timezone");
    }

    [[nodiscard]] TimeZone of(columns::Reader& reader, CustomerOrdinal who, Instant at) const {
        if (!trait_) return workspace_;
        const columns::EventRows rows = reader.trait(who, *trait_);
        const std::uint32_t seen = rows.count_until(at);
        if (seen == 0) return workspace_;
        const Datum name = rows.value(PropertyId{0}, seen - 1);
        if (name.kind() != ValueKind::string) return workspace_;
        const auto zone = TimeZone::find(name.string());
        return zone ? *zone : workspace_;
    }

  private:
    TimeZone workspace_;
    std::optional<TraitId> trait_{};
};

void add_moment(LocalInstant local, EventTable& table) {
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const auto month = static_cast<unsigned>(std::chrono::year_month_day{day}.month());
    const auto hour = std::chrono::floor<std::chrono::hours>(local - day);
    table.hour.push_back(static_cast<double>(hour.count()));
    table.weekend.push_back(std::chrono::weekday{day}.iso_encoding() >= 6 ? 1 : 0);
    const unsigned season = month % 12 / 3;
    table.season.push_back(season);
}

void add_event(const columns::EventRows& rows, std::uint32_t row, EventTable& table) {
    for (Property& property : table.numbers) {
        const Datum value = rows.value(property.id, row);
        property.numbers.push_back(value.kind() == ValueKind::number ? value.number() : nothing);
    }
    for (Property& property : table.texts) {
        const Datum value = rows.value(property.id, row);
        property.texts.emplace_back(value.kind() == ValueKind::string ? value.string()
                                                                      : std::string_view());
    }
}

/// Makes columns of an event table: what `where` asks, and what likeness measures.
class ColumnMaker {
  public:
    ColumnMaker(const EventTable& table, OccasionRows& out) : table_(table), out_(out) {}

    void make(bool with_season) {
        add_feature({"hour", "hour", "hour", FeatureKind::number}, table_.hour);
        add_likeness("hour", ColumnKind::number, table_.hour);
        add_feature({"weekend", "weekend", "weekend", FeatureKind::condition}, table_.weekend);
        add_likeness("weekend", ColumnKind::category, table_.weekend);
        if (with_season) add_seasons();
        for (const Property& property : table_.numbers) {
            const Feature is = property_feature(property.name);
            add_feature(is, property.numbers);
            add_likeness(is.text, ColumnKind::number, ranks(property.numbers));
        }
        for (const Property& property : table_.texts) {
            add_text(property);
        }
        out_.likeness = NumericTable(table_.who.size(), columns_.size());
        for (std::size_t column = 0; column < columns_.size(); ++column) {
            for (std::size_t row = 0; row < table_.who.size(); ++row) {
                out_.likeness.at(row, column) = columns_[column][row];
            }
        }
    }

  private:
    void add_feature(Feature feature, std::vector<double> column) {
        out_.features.push_back(std::move(feature));
        out_.panel.features.push_back(std::move(column));
    }

    /// Adds a column of likeness, unless the rows to fit do not differ in it.
    void add_likeness(const std::string& name, ColumnKind kind, std::vector<double> column) {
        std::optional<double> first;
        for (const std::uint32_t row : out_.fit_rows) {
            const double value = column[row];
            if (std::isnan(value)) continue;
            if (!first) first = value;
            if (value == *first) continue;
            out_.names.push_back(name);
            out_.kinds.push_back(kind);
            columns_.push_back(std::move(column));
            return;
        }
    }

    void add_seasons() {
        for (std::size_t season = 0; season < seasons.size(); ++season) {
            std::vector<double> inside;
            inside.reserve(table_.season.size());
            for (const double is : table_.season) {
                inside.push_back(is == static_cast<double>(season) ? 1 : 0);
            }
            add_feature(
                {seasons[season].text, seasons[season].label, "month", FeatureKind::condition},
                std::move(inside));
        }
        add_likeness("season", ColumnKind::category, table_.season);
    }

    /// A condition for each value, and one column of likeness for all.
    void add_text(const Property& property) {
        std::vector<std::string> values = property.texts;
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
        std::vector<double> codes;
        for (const std::string& text : property.texts) {
            const auto code = std::lower_bound(values.begin(), values.end(), text) - values.begin();
            codes.push_back(text.empty() ? nothing : static_cast<double>(code));
        }
        for (std::size_t value = 0; value < values.size(); ++value) {
            if (values[value].empty()) continue;
            std::vector<double> inside;
            inside.reserve(codes.size());
            for (const double code : codes) {
                inside.push_back(std::isnan(code)                     ? nothing
                                 : code == static_cast<double>(value) ? 1.0
                                                                      : 0.0);
            }
            add_feature(property_equals(property.name, values[value]), std::move(inside));
        }
        add_likeness(property.name, ColumnKind::category, std::move(codes));
    }

    /// Where a value stands among those of the rows to fit, 0 to 1: no extreme one stretches it.
    [[nodiscard]] std::vector<double> ranks(const std::vector<double>& values) const {
        std::vector<double> sorted;
        for (const std::uint32_t row : out_.fit_rows) {
            if (!std::isnan(values[row])) sorted.push_back(values[row]);
        }
        std::sort(sorted.begin(), sorted.end());
        std::vector<double> ranked;
        for (const double value : values) {
            const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), value);
            const auto place =
                static_cast<double>((low - sorted.begin()) + (high - sorted.begin()));
            const bool known = !std::isnan(value) && !sorted.empty();
            ranked.push_back(known ? place / 2 / static_cast<double>(sorted.size()) : nothing);
        }
        return ranked;
    }

    const EventTable& table_;
    OccasionRows& out_;
    std::vector<std::vector<double>> columns_{};
};

/// The customers of a snapshot, ascending: those who are eligible and may be read.
std::vector<CustomerOrdinal> customers_at(const Groundwork& ground, std::size_t snapshot) {
    std::vector<CustomerOrdinal> who;
    for (std::size_t row = 0; row < ground.panel.rows(); ++row) {
        if (ground.panel.snapshot[row] == snapshot) who.push_back(ground.panel.who[row]);
    }
    return who;
}

/// Splits rows into thirds by customer.
void deal_roles(std::uint64_t seed, OccasionRows& rows) {
    for (std::uint32_t row = 0; row < rows.panel.who.size(); ++row) {
        const double draw = 3 * customer_draw(seed, role_stream, rows.panel.who[row].value());
        (draw < 1 ? rows.fit_rows : draw < 2 ? rows.choose_rows : rows.judge_rows).push_back(row);
    }
}

/// Puts every bare name of a condition under `context.`.
void put_in_context(expr::Node& node) {
    std::visit(
        [](auto& kind) {
            using T = std::decay_t<decltype(kind)>;
            if constexpr (std::is_same_v<T, expr::Name>) {
                kind.scope = expr::NameScope::context;
            } else if constexpr (std::is_same_v<T, expr::Unary> ||
                                 std::is_same_v<T, expr::IsMissing> ||
                                 std::is_same_v<T, expr::InList>) {
                put_in_context(*kind.operand);
            } else if constexpr (std::is_same_v<T, expr::Binary>) {
                put_in_context(*kind.left);
                put_in_context(*kind.right);
            }
        },
        node.kind);
}

/// Over how far back a customer's mix is taken: no further than every snapshot can look.
double mix_days(const Groundwork& ground) {
    const double before = std::chrono::duration<double, std::ratio<86400>>(
                              ground.protocol.snapshots.front() - ground.protocol.data_begin)
                              .count();
    return before + 1 >= a_year ? a_year : before + 1 >= 90 ? 90 : 0;
}

OccasionMix mix_of(const std::string& name,
                   const std::string& event,
                   const std::string& condition,
                   double days) {
    expr::Aggregate call{.function = "share",
                         .event = {.name = event},
                         .property = {},
                         .numbers = {},
                         .where = {},
                         .window = {},
                         .property_at = {},
                         .window_at = {}};
    if (auto where = expr::parse(condition)) call.where = expr::Box(std::move(where->root));
    if (days > 0) call.window = expr::LastWindow{{days, TimeUnit::day}};
    return {.name = name, .share = expr::print(expr::Node{std::move(call), {}})};
}

void add_segments(const Method& method,
                  const std::string& event,
                  const Distillation& distillation,
                  double days,
                  OccasionProposal& proposal) {
    std::string mixed;
    for (const DistilledGroup& group : distillation.groups) {
        proposal.mix.push_back(mix_of(group.name, event, group.when, days));
        mapping::SegmentDefinition segment{
            .name = "mostly_" + group.name, .when = {}, .because = {}, .action = {}};
        segment.when.text = canonical(proposal.mix.back().share + " > 0.5");
        segment.because = "Most of their occasions are of one kind, found by " +
                          std::string(method.title) + ": " + group.when + ".";
        proposal.portfolio.segments.push_back(std::move(segment));
        mixed += (mixed.empty() ? "" : " and ") + proposal.mix.back().share + " <= 0.5";
    }
    mapping::SegmentDefinition rest{
        .name = "no_usual_occasion", .when = {}, .because = {}, .action = {}};
    rest.when.text = canonical(mixed);
    rest.because = "No kind of occasion makes up more than half of theirs.";
    proposal.portfolio.segments.push_back(std::move(rest));
}

/// Says each occasion as an expression of its own: to ask of stored events, and of a moment.
Note as_expressions(const std::string& event, const Distillation& distillation) {
    Note note{
        "Each occasion as an expression of its own, for a moment of decision and over stored "
        "events:"};
    for (const DistilledGroup& group : distillation.groups) {
        const auto moment = in_context(group.when);
        note.text += " " + group.name + ": " +
                     (moment ? canonical("(" + *moment + ") on `" + event + "`") : group.when) +
                     ";";
    }
    note.text.back() = '.';
    return note;
}

}  // namespace

Result<std::string> in_context(const std::string& condition) {
    auto parsed = expr::parse(condition);
    if (!parsed) return parsed.error();
    put_in_context(parsed->root);
    return expr::print(*parsed);
}

Result<OccasionRows> collect_occasions(const StudyRequest& request,
                                       const Groundwork& ground,
                                       const std::string& event) {
    columns::Reader reader(request.view);
    const auto id = reader.find_event(event);
    const auto settings = engine::evaluation_settings(*request.view);
    if (!settings) return settings.error();
    if (!id) {
        return Error{ErrorCode::invalid_argument,
                     "there is no event '" + event + "' so far, so there are no occasions",
                     {}};
    }
    const auto& snapshots = ground.protocol.snapshots;
    const std::size_t snapshot = snapshots.size() < 2 ? 0 : snapshots.size() - 2;
    const Instant until = snapshots[snapshot];
    const double keep =
        static_cast<double>(limits::occasion_rows_max) /
        static_cast<double>(std::max<std::uint64_t>(1, request.view->summary(*id).count));
    OccasionRows rows;
    EventTable table = properties_of(reader, *id, rows.left_out);
    const Clocks clocks(*settings, reader);
    for (const CustomerOrdinal who : customers_at(ground, snapshot)) {
        if (customer_draw(ground.seed, sample_stream, who.value()) >= keep) continue;
        const TimeZone zone = clocks.of(reader, who, until);
        const columns::EventRows events = reader.events(who, *id);
        for (std::uint32_t row = 0; row < events.count_until(until); ++row) {
            table.who.push_back(who);
            add_moment(zone.to_local(events.time(row)), table);
            add_event(events, row, table);
        }
    }
    rows.panel.who = table.who;
    deal_roles(ground.seed, rows);
    // Within a shorter stretch than a year a season says when somebody bought, not for what.
    ColumnMaker(table, rows).make(mix_days(ground) >= a_year);
    return rows;
}

Result<OccasionProposal> propose_occasions(const Method& method,
                                           const StudyRequest& request,
                                           const std::string& event,
                                           std::size_t segments) {
    if (request.as_known) {
        return Error{ErrorCode::invalid_argument,
                     "occasions are read from today's columns, so not as they were known",
                     {}};
    }
    const auto ground = lay_groundwork(request);
    if (!ground) return ground.error();
    const auto rows = collect_occasions(request, *ground, event);
    if (!rows) return rows.error();
    if (rows->fit_rows.size() < method.rows_min) {
        return Error{ErrorCode::invalid_argument,
                     std::string(method.title) + " needs " + std::string(method.needs) +
                         "; there are " + std::to_string(rows->fit_rows.size()) + " to fit",
                     {}};
    }
    if (request.progress && !request.progress("grouping by " + std::string(method.title), 0)) {
        return Error{ErrorCode::unavailable, "stopped", {}};
    }
    const auto groups = method.run({.known = rows->likeness,
                                    .kinds = rows->kinds,
                                    .columns = rows->names,
                                    .fit_rows = rows->fit_rows,
                                    .rows_are = "events",
                                    .segments = segments,
                                    .segments_max = static_cast<std::size_t>(
                                        std::clamp(ground->purpose.capacity.value_or(7) - 1, 2, 7)),
                                    .own = {},
                                    .snapshot = {},
                                    .seed = ground->seed,
                                    .threads = ground->threads});
    if (!groups) return groups.error();
    const BinnedPanel binned = bin_features(rows->panel, rows->features, rows->fit_rows);
    const Distillation distillation = distil({.panel = rows->panel,
                                              .binned = binned,
                                              .features = rows->features,
                                              .fit_rows = rows->fit_rows,
                                              .choose_rows = rows->choose_rows,
                                              .judge_rows = rows->judge_rows,
                                              .settings = ground->first().tree_settings,
                                              .threads = ground->threads},
                                             *groups);
    if (distillation.groups.empty()) {
        return Error{ErrorCode::invalid_argument,
                     std::string(method.title) +
                         " found kinds that no few conditions tell apart; ask for fewer segments",
                     {}};
    }
    OccasionProposal proposal{.portfolio = {.purpose = ground->purpose.portfolio.purpose},
                              .mix = {},
                              .told = groups->told,
                              .left_out = rows->left_out};
    add_segments(method, event, distillation, mix_days(*ground), proposal);
    proposal.told.emplace_back(distillation.fidelity);
    proposal.told.emplace_back(as_expressions(event, distillation));
    proposal.left_out.insert(
        proposal.left_out.end(), distillation.left_out.begin(), distillation.left_out.end());
    return proposal;
}

}  // namespace fineline::study
