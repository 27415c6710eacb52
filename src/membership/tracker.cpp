#include "membership/tracker.h"

#include "base/require.h"
#include "columns/view_state.h"
#include "membership/printed.h"
#include "model/limits.h"

#include <algorithm>
#include <chrono>
#include <numeric>

// The clock's part: what runs out, and what a verdict does to a membership.

namespace fineline::membership {

namespace {

/// How many verdicts of one segment are followed one by one when a timer is late; then the present
/// is evaluated. Bounds what a customer costs who changes by the minute after a week's silence.
constexpr int verdicts_followed_max = 16;

}  // namespace

void Tracker::start(const std::shared_ptr<const columns::View>& view, Instant now) {
    now_ = now;
    look_at(view);
    index_accounts();
    for (std::uint32_t who = 0; who < reader_->ordinal_count(); ++who) {
        const bool exists = reader_->exists(CustomerOrdinal(who), now_);
        set_known(who, exists);
        timers_.set_silently(who, exists ? instant_max : first_seen(who));
    }
    timers_.rearm();
}

void Tracker::begin_step(Instant now, std::size_t due_max) {
    if (now > now_) {
        sample_sizes(now);
        now_ = now;
    }
    if (reader_ != nullptr) {
        drain(due_max);
    }
}

/// When the hour changes, the sizes as they stood belong to the hour that ends.
void Tracker::sample_sizes(Instant now) {
    if (std::chrono::floor<std::chrono::hours>(now) ==
        std::chrono::floor<std::chrono::hours>(now_)) {
        return;
    }
    for (Slot& slot : slots_) {
        const std::uint64_t count = slot.members.count();
        if (slot.active == nullptr ||
            (!slot.sizes->empty() && slot.sizes->back().members == count)) {
            continue;
        }
        auto sizes = std::make_shared<std::vector<Size>>(*slot.sizes);
        if (sizes->size() == limits::size_points_max) {
            sizes->erase(sizes->begin());
        }
        sizes->push_back({.at = now_, .members = count});
        slot.sizes = std::move(sizes);
        slot.published = nullptr;
    }
}

void Tracker::drain(std::size_t due_max) {
    fired_.clear();
    while (fired_.size() < due_max) {
        const auto fired = timers_.next(now_);
        if (!fired) {
            break;
        }
        fired_.push_back(*fired);
    }
    for (std::size_t i = 0; i < fired_.size(); ++i) {
        if (i % read_ahead_customers == 0) {
            const std::size_t end = std::min(fired_.size(), i + read_ahead_customers);
            for (std::size_t ahead = i; ahead < end; ++ahead) {
                read_ahead(fired_[ahead].who);
            }
        }
        fire(fired_[i].who, fired_[i].due);
    }
}

/// Brings into the cache what evaluating the customer will read first.
void Tracker::read_ahead(std::uint32_t who) const {
    timers_.read_ahead(who);
    dues_.read_ahead(who);
    memberships_.read_ahead(who);
    view_->state().customers.read_ahead(who);
}

void Tracker::fire(std::uint32_t who, Instant due) {
    if (!reader_->exists(CustomerOrdinal(who), now_)) {
        timers_.set(who, first_seen(who));
        return;
    }
    const bool is_new = !is_known(who);
    if (is_new) {
        note_touched(who);  // was no customer when the rebuild began
        set_known(who, true);
    }
    subject_->move_to(CustomerOrdinal(who));
    chosen_.clear();
    if (is_new) {
        choose_all();
    } else {
        choose_due(who);
    }
    const std::size_t first = transitions_.size();
    for (const std::uint32_t place : chosen_) {
        const std::uint32_t slot = order_[place];
        run_forward(slots_[slot], who, is_new ? due : dues_.at(slot, who));
    }
    const auto begin = transitions_.begin() + static_cast<std::ptrdiff_t>(first);
    std::stable_sort(begin, transitions_.end(), [](const Transition& a, const Transition& b) {
        return a.at < b.at;
    });
    std::uint64_t number = last_change_ - (transitions_.size() - first);
    for (auto transition = begin; transition != transitions_.end(); ++transition) {
        transition->number = ++number;
    }
    timers_.set(who, dues_.earliest(who));
}

/// Goes from one verdict to the next up to now, so that each change is told with its own instant.
void Tracker::run_forward(Slot& slot, std::uint32_t who, Instant due) {
    Instant at = due;
    for (int i = 0; i < verdicts_followed_max; ++i) {
        const expr::Verdict verdict = evaluate(slot, at);
        hold(slot, who, verdict, {.at = at, .who = CustomerOrdinal(who), .cause = Cause::clock});
        if (verdict.holds_until > now_) {
            return;
        }
        at = std::max(at + Duration{1}, verdict.holds_until);
    }
    hold(slot,
         who,
         evaluate(slot, now_),
         {.at = now_, .who = CustomerOrdinal(who), .cause = Cause::clock});
}

expr::Verdict Tracker::evaluate(const Slot& slot, Instant at) {
    ++evaluations_;
    const expr::World world = world_of(*slot.active, *thresholds_);
    return evaluator_.verdict(*slot.active->program, *subject_, world, at);
}

void Tracker::hold(Slot& slot,
                   std::uint32_t who,
                   const expr::Verdict& verdict,
                   Transition transition) {
    const bool is_in = verdict.truth == expr::Truth::yes;
    if (is_in != memberships_.has(slot.active->slot.value(), who)) {
        transition.direction = is_in ? Direction::entered : Direction::left;
        if (is_in) {
            enter(slot, who, transition.at);
        } else {
            leave(slot, who);
        }
        emit(slot, printed_row(view_->state().customers, who), transition);
    }
    dues_.set(slot.active->slot.value(), who, verdict.holds_until);
}

void Tracker::enter(Slot& slot, std::uint32_t who, Instant at) {
    slot.members.enter(who, at);
    memberships_.set(slot.active->slot.value(), who, true);
}

void Tracker::leave(Slot& slot, std::uint32_t who) {
    slot.members.leave(who);
    memberships_.set(slot.active->slot.value(), who, false);
}

void Tracker::emit(Slot& slot, std::uint32_t printed, Transition transition) {
    require(slot.active != nullptr, "a segment that does not serve has no transitions");
    transition.number = ++last_change_;
    transition.who = CustomerOrdinal(printed);
    transition.segment = slot.active->slot;
    if (transition.version == 0) {
        transition.version = slot.active->definition.version;
    }
    transitions_.push_back(transition);
    slot.published = nullptr;
}

/// Chooses each of the places once, and stamps them.
void Tracker::choose_changed(std::span<const Places* const> changed) {
    ++stamp_;
    for (const Places* places : changed) {
        for (const std::uint32_t place : *places) {
            if (stamps_[place] != stamp_) {
                stamps_[place] = stamp_;
                chosen_.push_back(place);
            }
        }
    }
    if (changed.size() > 1) {
        std::ranges::sort(chosen_);
    }
}

/// Chooses what has run out and is not chosen already.
void Tracker::choose_due(std::uint32_t who) {
    const std::size_t before = chosen_.size();
    dues_.for_each_due(who, now_, [&](std::uint32_t slot) {
        const std::uint32_t place = slot < places_.size() ? places_[slot] : nowhere;
        if (place != nowhere && (before == 0 || stamps_[place] != stamp_)) {
            chosen_.push_back(place);
        }
    });
    if (chosen_.size() > before) {
        std::ranges::sort(chosen_);
    }
}

void Tracker::choose_all() {
    chosen_.resize(order_.size());
    std::iota(chosen_.begin(), chosen_.end(), 0U);
}

/// Evaluates the segments at these places, and those that have run out, as of now.
void Tracker::renew(std::uint32_t who, std::span<const Places* const> changed, Cause cause) {
    const Instant before = timers_.due(who);
    if (!reader_->exists(CustomerOrdinal(who), now_)) {
        timers_.set(who, first_seen(who));
        return;
    }
    const bool is_new = !is_known(who);
    set_known(who, true);
    subject_->move_to(CustomerOrdinal(who));
    chosen_.clear();
    choose_changed(changed);
    if (is_new) {
        choose_all();
    } else if (before <= now_) {
        choose_due(who);
    }
    bool rescan = is_new;
    Instant least = instant_max;
    for (const std::uint32_t place : chosen_) {
        Slot& slot = slots_[order_[place]];
        rescan = rescan || (before != instant_max && dues_.at(order_[place], who) == before);
        const expr::Verdict verdict = evaluate(slot, now_);
        const bool is_changed = is_new || stamps_[place] == stamp_;
        const Cause why = is_changed ? cause : Cause::clock;
        hold(slot, who, verdict, {.at = now_, .who = CustomerOrdinal(who), .cause = why});
        least = std::min(least, verdict.holds_until);
    }
    timers_.set(who, rescan ? dues_.earliest(who) : std::min(before, least));
}

/// When one who is no customer yet becomes one; never for rows that were merged away or erased.
Instant Tracker::first_seen(std::uint32_t who) const {
    const columns::CustomersView& customers = view_->state().customers;
    return who < customers.size && customers.root(who) == who ? customers.earliest_of(who)
                                                              : instant_max;
}

bool Tracker::is_known(std::uint32_t who) const {
    return who < known_.size() && known_[who];
}

void Tracker::set_known(std::uint32_t who, bool known) {
    if (who >= known_.size()) {
        known_.resize(std::max<std::size_t>(who + 1, known_.size() * 2));
    }
    known_[who] = known;
}

std::vector<Transition> Tracker::take_transitions() {
    return std::exchange(transitions_, {});
}

void Tracker::skip_changes_to(std::uint64_t number) {
    last_change_ = std::max(last_change_, number);
}

std::shared_ptr<const Picture> Tracker::publish() {
    dues_.collect();  // of which a snapshot is taken for a checkpoint only
    auto picture = std::make_shared<Picture>();
    picture->segments.reserve(slots_.size());
    for (Slot& slot : slots_) {
        if (slot.published == nullptr) {
            slot.published = std::make_shared<SegmentPicture>(
                SegmentPicture{.name = slot.name,
                               .active = slot.active,
                               .since = slot.members.since_snapshot(),
                               .count = slot.members.count(),
                               .sizes = slot.sizes});
        }
        picture->segments.push_back(slot.published);
    }
    picture->order = order_;
    picture->due = timers_.snapshot();
    picture->memberships = memberships_.snapshot();
    picture->thresholds = thresholds_;
    picture->portfolio = portfolio_;
    picture->rebuild = rebuild_;
    picture->failures = failures_;
    picture->as_of = now_;
    picture->last_change = last_change_;
    return picture;
}

Instant Tracker::oldest_thresholds() const {
    Instant oldest = instant_max;
    for (const std::uint32_t place : order_) {
        for (const std::string& operand : slots_[place].active->operands) {
            const auto found = thresholds_->computed_at.find(operand);
            oldest =
                found == thresholds_->computed_at.end() ? oldest : std::min(oldest, found->second);
        }
    }
    return oldest;
}

std::size_t Tracker::bytes_in_memory() const {
    std::size_t sum = timers_.bytes() + dues_.bytes() + memberships_.bytes() + known_.size() / 8;
    for (const Slot& slot : slots_) {
        sum += slot.members.bytes();
    }
    return sum;
}

}  // namespace fineline::membership
