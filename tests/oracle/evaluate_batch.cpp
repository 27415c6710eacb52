// Answers cases for the oracle: a line of JSON in, a line out, as tests/oracle/README.md says. The
// records go the whole way: encoded as a batch, folded into columns, read through a Reader.

#include "base/json.h"
#include "columns/fold.h"
#include "expr/evaluate.h"
#include "expr/parse.h"
#include "expr/ranges/range_evaluator.h"
#include "expr/view_subject.h"
#include "model/record_batch.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace fineline;

const Json::Array& array_of(const Json& json, std::string_view name) {
    static const Json::Array none;
    const Json* found = json.find(name);
    return found == nullptr || found->array() == nullptr ? none : *found->array();
}

std::string text_of(const Json& json, std::string_view name, std::string_view otherwise = {}) {
    const Json* found = json.find(name);
    return found == nullptr || found->string() == nullptr ? std::string(otherwise)
                                                          : *found->string();
}

Instant to_instant(const std::string& text) {
    const auto iso = parse_iso_time(text);
    require(iso.has_value(), "a time of the case is not ISO 8601");
    return TimeZone().resolve(*iso);
}

std::optional<Instant> time_of(const Json& record) {
    const Json* time = record.find("t");
    if (time == nullptr || time->string() == nullptr) {
        return std::nullopt;
    }
    return to_instant(*time->string());
}

std::chrono::year_month_day to_date(const std::string& text) {
    const auto iso = parse_iso_time(text);
    require(iso.has_value(), "a day of the case is not a date");
    return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(iso->local)};
}

expr::Settings settings_of(const Json& data) {
    expr::Settings settings;
    const Json* written = data.find("settings");
    if (written == nullptr) {
        return settings;
    }
    const auto zone = TimeZone::find(text_of(*written, "time_zone", "UTC"));
    require(zone.has_value(), "the case names an unknown time zone");
    settings.zone = *zone;
    const Json* customer_zone = written->find("customer_zone");
    settings.customer_zone = customer_zone != nullptr && customer_zone->boolean() != nullptr &&
                             *customer_zone->boolean();
    settings.purchase_event = text_of(*written, "purchase_event", "purchase");
    settings.amount_property = text_of(*written, "amount_property", "amount");
    std::vector<Holiday> holidays;
    for (const Json& holiday : array_of(*written, "holidays")) {
        holidays.push_back({.name = text_of(holiday, "name"),
                            .first = to_date(text_of(holiday, "first")),
                            .last = to_date(text_of(holiday, "last"))});
    }
    settings.holidays = HolidayCalendar(std::move(holidays));
    return settings;
}

/// Writes the records of a case into one batch. One thread at a time.
class CaseBatch {
  public:
    explicit CaseBatch(const Json& data) : data_(data) {}

    std::string build() {
        if (const Json::Array& arrival = array_of(data_, "arrival"); !arrival.empty()) {
            for (const Json& item : arrival) {
                const Json::Array& parts = *item.array();
                add(*parts[0].string(), index(parts[1]), index(parts[2]));
            }
        } else {
            add_in_listed_order();
        }
        for (const Json& account : array_of(data_, "accounts")) {
            add_values({.kind = RecordKind::account_traits,
                        .time = time_of(account),
                        .text = text_of(account, "id")},
                       account.find("v"));
        }
        for (const Json& merge : array_of(data_, "merges")) {
            builder_.add({.kind = RecordKind::merge,
                          .customer = *(*merge.array())[0].string(),
                          .text = *(*merge.array())[1].string()});
        }
        // The purpose is known to the world even if nobody was asked: by a consent of who is no
        // customer.
        if (const std::string purpose = text_of(data_, "purpose"); !purpose.empty()) {
            add_consent("\x01nobody", std::nullopt, purpose, false);
        }
        BatchHeader header;
        header.source = "case";
        return builder_.finish(header);
    }

  private:
    static std::size_t index(const Json& number) {
        return static_cast<std::size_t>(*number.number());
    }

    void add_in_listed_order() {
        const Json::Array& customers = array_of(data_, "customers");
        for (std::size_t customer = 0; customer < customers.size(); ++customer) {
            for (const char* kind : {"event", "trait", "join", "consent"}) {
                const std::size_t count =
                    array_of(customers[customer], std::string(kind) + "s").size();
                for (std::size_t item = 0; item < count; ++item) {
                    add(kind, customer, item);
                }
            }
        }
    }

