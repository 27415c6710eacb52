#include "study/panel.h"

#include "base/random.h"
#include "engine/question.h"
#include "expr/parse.h"
#include "expr/view_subject.h"
#include "study/statistics/parallel.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace fineline::study {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// The stream of draws that picks customers where not all can be looked at.
constexpr std::uint64_t sample_stream = 2;

double number_of(const Datum& value) {
    switch (value.kind()) {
        case ValueKind::number: return value.number();
        case ValueKind::boolean: return value.boolean() ? 1 : 0;
        case ValueKind::duration: return static_cast<double>(value.duration().count()) / 86'400e6;
        case ValueKind::timestamp:
        case ValueKind::missing:
        case ValueKind::string:
        case ValueKind::list:
        case ValueKind::withheld: break;
    }
    return missing;
}

/// The questions of one snapshot, ready to run.
struct Questions {
    std::optional<engine::PreparedQuestion> metric;
    std::optional<engine::PreparedQuestion> population;
    std::optional<engine::PreparedQuestion> consent;
    std::vector<engine::PreparedQuestion> features;
    std::vector<engine::PreparedQuestion> segments;
};

/// What is looked at at a snapshot: the columns that tell what came, and those that tell what was
/// known, the same unless it is asked for as it was known.
struct Columns {
    std::shared_ptr<const columns::View> outcome;
    std::shared_ptr<const columns::View> known;

    [[nodiscard]] bool differ() const { return known != outcome; }
};

/// Prepares questions at one snapshot.
class Preparation {
  public:
    Preparation(const Columns& columns, const PanelRequest& request, Instant at)
        : columns_(columns), view_(columns.known), request_(request), at_(at) {}

    [[nodiscard]] Result<Questions> run() {
        const Purpose& purpose = *request_.purpose;
        Questions questions;
        if (auto made = one(purpose.population, expr::Use::segment, questions.population); !made) {
            return made.error();
        }
        if (purpose.consent) {
            const expr::ConsentRef consents{*purpose.consent};
            const std::string text = expr::print(expr::Node{consents, {}});
            // Whoever has withdrawn by what is known today is not read, whenever it was learned.
            view_ = columns_.outcome;
            if (auto made = one(text, expr::Use::segment, questions.consent); !made) {
                return made.error();
            }
        }
        consent_ = purpose.consent;  // from here on thresholds are of those who may be read
        view_ = columns_.outcome;
        if (auto made = one(purpose.metric, expr::Use::metric, questions.metric); !made) {
            return made.error();
        }
        view_ = columns_.known;
        if (auto made = all(request_.features, expr::Use::value, questions.features); !made) {
            return made.error();
        }
        if (auto made = all(request_.segments, expr::Use::segment, questions.segments); !made) {
            return made.error();
        }
        return questions;
    }

  private:
    Status one(const std::string& text,
               expr::Use use,
               std::optional<engine::PreparedQuestion>& question) {
        auto prepared = engine::PreparedQuestion::prepare(
            view_,
            {.text = text, .at = at_, .purpose = consent_, .threads = request_.threads},
            use);
        if (!prepared) {
            return Error{prepared.error().code, "'" + text + "': " + prepared.error().message, {}};
        }
        question = std::move(*prepared);
        return done;
    }

    Status all(const std::vector<std::string>& texts,
               expr::Use use,
               std::vector<engine::PreparedQuestion>& questions) {
        for (const std::string& text : texts) {
            std::optional<engine::PreparedQuestion> question;
            if (auto made = one(text, use, question); !made) {
                return made;
            }
            questions.push_back(std::move(*question));
        }
        return done;
    }

    const Columns& columns_;
    std::shared_ptr<const columns::View> view_;  ///< that the next question is put to
    const PanelRequest& request_;
    Instant at_;
    std::optional<std::string> consent_;
};

/// What one thread found over its share of the customers.
struct Share {
    std::vector<CustomerOrdinal> who;
    std::vector<double> outcome;
    std::vector<double> features;     ///< by row
    std::vector<std::uint64_t> bits;  ///< by row
    Panel::Excluded excluded;
    std::vector<std::uint64_t> unreachable;
};

/// A question's program with its world, made once a pass.
struct Runnable {
    Runnable(const engine::PreparedQuestion& question, const Purpose& purpose)
        : program(&question.program()), world(question.world()) {
        world.no_record_is_granted = purpose.no_record_is_granted;
    }

    /// The same for everybody, consent or not: for counts only.
    [[nodiscard]] Runnable for_everybody() const {
        Runnable open = *this;
        open.world.purpose.reset();
        return open;
    }

    const expr::Program* program;
    expr::World world;
};

std::vector<Runnable> runnables(const std::vector<engine::PreparedQuestion>& questions,
                                const Purpose& purpose) {
    std::vector<Runnable> all;
    all.reserve(questions.size());
    for (const auto& question : questions) {
        all.emplace_back(question, purpose);
    }
    return all;
}

