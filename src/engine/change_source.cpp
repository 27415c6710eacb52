#include "engine/change_source.h"

#include "columns/view_state.h"
#include "model/limits.h"

#include <algorithm>

namespace fineline::engine {

namespace {

Change name_transition(const membership::Transition& transition,
                       const columns::View& view,
                       const membership::Picture& picture) {
    Change change;
    change.number = transition.number;
    const columns::CustomersView& customers = view.state().customers;
    const std::uint32_t row = transition.who.value();
    if (row < customers.size && customers.root(row) != columns::CustomersView::erased) {
        change.customer = std::string(customers.ids->text(row));
    }
    change.segment = picture.segments[transition.segment.value()]->name;
    change.version = transition.version;
    change.direction = transition.direction;
    change.at = transition.at;
    change.cause = transition.cause;
    return change;
}

}  // namespace

void ChangeSource::add(const std::vector<membership::Transition>& transitions,
                       const std::shared_ptr<const columns::View>& view,
                       const std::shared_ptr<const membership::Picture>& picture) {
    {
        const std::lock_guard lock(mutex_);
        view_ = view;
        picture_ = picture;
        kept_.insert(kept_.end(), transitions.begin(), transitions.end());
        last_ = std::max(last_, picture->last_change);
        while (kept_.size() > kept_max_) {
            oldest_ = kept_.front().number + 1;
            kept_.pop_front();
        }
    }
    if (!transitions.empty()) {
        more_.notify_all();
    }
}

void ChangeSource::begin_at(std::uint64_t oldest) {
    const std::lock_guard lock(mutex_);
    oldest_ = std::max(oldest_, oldest);
    while (!kept_.empty() && kept_.front().number < oldest_) {
        kept_.pop_front();
    }
    last_ = std::max(last_, oldest_ - 1);
}

void ChangeSource::take_over(const ChangeSource& replayed) {
    {
        const std::lock_guard lock(mutex_);
        kept_ = replayed.kept_;
        oldest_ = replayed.oldest_;
        last_ = std::max(last_, replayed.last_);
        view_ = replayed.view_;
        picture_ = replayed.picture_;
    }
    more_.notify_all();
}

void ChangeSource::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    more_.notify_all();
}

ChangeSource::Taken ChangeSource::take(std::uint64_t number, std::size_t limit) const {
    Taken taken{.transitions = {}, .last = last_, .oldest = oldest_, .view = {}, .picture = {}};
    const auto from = std::ranges::upper_bound(kept_, number, {}, &membership::Transition::number);
    const std::size_t most = std::min({limit,
                                       limits::changes_page_max,
                                       static_cast<std::size_t>(std::distance(from, kept_.end()))});
    if (most > 0) {
        taken.transitions.assign(from, from + static_cast<std::ptrdiff_t>(most));
        taken.view = view_;
        taken.picture = picture_;
    }
    return taken;
}

/// Names what was taken; without the lock, for which the writer would have to wait.
std::vector<Change> ChangeSource::named(const Taken& taken) {
    std::vector<Change> changes;
    changes.reserve(taken.transitions.size());
    for (const membership::Transition& transition : taken.transitions) {
        changes.push_back(name_transition(transition, *taken.view, *taken.picture));
    }
    return changes;
}

Result<Changes> ChangeSource::after(std::uint64_t number, std::size_t limit) const {
    std::unique_lock lock(mutex_);
    if (number > last_) {
        return Error{ErrorCode::invalid_argument,
                     "there is no change " + std::to_string(number) + " yet; the newest is " +
                         std::to_string(last_),
                     {}};
    }
    if (number + 1 < oldest_) {
        return Error{ErrorCode::not_found,
                     "changes are kept from " + std::to_string(oldest_) +
                         " on; take the members of each segment anew, then ask for changes after " +
                         std::to_string(last_),
                     {}};
    }
    const Taken taken = take(number, limit);
    lock.unlock();
    return {{.changes = named(taken), .last = taken.last, .oldest_kept = taken.oldest}};
}

Received ChangeSource::wait(std::uint64_t number,
                            std::size_t limit,
                            std::chrono::milliseconds patience) const {
    std::unique_lock lock(mutex_);
    more_.wait_for(lock, patience, [&] {
        return stopped_ || (!kept_.empty() && kept_.back().number > number);
    });
    Received received;
    if (number + 1 < oldest_) {
        received.state = SubscriptionState::too_slow;
        return received;
    }
    const Taken taken = take(number, limit);
    if (taken.transitions.empty() && stopped_) {
        received.state = SubscriptionState::stopped;
    }
    lock.unlock();
    received.changes = named(taken);
    return received;
}

std::uint64_t ChangeSource::oldest_kept() const {
    const std::lock_guard lock(mutex_);
    return oldest_;
}

std::uint64_t ChangeSource::last() const {
    const std::lock_guard lock(mutex_);
    return last_;
}

std::size_t ChangeSource::bytes_in_memory() const {
    const std::lock_guard lock(mutex_);
    return kept_.size() * sizeof(membership::Transition);
}

std::vector<membership::Transition> ChangeSource::kept_from(std::uint64_t number,
                                                            std::size_t limit) const {
    const std::lock_guard lock(mutex_);
    const auto from = std::ranges::lower_bound(kept_, number, {}, &membership::Transition::number);
    const auto found = std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(limit),
                                                std::distance(from, kept_.end()));
    return {from, from + found};
}

}  // namespace fineline::engine