    void add(const std::string& kind, std::size_t customer_index, std::size_t item) {
        const Json& customer = array_of(data_, "customers")[customer_index];
        const std::string id = text_of(customer, "id");
        const Json& record = array_of(customer, kind + "s")[item];
        if (kind == "event") {
            const std::string name = text_of(record, "name");
            add_values({.kind = RecordKind::event,
                        .customer = id,
                        .time = time_of(record),
                        .name = builder_.name(name)},
                       record.find("p"));
        } else if (kind == "trait") {
            add_values({.kind = RecordKind::traits, .customer = id, .time = time_of(record)},
                       record.find("v"));
        } else if (kind == "join") {
            const std::string account = text_of(record, "account");
            builder_.add({.kind = RecordKind::account_join,
                          .customer = id,
                          .time = time_of(record),
                          .text = account});
        } else {
            add_consent(id,
                        time_of(record),
                        text_of(record, "purpose"),
                        *record.find("granted")->boolean());
        }
    }

    void add_consent(std::string_view id,
                     std::optional<Instant> time,
                     const std::string& purpose,
                     bool granted) {
        const NamedDatum property{.name = builder_.name("granted"), .value = Datum::of(granted)};
        builder_.add({.kind = RecordKind::consent,
                      .customer = id,
                      .time = time,
                      .name = builder_.name(purpose),
                      .properties = {&property, 1}});
    }

    void add_values(RecordDraft draft, const Json* values) {
        std::vector<Value> owned;
        std::vector<NamedDatum> properties;
        std::string lists;
        if (values != nullptr && values->object() != nullptr) {
            owned.reserve(values->object()->size());
            lists.reserve(lists_bytes_max);
            for (const auto& [name, value] : *values->object()) {
                owned.push_back(from_json(value));
                properties.push_back(
                    {.name = builder_.name(name), .value = borrow(owned.back(), lists)});
            }
            require(lists.size() <= lists_bytes_max,
                    "the arrays of one record of a case are too long");
        }
        draft.properties = properties;
        builder_.add(draft);
    }

    static constexpr std::size_t lists_bytes_max = 1 << 16;

    const Json& data_;
    RecordBatchBuilder builder_;
};

Json error_json(const Error& error) {
    Json body;
    body.set("code", to_string(error.code)).set("message", error.message);
    if (error.at) {
        body.set("begin", std::size_t{error.at->begin}).set("end", std::size_t{error.at->end});
    }
    Json answer;
    answer.set("error", std::move(body));
    return answer;
}

const char* to_word(expr::Truth truth) {
    switch (truth) {
        case expr::Truth::no: return "no";
        case expr::Truth::yes: return "yes";
        case expr::Truth::unknown: return "unknown";
    }
    return "unknown";
}

/// One case, from its columns to its answer. One thread at a time.
class CaseRun {
  public:
    CaseRun(const Json& data, const std::shared_ptr<const columns::View>& view)
        : data_(data), reader_(view), subject_(reader_), settings_(settings_of(data)) {
        if (const Json* segments = data.find("segments");
            segments != nullptr && segments->object() != nullptr) {
            for (const auto& [name, text] : *segments->object()) {
                segments_.emplace(name, *text.string());
                catalog_.segment_names.push_back(name);
            }
        }
        catalog_.segment = [this](std::string_view name) -> std::optional<std::string> {
            const auto found = segments_.find(name);
            return found == segments_.end() ? std::nullopt : std::optional(found->second);
        };
    }

    Json answer() {
        const auto checked =
            expr::compile(text_of(data_, "expression"), expr::Use::segment, catalog_);
        if (!checked) {
            return error_json(checked.error());
        }
        const expr::ViewSymbols symbols(reader_);
        const auto program = expr::bind(
            *checked,
            symbols,
            [&](std::string_view name) -> Result<expr::CheckedExpression> {
                const auto text = catalog_.segment(name);
                if (!text) {
                    return Error{
                        ErrorCode::not_found, "no segment '" + std::string(name) + "'", {}};
                }
                return expr::compile(*text, expr::Use::segment, catalog_);
            },
            settings_);
        if (!program) {
            return error_json(program.error());
        }
        program_ = *program;
        by_occasion_ = checked->expression().on.has_value();
        world_.settings = &settings_;
        world_.thresholds = &thresholds_;
        if (const std::string purpose = text_of(data_, "purpose"); !purpose.empty()) {
            world_.purpose = reader_.find_purpose(purpose);
        }
        now_ = to_instant(text_of(data_, "now"));
        compute_thresholds();
        Json answer;
        answer.set("canonical", checked->text());
        add_verdicts(answer);
        if (checked->expression().on) {
            add_occasions(answer);
        }
        return answer;
    }

  private:
    template <class Visit>
    void for_each_customer(Visit visit) {
        for (std::uint32_t i = 0; i < reader_.ordinal_count(); ++i) {
            const CustomerOrdinal who{i};
            if (reader_.exists(who, now_)) {
                subject_.move_to(who);
                visit(std::string(reader_.customer_id(who)));
            }
        }
    }