/// Looks at customers at one snapshot. One thread at a time.
class Pass {
  public:
    Pass(const Columns& columns,
         const PanelRequest& request,
         const Questions& questions,
         Instant at)
        : reader_(columns.outcome),
          subject_(reader_),
          request_(request),
          at_(at),
          metric_(*questions.metric, *request.purpose),
          population_(*questions.population, *request.purpose),
          features_(runnables(questions.features, *request.purpose)),
          segments_(runnables(questions.segments, *request.purpose)) {
        if (questions.consent) {
            consent_.emplace(*questions.consent, *request.purpose);
        }
        if (columns.differ()) {
            then_.emplace(columns.known);
        }
    }

    [[nodiscard]] Share run(std::uint32_t begin, std::uint32_t end) {
        Share share;
        share.unreachable.resize(segments_.size());
        for (std::uint32_t i = begin; i < end; ++i) {
            const CustomerOrdinal who{i};
            const Protocol& protocol = *request_.protocol;
            const bool drawn =
                protocol.customers_share >= 1 ||
                customer_draw(protocol.seed, sample_stream, i) < protocol.customers_share;
            if (!drawn || !reader_.exists(who, at_)) {
                continue;
            }
            subject_.move_to(who);
            if (!then_ || move_to_then(who, share)) {
                look_at(who, share);
            }
        }
        return share;
    }

  private:
    /// Customers as they were known at the snapshot.
    struct Then {
        explicit Then(const std::shared_ptr<const columns::View>& known)
            : reader(known), subject(reader), position(known->position().value()) {}

        columns::Reader reader;
        expr::ViewSubject subject;
        std::uint64_t position;
    };

    [[nodiscard]] expr::ViewSubject& known() { return then_ ? then_->subject : subject_; }

    [[nodiscard]] expr::Truth truth(const Runnable& question) {
        return evaluator_.truth(*question.program, known(), question.world, at_);
    }

    /// Finds the customer among those who were known; false if it was not one customer then.
    [[nodiscard]] bool move_to_then(CustomerOrdinal who, Share& share) {
        if (reader_.merged_by(who) > then_->position) {
            ++share.excluded.merged_since;
            return false;
        }
        const auto same = then_->reader.find_customer(reader_.customer_id(who));
        if (!same || !then_->reader.exists(*same, at_)) {
            ++share.excluded.unknown_then;
            return false;
        }
        then_->subject.move_to(*same);
        return true;
    }

    void look_at(CustomerOrdinal who, Share& share) {
        if (truth(population_) != expr::Truth::yes) {
            return;
        }
        if (consent_ && !may_read(share)) {
            for (std::size_t s = 0; s < segments_.size(); ++s) {
                share.unreachable[s] +=
                    truth(segments_[s].for_everybody()) == expr::Truth::yes ? 1U : 0U;
            }
            return;
        }
        const double outcome =
            number_of(evaluator_.value(*metric_.program, subject_, metric_.world, at_));
        if (!(outcome == outcome)) {
            ++share.excluded.without_metric;
            return;
        }
        share.who.push_back(who);
        share.outcome.push_back(outcome);
        for (const Runnable& feature : features_) {
            share.features.push_back(
                number_of(evaluator_.value(*feature.program, known(), feature.world, at_)));
        }
        const std::size_t first = share.bits.size();
        share.bits.resize(first + (segments_.size() + 63) / 64);
        for (std::size_t s = 0; s < segments_.size(); ++s) {
            if (truth(segments_[s]) == expr::Truth::yes) {
                share.bits[first + s / 64] |= std::uint64_t{1} << (s % 64);
            }
        }
    }

    [[nodiscard]] bool may_read(Share& share) {
        const expr::Truth granted =
            evaluator_.truth(*consent_->program, subject_, consent_->world, at_);
        const bool unasked = granted == expr::Truth::unknown;
        share.excluded.no_record += unasked ? 1U : 0U;
        if (granted == expr::Truth::yes || (unasked && request_.purpose->no_record_is_granted)) {
            return true;
        }
        ++share.excluded.unreachable;
        return false;
    }

    columns::Reader reader_;
    expr::ViewSubject subject_;
    std::optional<Then> then_;
    expr::Evaluator evaluator_;
    const PanelRequest& request_;
    Instant at_;
    Runnable metric_;
    Runnable population_;
    std::optional<Runnable> consent_;
    std::vector<Runnable> features_;
    std::vector<Runnable> segments_;
};

