#include "engine/live_view.h"

#include "base/text.h"
#include "columns/view_state.h"
#include "engine/live_view_state.h"
#include "expr/view_subject.h"
#include "model/limits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace fineline::engine {

namespace {

using membership::ActiveSegment;
using membership::Definition;
using membership::member_since;
using membership::Picture;
using membership::SegmentPicture;

const SegmentPicture* find_picture(const Picture& picture, std::string_view name) {
    for (const auto& segment : picture.segments) {
        if (segment->name == name) {
            return segment.get();
        }
    }
    return nullptr;
}

Error unknown_segment(const Picture& picture, std::string_view name) {
    std::vector<std::string_view> names;
    for (const Definition& definition : picture.portfolio->segments) {
        names.push_back(definition.name);
    }
    const std::string_view near = nearest(name, names);
    return Error{ErrorCode::not_found,
                 "no segment '" + std::string(name) + "'" +
                     (near.empty() ? "" : ": did you mean '" + std::string(near) + "'?"),
                 {}};
}

Instant oldest_thresholds(const ActiveSegment& active, const Picture& picture) {
    Instant oldest = instant_max;
    for (const std::string& operand : active.operands) {
        const auto found = picture.thresholds->computed_at.find(operand);
        if (found != picture.thresholds->computed_at.end()) {
            oldest = std::min(oldest, found->second);
        }
    }
    return oldest == instant_max ? instant_min : oldest;
}

std::vector<std::string> references(const Definition& definition) {
    return definition.checked == nullptr ? std::vector<std::string>()
                                         : definition.checked->dependencies().segments;
}

std::vector<std::string> dependants(const Picture& picture, std::string_view name) {
    std::vector<std::string> names;
    for (const Definition& other : picture.portfolio->segments) {
        const std::vector<std::string> refers_to = references(other);
        if (std::ranges::find(refers_to, name) != refers_to.end()) {
            names.push_back(other.name);
        }
    }
    std::ranges::sort(names);
    return names;
}

bool is_being_rebuilt(const Picture& picture, std::string_view name) {
    return picture.rebuild != nullptr &&
           std::ranges::any_of(picture.rebuild->segments,
                               [&](const membership::RebuiltSegment& segment) {
                                   return segment.definition.name == name;
                               });
}

LiveSegment describe(const Picture& picture, const Definition& newest) {
    LiveSegment described;
    described.name = newest.name;
    described.newest_version = newest.version;
    described.text = newest.text;
    described.warnings = newest.warnings;
    const SegmentPicture* held = find_picture(picture, newest.name);
    if (held != nullptr && held->active != nullptr) {
        described.version = held->active->definition.version;
        described.text = held->active->definition.text;
        described.warnings = held->active->definition.warnings;
        described.members = held->count;
        described.since = held->active->since;
        described.thresholds_at = oldest_thresholds(*held->active, picture);
    }
    const auto failure = picture.failures.find(newest.name);
    if (failure != picture.failures.end()) {
        described.state = SegmentState::failed;
        described.error = failure->second;
    } else if (is_being_rebuilt(picture, newest.name)) {
        described.state = SegmentState::backfilling;
        described.progress_percent = picture.rebuild->progress_percent();
    }
    described.refers_to = references(newest);
    described.dependants = dependants(picture, newest.name);
    return described;
}

/// Evaluates everything for one customer as of `now`: what is held has run out.
void evaluate_now(const LiveViewState& state,
                  CustomerOrdinal who,
                  Instant now,
                  CustomerSegments& answer) {
    columns::Reader reader(state.columns);
    expr::ViewSubject subject(reader);
    subject.move_to(who);
    expr::Evaluator evaluator;
    for (const std::uint32_t slot : state.picture->order) {
        const SegmentPicture& held = *state.picture->segments[slot];
        const expr::World world = membership::world_of(*held.active, *state.picture->thresholds);
        const expr::Verdict verdict = evaluator.verdict(*held.active->program, subject, world, now);
        answer.holds_until = std::min(answer.holds_until, verdict.holds_until);
        if (verdict.truth != expr::Truth::yes) {
            continue;
        }
        const std::uint32_t since = member_since(held.since, who.value());
        answer.segments.push_back(
            {.segment = held.name,
             .version = held.active->definition.version,
             .since = since == 0 ? now : Instant(std::chrono::seconds(since))});
    }
}

/// A segment somebody is in, and where it stands since when.
struct Held {
    const SegmentPicture* segment = nullptr;
    const std::uint32_t* since = nullptr;
};

/// What is held of a customer. All of it lies anywhere in memory, so it is asked for before any of
/// it is read: the cache misses overlap.
void read_held(const LiveViewState& state, std::uint32_t who, CustomerSegments& answer) {
    std::array<Held, 64> ahead;
    std::size_t count = 0;
    const auto read = [&] {
        answer.segments.reserve(answer.segments.size() + count);
        for (const Held& held : std::span(ahead).first(count)) {
            answer.segments.push_back(
                {.segment = held.segment->name,
                 .version = held.segment->active->definition.version,
                 .since = Instant(std::chrono::seconds(held.since == nullptr ? 0 : *held.since))});
        }
        count = 0;
    };
    state.picture->memberships.for_each(who, [&](std::uint32_t slot) {
        if (count == ahead.size()) {
            read();
        }
        const SegmentPicture& segment = *state.picture->segments[slot];
        const std::uint32_t* since = segment.since.find(who);
        __builtin_prefetch(since);
        ahead[count++] = {.segment = &segment, .since = since};
    });
    read();
}

}  // namespace

