#include "engine/question.h"

#include "columns/range_reader.h"
#include "engine/definitions.h"
#include "engine/settings.h"
#include "expr/view_subject.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>
#include <thread>

namespace fineline::engine {

namespace {

/// Runs `work(part, next)` on `parts` threads; `next()` gives out 0 … count−1, one after the other
/// to whoever asks, then nothing.
template <class Work>
void in_parallel(std::uint32_t count, unsigned parts, Work work) {
    std::atomic<std::uint32_t> given = 0;
    const auto next = [&]() -> std::optional<std::uint32_t> {
        const std::uint32_t mine = given.fetch_add(1, std::memory_order_relaxed);
        return mine < count ? std::optional(mine) : std::nullopt;
    };
    std::vector<std::jthread> threads;
    for (unsigned part = 1; part < parts; ++part) {
        threads.emplace_back([&work, &next, part] { work(part, next); });
    }
    work(0U, next);
}

/// What a question asks of all customers, of the program itself or of an operand.
expr::RangeQuestion range_question(const PreparedQuestion& question,
                                   const expr::Program& program,
                                   const expr::World& world) {
    return {
        .program = &program, .world = &world, .now = question.at(), .kernels = question.kernels()};
}

/// Walks over the customers of an ordinal range. One thread at a time.
class CustomerWalk {
  public:
    explicit CustomerWalk(const std::shared_ptr<const columns::View>& view)
        : reader_(view), subject_(reader_) {}

    /// Calls `visit(CustomerOrdinal, expr::Subject&)` for each customer at `now` in the range.
    template <class Visit>
    void each(std::uint32_t begin, std::uint32_t end, Instant now, Visit visit) {
        for (std::uint32_t ordinal = begin; ordinal < end; ++ordinal) {
            const CustomerOrdinal who{ordinal};
            if (reader_.exists(who, now)) {
                subject_.move_to(who);
                visit(who, subject_);
            }
        }
    }

    [[nodiscard]] columns::Reader& reader() { return reader_; }

    [[nodiscard]] expr::ViewSubject& subject() { return subject_; }

