#include "membership/timers.h"

#include <algorithm>

namespace fineline::membership {

namespace {

/// A heap keeps the greatest in front: the latest is the least.
bool later(const Timers::Fired& a, const Timers::Fired& b) {
    return a.due != b.due ? a.due > b.due : a.who > b.who;
}

constexpr std::size_t stale_max = 4096;  // below it rebuilding is not worth it

}  // namespace

void Timers::set_silently(std::uint32_t who, Instant at) {
    const Instant before = due(who);
    if (before == at) {
        return;
    }
    armed_ += before == instant_max ? 1U : 0U;
    armed_ -= at == instant_max ? 1U : 0U;
    due_.edit(who).at = at;
}

void Timers::set(std::uint32_t who, Instant at) {
    if (due(who) == at) {
        return;
    }
    set_silently(who, at);
    if (at == instant_max) {
        return;
    }
    if (heap_.size() > 2 * armed_ + stale_max) {
        rearm();
        return;
    }
    heap_.push_back({.who = who, .due = at});
    std::push_heap(heap_.begin(), heap_.end(), later);
}

void Timers::rearm() {
    heap_.clear();
    for (std::size_t who = 0; who < due_.extent(); ++who) {
        if (const Due* found = due_.find(who); found != nullptr && found->at != instant_max) {
            heap_.push_back({.who = static_cast<std::uint32_t>(who), .due = found->at});
        }
    }
    std::make_heap(heap_.begin(), heap_.end(), later);
}

void Timers::drop_stale() {
    while (!heap_.empty() && is_stale(heap_.front())) {
        std::pop_heap(heap_.begin(), heap_.end(), later);
        heap_.pop_back();
    }
}

std::optional<Timers::Fired> Timers::next(Instant now) {
    drop_stale();
    if (heap_.empty() || heap_.front().due > now) {
        return std::nullopt;
    }
    const Fired fired = heap_.front();
    set_silently(fired.who, instant_max);
    drop_stale();
    return fired;
}

Instant Timers::earliest() {
    drop_stale();
    return heap_.empty() ? instant_max : heap_.front().due;
}

/// What is due lies above everything else in the heap: nothing below an entry that is not due is.
std::uint64_t Timers::count_due(Instant now) {
    drop_stale();
    std::uint64_t count = 0;
    std::vector<std::size_t> open;
    if (!heap_.empty()) {
        open.push_back(0);
    }
    while (!open.empty()) {
        const std::size_t place = open.back();
        open.pop_back();
        if (heap_[place].due > now) {
            continue;
        }
        count += is_stale(heap_[place]) ? 0U : 1U;
        for (std::size_t child = 2 * place + 1; child <= 2 * place + 2; ++child) {
            if (child < heap_.size()) {
                open.push_back(child);
            }
        }
    }
    return count;
}

}  // namespace fineline::membership