LiveView::LiveView(std::unique_ptr<const LiveViewState> state) : state_(std::move(state)) {}

LiveView::~LiveView() = default;

const std::shared_ptr<const columns::View>& LiveView::columns() const {
    return state_->columns;
}

Position LiveView::position() const {
    return state_->columns->position();
}

Instant LiveView::as_of() const {
    return state_->picture->as_of;
}

Instant LiveView::event_watermark() const {
    return state_->event_watermark;
}

Duration LiveView::due_lag(Instant now) const {
    return std::max(Duration(0), now - std::min(now, state_->next_due));
}

std::uint64_t LiveView::last_change() const {
    return state_->picture->last_change;
}

std::uint64_t LiveView::portfolio_version() const {
    return state_->picture->portfolio->version;
}

std::vector<LiveSegment> LiveView::segments() const {
    std::vector<LiveSegment> all;
    for (const Definition& definition : state_->picture->portfolio->segments) {
        all.push_back(describe(*state_->picture, definition));
    }
    std::ranges::sort(all, {}, &LiveSegment::name);
    return all;
}

Result<LiveSegment> LiveView::segment(std::string_view name) const {
    const Definition* definition = state_->picture->portfolio->find(name);
    if (definition == nullptr) {
        return unknown_segment(*state_->picture, name);
    }
    return describe(*state_->picture, *definition);
}

Result<MemberPage> LiveView::members(std::string_view segment,
                                     std::string_view cursor,
                                     std::size_t limit) const {
    if (state_->picture->portfolio->find(segment) == nullptr) {
        return unknown_segment(*state_->picture, segment);
    }
    std::uint32_t next = 0;
    const char* end = cursor.data() + cursor.size();
    const auto [stopped, failed] = std::from_chars(cursor.data(), end, next);
    if (!cursor.empty() && (failed != std::errc() || stopped != end)) {
        return Error{
            ErrorCode::invalid_argument,
            "a cursor is what the page before called next, not '" + std::string(cursor) + "'",
            {}};
    }
    MemberPage page;
    const SegmentPicture* held = find_picture(*state_->picture, segment);
    if (held == nullptr) {
        return page;
    }
    limit = std::clamp<std::size_t>(limit, 1, limits::member_page_max);
    const columns::Reader reader(state_->columns);
    for (; next < held->since.extent(); ++next) {
        const std::uint32_t since = member_since(held->since, next);
        if (since == 0) {
            continue;
        }
        if (page.members.size() == limit) {
            page.next = std::to_string(next);
            return page;
        }
        page.members.push_back({.customer = std::string(reader.customer_id(CustomerOrdinal(next))),
                                .since = Instant(std::chrono::seconds(since))});
    }
    return page;
}

Result<std::vector<CustomerOrdinal>> LiveView::member_ordinals(std::string_view segment) const {
    const SegmentPicture* held = find_picture(*state_->picture, segment);
    if (held == nullptr) {
        return unknown_segment(*state_->picture, segment);
    }
    std::vector<CustomerOrdinal> members;
    members.reserve(held->count);
    for (std::uint32_t who = 0; who < held->since.extent(); ++who) {
        if (member_since(held->since, who) != 0) {
            members.emplace_back(who);
        }
    }
    return members;
}

Result<std::vector<SizePoint>> LiveView::sizes(std::string_view segment) const {
    const SegmentPicture* held = find_picture(*state_->picture, segment);
    if (held == nullptr) {
        return unknown_segment(*state_->picture, segment);
    }
    std::vector<SizePoint> points;
    for (const membership::Size& size : *held->sizes) {
        points.push_back({.at = size.at, .members = size.members});
    }
    points.push_back({.at = state_->picture->as_of, .members = held->count});
    return points;
}

Result<CustomerSegments> LiveView::lookup(std::string_view customer, Instant now) const {
    // Without a Reader, whose cursors nothing here needs.
    const columns::CustomersView& customers = state_->columns->state().customers;
    const auto found = customers.ids->find_in(
        *customers.slots, customer, columns::TextKind::string, customers.size);
    if (found) {
        // Nearly everybody is his own root: what follows is asked for before it is known.
        customers.read_ahead(*found);
        state_->picture->memberships.read_ahead(*found);
        __builtin_prefetch(state_->picture->due.find(*found));
    }
    const std::uint32_t who = found ? customers.root(*found) : columns::CustomersView::erased;
    const membership::Due* due = state_->picture->due.find(who);
    if (customers.earliest_of(who) > now) {
        return Error{ErrorCode::not_found, "no customer '" + std::string(customer) + "'", {}};
    }
    CustomerSegments answer;
    answer.customer = std::string(customers.least_id(who));
    answer.as_of = std::max(now, as_of());
    answer.holds_until = instant_max;
    if (due != nullptr && due->at <= answer.as_of) {
        evaluate_now(*state_, CustomerOrdinal(who), answer.as_of, answer);
    } else {
        answer.holds_until = due == nullptr ? instant_max : due->at;
        read_held(*state_, who, answer);
    }
    std::ranges::sort(answer.segments, {}, &CustomerSegment::segment);
    return answer;
}

}  // namespace fineline::engine