/// Appends what one share of a snapshot found; shares come in order of customers.
void append(const Share& share, std::size_t snapshot, const PanelRequest& request, Panel& panel) {
    const std::size_t features = request.features.size();
    const std::size_t words = panel.sets.words();
    std::vector<std::uint64_t> bits(words);
    const bool is_last = snapshot + 1 == request.protocol->snapshots.size();
    for (std::size_t row = 0; row < share.who.size(); ++row) {
        panel.who.push_back(share.who[row]);
        panel.snapshot.push_back(static_cast<std::uint32_t>(snapshot));
        panel.role.push_back(request.protocol->role(snapshot, share.who[row].value()));
        panel.outcome.push_back(share.outcome[row]);
        for (std::size_t f = 0; f < features; ++f) {
            panel.features[f].push_back(share.features[row * features + f]);
        }
        std::copy_n(
            share.bits.begin() + static_cast<std::ptrdiff_t>(row * words), words, bits.begin());
        panel.set.push_back(panel.sets.intern(bits));
        for (std::size_t s = 0; is_last && s < request.segments.size(); ++s) {
            panel.members_reachable[s] += bits[s / 64] >> (s % 64) & 1U;
        }
    }
    Panel::Excluded& excluded = panel.excluded[snapshot];
    excluded.unreachable += share.excluded.unreachable;
    excluded.no_record += share.excluded.no_record;
    excluded.without_metric += share.excluded.without_metric;
    excluded.unknown_then += share.excluded.unknown_then;
    excluded.merged_since += share.excluded.merged_since;
    for (std::size_t s = 0; is_last && s < request.segments.size(); ++s) {
        panel.members_unreachable[s] += share.unreachable[s];
    }
}

Status add_snapshot(const std::shared_ptr<const columns::View>& view,
                    const PanelRequest& request,
                    std::size_t snapshot,
                    Panel& panel) {
    const Instant at = request.protocol->snapshots[snapshot];
    Columns looked_at{.outcome = view, .known = view};
    if (request.as_known) {
        auto known = request.as_known(at);
        if (!known) {
            return known.error();
        }
        looked_at.known = std::move(*known);
    }
    const auto questions = Preparation(looked_at, request, at).run();
    if (!questions) {
        return questions.error();
    }
    const std::uint32_t count = columns::Reader(view).ordinal_count();
    const unsigned parts = std::max(1U, request.threads);
    const std::uint32_t step = count / parts + 1;
    std::vector<Share> shares(parts);
    for_each_index(parts, parts, [&](std::size_t part) {
        const auto begin = std::min(count, static_cast<std::uint32_t>(part) * step);
        shares[part] =
            Pass(looked_at, request, *questions, at).run(begin, std::min(count, begin + step));
    });
    for (const Share& share : shares) {
        append(share, snapshot, request, panel);
    }
    return view->health();
}

}  // namespace

std::uint32_t MembershipSets::intern(const std::vector<std::uint64_t>& bits) {
    if (slots_.size() < 2 * (sets_.size() + 1)) {
        slots_.assign(std::max<std::size_t>(64, slots_.size() * 2), 0);
        for (std::uint32_t set = 0; set < sets_.size(); ++set) {
            std::uint64_t slot = hash_of(sets_[set]);
            while (slots_[slot % slots_.size()] != 0) {
                ++slot;
            }
            slots_[slot % slots_.size()] = set + 1;
        }
    }
    std::uint64_t slot = hash_of(bits);
    while (slots_[slot % slots_.size()] != 0) {
        const std::uint32_t set = slots_[slot % slots_.size()] - 1;
        if (sets_[set] == bits) {
            return set;
        }
        ++slot;
    }
    sets_.push_back(bits);
    slots_[slot % slots_.size()] = static_cast<std::uint32_t>(sets_.size());
    return static_cast<std::uint32_t>(sets_.size() - 1);
}

std::uint64_t MembershipSets::hash_of(const std::vector<std::uint64_t>& bits) {
    std::uint64_t hash = 0;
    for (const std::uint64_t word : bits) {
        hash = Random(hash ^ word).next();
    }
    return hash;
}

std::vector<std::uint32_t> Panel::rows_of(Role wanted, std::size_t rotation) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t row = 0; row < rows(); ++row) {
        if (rotated(role[row], rotation) == wanted) {
            found.push_back(row);
        }
    }
    return found;
}

Result<Panel> build_panel(const std::shared_ptr<const columns::View>& view,
                          const PanelRequest& request) {
    const std::size_t snapshots = request.protocol->snapshots.size();
    Panel panel;
    panel.sets = MembershipSets(request.segments.size());
    panel.features.resize(request.features.size());
    panel.excluded.resize(snapshots);
    panel.members_reachable.resize(request.segments.size());
    panel.members_unreachable.resize(request.segments.size());
    for (std::size_t snapshot = 0; snapshot < snapshots; ++snapshot) {
        if (request.progress && !request.progress(snapshot, snapshots)) {
            return Error{ErrorCode::unavailable, "stopped before anything was changed", {}};
        }
        if (auto added = add_snapshot(view, request, snapshot, panel); !added) {
            return added.error();
        }
    }
    return panel;
}

}  // namespace fineline::study
