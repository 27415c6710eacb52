#include "base/require.h"
#include "columns/view_state.h"
#include "membership/printed.h"
#include "membership/tracker.h"

#include <algorithm>

// The portfolio's part: what is defined, computing it in the background, and letting it serve.

namespace fineline::membership {

namespace {

using Wanted = std::map<std::string, Cause, std::less<>>;

Wanted wanted_by(const Rebuild* rebuild) {
    Wanted wanted;
    if (rebuild != nullptr) {
        for (const RebuiltSegment& segment : rebuild->segments) {
            wanted.emplace(segment.definition.name, segment.cause);
        }
    }
    return wanted;
}

/// The first reference of a definition that cannot be used.
std::optional<std::string> broken_reference(const Definition& definition,
                                            const Reads::Names& usable) {
    for (const std::string& name : definition.checked->dependencies().segments) {
        if (!usable.contains(name)) {
            return name;
        }
    }
    return std::nullopt;
}

std::vector<std::string> operands_of(const expr::Program& program) {
    std::vector<std::string> texts;
    for (const expr::PopulationOperand& operand : expr::population_operands(program)) {
        texts.push_back(operand.text);
    }
    return texts;
}

}  // namespace

void Tracker::define(std::shared_ptr<const Portfolio> portfolio) {
    portfolio_ = std::move(portfolio);
    failures_.clear();
    archive_missing();
    Wanted wanted = wanted_by(rebuild_.get());
    bool renews = rebuild_ != nullptr && rebuild_->renews_thresholds;
    std::erase_if(wanted, [&](const auto& one) { return portfolio_->find(one.first) == nullptr; });
    for (const Definition& definition : portfolio_->segments) {
        Slot& slot = slots_[slot_of(definition.name).value()];
        if (definition.checked == nullptr) {
            failures_[definition.name] = definition.error;
        } else if (slot.active == nullptr ||
                   slot.active->definition.version != definition.version) {
            wanted.insert_or_assign(definition.name, Cause::definition);
        } else if (slot.active->settings != portfolio_->settings) {
            wanted.emplace(definition.name, Cause::settings);
            renews = true;
        }
    }
    plan(std::move(wanted), renews);
}

void Tracker::renew_thresholds() {
    Wanted wanted = wanted_by(rebuild_.get());
    for (const std::uint32_t place : order_) {
        if (slots_[place].active->reads.population) {
            wanted.emplace(slots_[place].name, Cause::thresholds);
        }
    }
    plan(std::move(wanted), true);
}

void Tracker::begin_again() {
    if (rebuild_ != nullptr) {
        plan(wanted_by(rebuild_.get()), rebuild_->renews_thresholds);
    }
}

void Tracker::add_dependants(Wanted& wanted) const {
    const auto reads = transitive_reads(*portfolio_);
    const Wanted direct = wanted;
    for (const auto& [name, read] : reads) {
        for (const auto& [changed, cause] : direct) {
            if (read.segments.contains(changed)) {
                wanted.emplace(name, cause);
            }
        }
    }
}

void Tracker::plan(Wanted wanted, bool renews_thresholds) {
    if (rebuild_ != nullptr) {
        rebuild_->cancelled = true;
        rebuild_.reset();
    }
    static_cast<void>(take_touched());
    add_dependants(wanted);
    auto rebuild = std::make_shared<Rebuild>();
    rebuild->portfolio = portfolio_;
    rebuild->kept = thresholds_;
    rebuild->renews_thresholds = renews_thresholds;
    rebuild->view = view_;
    rebuild->begun_at = now_;
    const auto reads = transitive_reads(*portfolio_);
    Reads::Names usable;
    for (const std::size_t place : in_order_of_reference(*portfolio_)) {
        const Definition& definition = portfolio_->segments[place];
        if (const auto broken = broken_reference(definition, usable)) {
            failures_[definition.name] = "it refers to the segment '" + *broken +
                                         "', which is not defined or cannot be used";
            continue;
        }
        usable.insert(definition.name);
        const auto found = wanted.find(definition.name);
        const SegmentSlot slot = slot_of(definition.name);
        if (found == wanted.end()) {
            const auto& active = slots_[slot.value()].active;
            rebuild->referred.emplace(definition.name,
                                      active == nullptr ? definition : active->definition);
            continue;
        }
        rebuild->referred.emplace(definition.name, definition);
        rebuild->segments.push_back({.definition = definition,
                                     .slot = slot,
                                     .cause = found->second,
                                     .reads = reads.find(definition.name)->second});
    }
    if (!rebuild->segments.empty()) {
        rebuild_ = std::move(rebuild);
    }
}

void Tracker::fail_rebuild(const std::string& reason) {
    if (rebuild_ != nullptr) {
        for (const RebuiltSegment& segment : rebuild_->segments) {
            failures_[segment.definition.name] = reason;
        }
        rebuild_.reset();
    }
    static_cast<void>(take_touched());
}

Status Tracker::bring_up(Rebuilt& rebuilt, const Parallel& parallel) {
    if (now_ > rebuilt.horizon) {
        return evaluate_everybody(*rebuild_, view_, now_, parallel, rebuilt);
    }
    std::vector<std::uint32_t> customers = take_touched();
    for (const auto& [due, who] : rebuilt.due_soon) {
        if (due <= now_) {
            customers.push_back(who);
        }
    }
    std::ranges::sort(customers);
    customers.erase(std::unique(customers.begin(), customers.end()), customers.end());
    return evaluate_some(*rebuild_, view_, now_, customers, rebuilt);
}

Status Tracker::take_over(std::optional<Rebuilt> rebuilt, const Parallel& parallel) {
    if (rebuild_ == nullptr) {
        return done;
    }
    Status ready = done;
    if (rebuilt) {
        ready = bring_up(*rebuilt, parallel);
    } else {
        auto thresholds = thresholds_of(*rebuild_, parallel);
        rebuilt.emplace();
        if (thresholds) {
            rebuilt->thresholds = std::move(*thresholds);
            ready = evaluate_everybody(*rebuild_, view_, now_, parallel, *rebuilt);
        } else {
            ready = thresholds.error();
        }
    }
    if (!ready) {
        fail_rebuild(ready.error().message);
        return ready;
    }
    thresholds_ = rebuilt->thresholds;
    const auto& segments = rebuild_->segments;
    const auto added =
        std::count_if(segments.begin(), segments.end(), [this](const RebuiltSegment& segment) {
            return segment.reads.clock && !dues_.has_place(segment.slot.value());
        });
    dues_.reserve(static_cast<std::uint32_t>(added));
    for (std::size_t place = 0; place < rebuild_->segments.size(); ++place) {
        install(rebuild_->segments[place], std::move(rebuilt->members[place]));
    }
    rebuild_.reset();
    static_cast<void>(take_touched());
    timers_.rearm();
    reorder();
    return done;
}

void Tracker::install(const RebuiltSegment& segment, RebuiltMembers members) {
    Slot& slot = slots_[segment.slot.value()];
    auto active = std::make_shared<ActiveSegment>();
    active->definition = segment.definition;
    active->slot = segment.slot;
    active->since = now_;
    active->reads = segment.reads;
    active->settings = rebuild_->portfolio->settings;
    auto program = bind_rebuilt(*rebuild_, segment, *reader_);
    require(program.has_value(), "a segment that was computed cannot be bound");
    active->program = std::move(*program);
    active->operands = operands_of(*active->program);
    const bool is_same =
        slot.active != nullptr && slot.active->definition.version == active->definition.version;
    if (is_same && segment.cause != Cause::definition) {
        active->since = slot.active->since;
    }
    const std::uint32_t before = slot.active == nullptr ? 0 : slot.active->definition.version;
    slot.active = std::move(active);
    swap_members(slot, std::move(members), segment.cause, before);
}

/// Puts new members in the place of the old, telling every difference; who stays keeps his `since`.
void Tracker::swap_members(Slot& slot,
                           RebuiltMembers members,
                           Cause cause,
                           std::uint32_t version_before) {
    const std::uint32_t of = slot.active->slot.value();
    const std::size_t end = std::max<std::size_t>(
        {slot.members.extent(), members.extent(), std::size_t{dues_.extent()}});
    std::vector<std::uint32_t> rescan;
    for (std::uint32_t who = 0; who < end; ++who) {
        const bool was_in = memberships_.has(of, who);
        const bool is_in = members.contains(who);
        if (is_in) {
            members.enter(who, was_in ? slot.members.since(who) : now_);
        }
        if (was_in != is_in) {
            memberships_.set(of, who, is_in);
            const std::uint32_t row = printed_of(who);
            emit(slot,
                 row,
                 {.at = now_,
                  .version = is_in ? 0 : version_before,
                  .direction = is_in ? Direction::entered : Direction::left,
                  .cause = cause});
        }
        const Instant armed = timers_.due(who);
        const Instant due = members.due(who);
        if (due < armed) {
            timers_.set_silently(who, due);
        } else if (armed != instant_max && due != armed && dues_.at(of, who) == armed) {
            rescan.push_back(who);
        }
        dues_.set(of, who, due);
    }
    slot.members = std::move(members);
    slot.published = nullptr;
    for (const std::uint32_t who : rescan) {
        if (is_known(who)) {
            timers_.set_silently(who, dues_.earliest(who));
        }
    }
}

/// Of a row that was merged into another or erased, itself.
std::uint32_t Tracker::printed_of(std::uint32_t who) const {
    const columns::CustomersView& customers = view_->state().customers;
    return customers.root(who) == who ? printed_row(customers, who) : who;
}

void Tracker::archive_missing() {
    bool changed = false;
    for (const std::uint32_t place : order_) {
        Slot& slot = slots_[place];
        if (portfolio_->find(slot.name) != nullptr) {
            continue;
        }
        swap_members(slot, {}, Cause::definition, slot.active->definition.version);
        slot.active.reset();
        changed = true;
    }
    if (changed) {
        timers_.rearm();
        reorder();
    }
}

/// Puts those that serve into an order in which each comes after what it refers to, and indexes
/// what they read.
void Tracker::reorder() {
    Portfolio serving;
    serving.settings = portfolio_->settings;
    for (const Slot& slot : slots_) {
        if (slot.active != nullptr) {
            serving.segments.push_back(slot.active->definition);
        }
    }
    order_.clear();
    for (const std::size_t place : in_order_of_reference(serving)) {
        order_.push_back(slot_of(serving.segments[place].name).value());
    }
    index_ = DependencyIndex();
    for (std::uint32_t place = 0; place < order_.size(); ++place) {
        const ActiveSegment& active = *slots_[order_[place]].active;
        index_.add(place, active.reads, active.settings->customer_zone);
    }
    places_.assign(slots_.size(), nowhere);
    for (std::uint32_t place = 0; place < order_.size(); ++place) {
        places_[order_[place]] = place;
    }
    stamps_.assign(order_.size(), 0);
    stamp_ = 0;
}

/// Binds what serves to the names known now: a name that was never seen before may have come.
void Tracker::bind_all() {
    const auto resolve = [&](std::string_view name) -> Result<expr::CheckedExpression> {
        const auto found = slot_names_.find(name);
        if (found == slot_names_.end() || slots_[found->second].active == nullptr) {
            return Error{ErrorCode::not_found, "no segment '" + std::string(name) + "'", {}};
        }
        return *slots_[found->second].active->definition.checked;
    };
    const expr::ViewSymbols symbols(*reader_);
    for (Slot& slot : slots_) {
        if (slot.active == nullptr) {
            continue;
        }
        auto program =
            expr::bind(*slot.active->definition.checked, symbols, resolve, *slot.active->settings);
        require(program.has_value(), "a segment that serves cannot be bound any more");
        auto active = std::make_shared<ActiveSegment>(*slot.active);
        active->program = std::move(*program);
        active->operands = operands_of(*active->program);
        slot.active = std::move(active);
        slot.published = nullptr;
    }
}

SegmentSlot Tracker::slot_of(std::string_view name) {
    const auto found = slot_names_.find(name);
    if (found != slot_names_.end()) {
        return SegmentSlot(found->second);
    }
    const auto slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back().name = std::string(name);
    slot_names_.emplace(std::string(name), slot);
    return SegmentSlot(slot);
}

std::shared_ptr<Rebuild> Tracker::serving(Cause cause) const {
    auto rebuild = std::make_shared<Rebuild>();
    auto portfolio = std::make_shared<Portfolio>();
    portfolio->settings =
        order_.empty() ? portfolio_->settings : slots_[order_.front()].active->settings;
    rebuild->portfolio = std::move(portfolio);
    rebuild->kept = thresholds_;
    rebuild->view = view_;
    rebuild->begun_at = now_;
    for (const std::uint32_t place : order_) {
        const ActiveSegment& active = *slots_[place].active;
        rebuild->referred.emplace(active.definition.name, active.definition);
        rebuild->segments.push_back({.definition = active.definition,
                                     .slot = active.slot,
                                     .cause = cause,
                                     .reads = active.reads});
    }
    return rebuild;
}

std::uint64_t Tracker::memberships_of(std::uint32_t root) const {
    return memberships_.count(root);
}

/// Slots hold definitions, members and instants; the rest follows from them.
void Tracker::finish_restoring(const std::shared_ptr<const columns::View>& view) {
    Portfolio held;
    held.settings = portfolio_->settings;
    for (const Slot& slot : slots_) {
        if (slot.active != nullptr) {
            held.segments.push_back(slot.active->definition);
        }
    }
    const auto reads = transitive_reads(held);
    for (Slot& slot : slots_) {
        if (slot.active != nullptr) {
            auto active = std::make_shared<ActiveSegment>(*slot.active);
            active->reads = reads.find(slot.name)->second;
            slot.active = std::move(active);
        }
    }
    look_at(view);
    bind_all();
    reorder();
    index_accounts();
    for (std::uint32_t who = 0; who < reader_->ordinal_count(); ++who) {
        timers_.set_silently(who, is_known(who) ? dues_.earliest(who) : first_seen(who));
    }
    timers_.rearm();
}

Status Tracker::catch_up(const std::shared_ptr<const columns::View>& view,
                         const Parallel& parallel) {
    look_at(view);
    index_accounts();
    for (std::uint32_t who = 0; who < reader_->ordinal_count(); ++who) {
        const bool exists = reader_->exists(CustomerOrdinal(who), now_);
        set_known(who, exists);
        timers_.set_silently(who, exists ? dues_.earliest(who) : first_seen(who));
    }
    if (!order_.empty()) {
        const auto rebuild = serving(Cause::catch_up);
        Rebuilt rebuilt;
        rebuilt.thresholds = thresholds_;
        if (auto evaluated = evaluate_everybody(*rebuild, view_, now_, parallel, rebuilt);
            !evaluated) {
            return evaluated;
        }
        for (std::size_t i = 0; i < order_.size(); ++i) {
            Slot& slot = slots_[order_[i]];
            const std::uint32_t version = slot.active->definition.version;
            swap_members(slot, std::move(rebuilt.members[i]), Cause::catch_up, version);
        }
    }
    timers_.rearm();
    return done;
}

}  // namespace fineline::membership