    void compute_thresholds() {
        for (const expr::PopulationOperand& operand : expr::population_operands(*program_)) {
            expr::DistributionBuilder builder;
            for_each_customer([&](const std::string&) {
                builder.add(evaluator_.value(*operand.program, subject_, world_, now_));
            });
            thresholds_.by_operand.insert_or_assign(operand.text, builder.finish());
        }
    }

    void add_verdicts(Json& answer) {
        std::vector<std::string> members;
        Json verdicts = Json::Object{};
        for_each_customer([&](const std::string& id) {
            const expr::Verdict verdict = evaluator_.verdict(*program_, subject_, world_, now_);
            require(verdict.truth == evaluator_.truth(*program_, subject_, world_, now_),
                    "verdict() and truth() differ");
            Json entry;
            entry.set("truth", to_word(verdict.truth))
                .set("holds_until", to_iso(verdict.holds_until));
            verdicts.set(id, std::move(entry));
            if (verdict.truth == expr::Truth::yes) {
                members.push_back(id);
            }
        });
        std::sort(members.begin(), members.end());
        Json::Array sorted;
        for (std::string& id : members) {
            sorted.emplace_back(std::move(id));
        }
        answer.set("members", std::move(sorted)).set("verdicts", std::move(verdicts));
    }

  public:
    /// Holds the kernels over columns against the walk of the tree, all rows in chunks; stops the
    /// program where they differ.
    void check_kernels(const std::shared_ptr<const columns::View>& compacted) {
        if (program_ == nullptr || by_occasion_) {
            return;
        }
        const auto question = [&](expr::Kernels kernels) {
            return expr::RangeQuestion{
                .program = program_.get(), .world = &world_, .now = now_, .kernels = kernels};
        };
        expr::RangeEvaluator kernels(compacted, question(expr::Kernels::on));
        expr::RangeEvaluator walk(compacted, question(expr::Kernels::off));
        for (std::uint32_t range = 0; range < kernels.range_count(); ++range) {
            const auto by_kernel = kernels.truths(range);
            const auto by_walk = walk.truths(range);
            require(std::equal(by_kernel.begin(), by_kernel.end(), by_walk.begin(), by_walk.end()),
                    "kernels and walk differ");
        }
        for (const expr::PopulationOperand& operand : expr::population_operands(*program_)) {
            check_distribution(operand, compacted);
        }
    }

  private:
    void check_distribution(const expr::PopulationOperand& operand,
                            const std::shared_ptr<const columns::View>& compacted) {
        expr::RangeEvaluator evaluator(
            compacted, {.program = operand.program.get(), .world = &world_, .now = now_});
        expr::DistributionBuilder builder;
        for (std::uint32_t range = 0; range < evaluator.range_count(); ++range) {
            evaluator.add_values(range, builder);
        }
        const expr::Distribution found = builder.finish();
        const expr::Distribution& walked = thresholds_.by_operand.at(operand.text);
        require(found.values == walked.values && found.below == walked.below &&
                    found.kind == walked.kind,
                "the distributions of kernels and walk differ");
    }

    void add_occasions(Json& answer) {
        Json occasions = Json::Object{};
        for_each_customer([&](const std::string& id) {
            Json::Array entries;
            for (const auto& occasion : evaluator_.occasions(*program_, subject_, world_, now_)) {
                Json entry;
                entry.set("at", to_iso(occasion.at)).set("truth", to_word(occasion.truth));
                entries.push_back(std::move(entry));
            }
            occasions.set(id, std::move(entries));
        });
        answer.set("occasions", std::move(occasions));
    }

    const Json& data_;
    columns::Reader reader_;
    expr::ViewSubject subject_;
    expr::Settings settings_;
    expr::Catalog catalog_;
    std::map<std::string, std::string, std::less<>> segments_;
    expr::Thresholds thresholds_;
    expr::World world_;
    expr::Evaluator evaluator_;
    std::shared_ptr<const expr::Program> program_;
    bool by_occasion_ = false;
    Instant now_{};
};

Json answer_line(const std::string& line) {
    const auto data = parse_json(line);
    if (!data) {
        return error_json(data.error());
    }
    auto batch = RecordBatch::open(CaseBatch(*data).build());
    if (!batch) {
        return error_json(batch.error());
    }
    columns::Store store{columns::StoreOptions{}};
    if (const Status applied = store.apply(*batch, Position{0}); !applied) {
        return error_json(applied.error());
    }
    CaseRun run(*data, store.publish());
    Json answer = run.answer();
    store.compact_all();
    run.check_kernels(store.publish());
    return answer;
}

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
        if (!line.empty()) {
            std::cout << answer_line(line).text() << '\n' << std::flush;
        }
    }
    return 0;
}