  private:
    columns::Reader reader_;
    expr::ViewSubject subject_;
};

/// Evaluates one operand over all customers.
expr::Distribution distribution_of(const PreparedQuestion& question,
                                   const expr::Program& operand,
                                   unsigned threads) {
    const std::uint32_t ranges = columns::RangeReader(*question.view()).range_count();
    std::vector<expr::DistributionBuilder> parts(std::max(1U, threads));
    in_parallel(ranges, threads, [&](unsigned part, const auto& next) {
        const expr::World world = question.world();
        expr::RangeEvaluator evaluator(question.view(), range_question(question, operand, world));
        expr::DistributionBuilder builder;
        while (const auto range = next()) {
            evaluator.add_values(*range, builder);
        }
        parts[part] = std::move(builder);
    });
    expr::DistributionBuilder builder = std::move(parts.front());
    for (std::size_t part = 1; part < parts.size(); ++part) {
        builder.merge(std::move(parts[part]));
    }
    return builder.finish();
}

/// A block of the checkpoint that does not match its checksum reads as empty: an answer that met
/// one is none.
template <class Answered>
Result<Answered> if_sound(const PreparedQuestion& question, Answered answer) {
    if (auto sound = question.view()->health(); !sound) {
        return sound.error();
    }
    return answer;
}

/// Finds a customer who exists at the question's instant.
Result<CustomerOrdinal> find_customer(const PreparedQuestion& question,
                                      columns::Reader& reader,
                                      std::string_view id) {
    const auto who = reader.find_customer(id);
    if (!who) {
        return Error{ErrorCode::not_found, "no customer '" + std::string(id) + "'", {}};
    }
    if (!reader.exists(*who, question.at())) {
        return Error{ErrorCode::not_found,
                     "'" + std::string(id) + "' is not yet a customer at " + to_iso(question.at()) +
                         ": no event or trait at or before that instant",
                     {}};
    }
    return *who;
}

}  // namespace

Result<PreparedQuestion> PreparedQuestion::prepare(const std::shared_ptr<const columns::View>& view,
                                                   const Question& question,
                                                   expr::Use use) {
    const expr::Catalog catalog = make_catalog(view);
    auto checked = expr::compile(question.text, use, catalog);
    if (!checked) {
        return checked.error();
    }
    auto settings = evaluation_settings(*view);
    if (!settings) {
        return settings.error();
    }
    PreparedQuestion prepared(view, std::move(*checked), question.at);
    prepared.settings_ = std::make_shared<const expr::Settings>(std::move(*settings));
    prepared.kernels_ = question.kernels;
    prepared.no_record_is_granted_ = setting_value(*view, "consent_no_record") == "granted";
    const columns::Reader reader(view);
    if (question.purpose) {
        prepared.purpose_ = reader.find_purpose(*question.purpose);
        if (!prepared.purpose_) {
            return Error{ErrorCode::not_found,
                         "no consent for '" + *question.purpose + "' was ever recorded",
                         {}};
        }
    }
    const expr::ViewSymbols symbols(reader);
    auto program = expr::bind(
        prepared.checked_,
        symbols,
        [&](std::string_view name) { return stored_segment(*view, catalog, name); },
        *prepared.settings_);
    if (!program) {
        return program.error();
    }
    prepared.program_ = std::move(*program);
    if (auto computed = prepared.compute_thresholds(question.threads); !computed) {
        return computed.error();
    }
    return prepared;
}

Status PreparedQuestion::compute_thresholds(unsigned threads) {
    thresholds_ = std::make_shared<expr::Thresholds>();
    thresholds_->computed_at = at_;
    for (const expr::PopulationOperand& operand : expr::population_operands(*program_)) {
        thresholds_->by_operand.insert_or_assign(operand.text,
                                                 distribution_of(*this, *operand.program, threads));
    }
    return view_->health();
}

expr::World PreparedQuestion::world() const {
    expr::World world;
    world.settings = settings_.get();
    world.thresholds = thresholds_.get();
    world.purpose = purpose_;
    world.no_record_is_granted = no_record_is_granted_;
    return world;
}

namespace {

/// Answers `E on EVENT` by customer.
Result<Answer> ask_by_customer(const PreparedQuestion& question) {
    const auto occasions = ask_occasions(question);
    if (!occasions) {
        return occasions.error();
    }
    Answer answer;
    answer.customers = occasions->customers;
    for (const OccasionMember& occasion : occasions->members) {
        if (answer.members.empty() || answer.members.back() != occasion.who) {
            answer.members.push_back(occasion.who);
        }
    }
    std::vector<CustomerOrdinal> unknown = occasions->unknown_of;
    unknown.erase(std::unique(unknown.begin(), unknown.end()), unknown.end());
    answer.unknown = static_cast<std::uint64_t>(
        std::count_if(unknown.begin(), unknown.end(), [&](CustomerOrdinal who) {
            return !std::binary_search(answer.members.begin(), answer.members.end(), who);
        }));
    return answer;
}

/// Counts and lists the answers of up to eight lanes: two bits of each byte tell them apart.
void add_lanes(std::span<const expr::RangeEvaluator::Lane> lanes,
               std::uint32_t first,
               Answer& answer) {
    constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
    constexpr unsigned byte_bits = 8;
    std::uint64_t eight = 3 * ones;  // no customers
    std::memcpy(&eight, lanes.data(), lanes.size());
    const std::uint64_t lower = eight & ones;
    const std::uint64_t upper = (eight >> 1U) & ones;
    const auto count = [](std::uint64_t marks) { return (marks * ones) >> (7 * byte_bits); };
    answer.unknown += count(upper & ~lower);
    answer.customers += sizeof eight - count(upper & lower);
    for (std::uint64_t yes = lower & ~upper; yes != 0; yes &= yes - 1) {
        const auto lane = static_cast<std::uint32_t>(std::countr_zero(yes)) / byte_bits;
        answer.members.emplace_back(first + lane);
    }
}

/// Counts and lists the answers of a range.
Answer answer_of(expr::RangeEvaluator& evaluator, std::uint32_t range) {
    using Lane = expr::RangeEvaluator::Lane;
    static_assert(static_cast<int>(Lane::no) == 0 && static_cast<int>(Lane::yes) == 1 &&
                  static_cast<int>(Lane::unknown) == 2 && static_cast<int>(Lane::no_customer) == 3);
    const std::span<const Lane> lanes = evaluator.truths(range);
    const std::uint32_t first = evaluator.first_ordinal(range);
    constexpr std::size_t step = 8;
    Answer answer;
    for (std::size_t lane = 0; lane < lanes.size(); lane += step) {
        add_lanes(lanes.subspan(lane, std::min(step, lanes.size() - lane)),
                  first + static_cast<std::uint32_t>(lane),
                  answer);
    }
    return answer;
}

}  // namespace

Result<Answer> ask(const PreparedQuestion& question, unsigned threads) {
    if (question.checked().expression().on) {
        return ask_by_customer(question);
    }
    const std::uint32_t ranges = columns::RangeReader(*question.view()).range_count();
    std::vector<Answer> parts(ranges);
    in_parallel(ranges, threads, [&](unsigned, const auto& next) {
        const expr::World world = question.world();
        expr::RangeEvaluator evaluator(question.view(),
                                       range_question(question, question.program(), world));
        while (const auto range = next()) {
            parts[*range] = answer_of(evaluator, *range);
        }
    });
    Answer whole;
    std::size_t members = 0;
    for (const Answer& part : parts) {
        members += part.members.size();
    }
    whole.members.reserve(members);
    for (const Answer& part : parts) {
        whole.members.insert(whole.members.end(), part.members.begin(), part.members.end());
        whole.customers += part.customers;
        whole.unknown += part.unknown;
    }
    return if_sound(question, std::move(whole));
}

Result<OccasionsAnswer> ask_occasions(const PreparedQuestion& question) {
    OccasionsAnswer answer;
    CustomerWalk walk(question.view());
    expr::Evaluator evaluator;
    const std::uint32_t count = walk.reader().ordinal_count();
    walk.each(0, count, question.at(), [&](CustomerOrdinal who, expr::Subject& subject) {
        ++answer.customers;
        for (const auto& occasion :
             evaluator.occasions(question.program(), subject, question.world(), question.at())) {
            ++answer.occasions;
            if (occasion.truth == expr::Truth::unknown) {
                ++answer.unknown;
                answer.unknown_of.push_back(who);
            }
            if (occasion.truth == expr::Truth::yes) {
                answer.members.push_back(
                    {.who = who, .at = occasion.at, .arrival = occasion.arrival});
            }
        }
    });
    return if_sound(question, std::move(answer));
}

Result<expr::Verdict> verdict(const PreparedQuestion& question, std::string_view customer) {
    CustomerWalk walk(question.view());
    const auto who = find_customer(question, walk.reader(), customer);
    if (!who) {
        return who.error();
    }
    walk.subject().move_to(*who);
    return if_sound(question,
                    expr::Evaluator().verdict(
                        question.program(), walk.subject(), question.world(), question.at()));
}

Result<expr::Explanation> explain(const PreparedQuestion& question, std::string_view customer) {
    CustomerWalk walk(question.view());
    const auto who = find_customer(question, walk.reader(), customer);
    if (!who) {
        return who.error();
    }
    walk.subject().move_to(*who);
    return if_sound(
        question,
        expr::explain(question.program(), walk.subject(), question.world(), question.at()));
}

Result<Value> value(const PreparedQuestion& question, std::string_view customer) {
    CustomerWalk walk(question.view());
    const auto who = find_customer(question, walk.reader(), customer);
    if (!who) {
        return who.error();
    }
    walk.subject().move_to(*who);
    expr::Evaluator evaluator;
    Value found = to_value(
        evaluator.value(question.program(), walk.subject(), question.world(), question.at()));
    return if_sound(question, std::move(found));
}

Result<ValueTotal> total_of(const PreparedQuestion& value_question,
                            const std::vector<CustomerOrdinal>& members) {
    CustomerWalk walk(value_question.view());
    expr::Evaluator evaluator;
    const expr::World world = value_question.world();
    ValueTotal sum;
    double lost = 0;  // Neumaier's compensation: what rounding took away
    for (const CustomerOrdinal who : members) {
        walk.subject().move_to(who);
        const Datum value =
            evaluator.value(value_question.program(), walk.subject(), world, value_question.at());
        if (value.kind() != ValueKind::number) {
            continue;
        }
        const double next = sum.total + value.number();
        const bool total_is_larger = std::abs(sum.total) >= std::abs(value.number());
        lost += total_is_larger ? (sum.total - next) + value.number()
                                : (value.number() - next) + sum.total;
        sum.total = next;
        ++sum.present;
    }
    sum.total += lost;
    return if_sound(value_question, sum);
}

std::vector<std::string> customer_ids(const std::shared_ptr<const columns::View>& view,
                                      const std::vector<CustomerOrdinal>& members) {
    const columns::Reader reader(view);
    std::vector<std::string> ids;
    ids.reserve(members.size());
    for (const CustomerOrdinal who : members) {
        ids.emplace_back(reader.customer_id(who));
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

namespace {

/// Takes the ids of members into a heap of the least `limit` ids.
void take_least_ids(const columns::Reader& reader,
                    std::span<const CustomerOrdinal> members,
                    std::size_t limit,
                    std::vector<std::string_view>& least) {
    for (const CustomerOrdinal who : members) {
        const std::string_view id = reader.customer_id(who);
        if (least.size() < limit) {
            least.push_back(id);
            std::push_heap(least.begin(), least.end());
        } else if (limit > 0 && id < least.front()) {
            std::pop_heap(least.begin(), least.end());
            least.back() = id;
            std::push_heap(least.begin(), least.end());
        }
    }
}

}  // namespace

std::vector<std::string> first_customer_ids(const std::shared_ptr<const columns::View>& view,
                                            const std::vector<CustomerOrdinal>& members,
                                            std::size_t limit,
                                            unsigned threads) {
    constexpr std::size_t at_once = 65'536;
    const std::span<const CustomerOrdinal> all(members);
    const auto pieces = static_cast<std::uint32_t>((all.size() + at_once - 1) / at_once);
    std::vector<std::vector<std::string_view>> parts(std::max(1U, threads));
    in_parallel(pieces, threads, [&](unsigned part, const auto& next) {
        const columns::Reader reader(view);
        while (const auto piece = next()) {
            const std::size_t begin = *piece * at_once;
            take_least_ids(reader,
                           all.subspan(begin, std::min(at_once, all.size() - begin)),
                           limit,
                           parts[part]);
        }
    });
    std::vector<std::string_view> least;
    for (const std::vector<std::string_view>& part : parts) {
        least.insert(least.end(), part.begin(), part.end());
    }
    std::sort(least.begin(), least.end());
    least.resize(std::min(limit, least.size()));
    return {least.begin(), least.end()};
}

}  // namespace fineline::engine
