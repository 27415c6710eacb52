#pragma once

#include "columns/fold.h"
#include "columns/view_state.h"
#include "membership/tracker.h"
#include "model/record_batch.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fineline::membership {

inline Instant day(std::int64_t number) {
    return Instant(std::chrono::hours(24) * number);
}

/// Columns and a tracker that follow the same records, and what evaluation from scratch says of
/// them.
class TrackedWorld {
  public:
    explicit TrackedWorld(std::size_t due_per_step_max = 1000)
        : due_per_step_max_(due_per_step_max), settings_(std::make_shared<expr::Settings>()) {
        tracker_.start(store_.publish(), day(0));
    }

    RecordBatchBuilder& builder() { return builder_; }

    Tracker& tracker() { return tracker_; }

    void event(std::string_view who, Instant at, std::string_view name, double amount = 1) {
        const std::vector<NamedDatum> properties = {
            {.name = builder_.name("amount"), .value = Datum::of(amount)}};
        builder_.add({.kind = RecordKind::event,
                      .customer = who,
                      .time = at,
                      .name = builder_.name(name),
                      .properties = properties});
    }

    void trait(std::string_view who,
               std::optional<Instant> at,
               std::string_view name,
               std::string_view value) {
        const std::vector<NamedDatum> properties = {
            {.name = builder_.name(name), .value = Datum::of(value)}};
        builder_.add(
            {.kind = RecordKind::traits, .customer = who, .time = at, .properties = properties});
    }

    void account_trait(std::string_view account,
                       std::optional<Instant> at,
                       std::string_view name,
                       std::string_view value) {
        const std::vector<NamedDatum> properties = {
            {.name = builder_.name(name), .value = Datum::of(value)}};
        builder_.add({.kind = RecordKind::account_traits,
                      .time = at,
                      .text = account,
                      .properties = properties});
    }

    void consent(std::string_view who, Instant at, std::string_view purpose, bool granted) {
        const std::vector<NamedDatum> properties = {
            {.name = builder_.name("granted"), .value = Datum::of(granted)}};
        builder_.add({.kind = RecordKind::consent,
                      .customer = who,
                      .time = at,
                      .name = builder_.name(purpose),
                      .properties = properties});
    }

    /// Folds what was written since, as one step at `now`; the clock alone if nothing was.
    void step(Instant now) {
        if (builder_.empty()) {
            builder_.add({.kind = RecordKind::clock, .time = now});
        }
        const std::uint32_t count = builder_.count();
        auto batch = RecordBatch::open(
            builder_.finish({.source = "test", .received_at = now, .sequence = {}}));
        ASSERT_TRUE(batch);
        tracker_.begin_step(now, due_per_step_max_);
        tracker_.before_fold(*batch);
        ASSERT_TRUE(store_.apply(*batch, Position(position_)));
        position_ += count;
        view_ = store_.publish();
        tracker_.after_fold(*batch, view_);
        collect();
    }

    void define(const std::string& name, const std::string& text) {
        ++versions_[name];
        texts_[name] = text;
        if (std::ranges::find(names_, name) == names_.end()) {
            names_.push_back(name);
        }
        tracker_.define(portfolio());
    }

    void archive(const std::string& name) {
        texts_.erase(name);
        tracker_.define(portfolio());
        collect();
    }

    void set_zone(std::string_view name) {
        auto changed = std::make_shared<expr::Settings>(*settings_);
        changed->zone = *TimeZone::find(name);
        settings_ = std::move(changed);
        tracker_.define(portfolio());
    }

    void take_over() {
        ASSERT_TRUE(tracker_.take_over(std::nullopt, in_one_part()));
        collect();
    }

    /// Ids of the members as held.
    [[nodiscard]] std::set<std::string> held(const std::string& name) {
        std::set<std::string> ids;
        const auto picture = tracker_.publish();
        columns::Reader reader(view_);
        for (const auto& segment : picture->segments) {
            for (std::uint32_t who = 0; segment->name == name && who < reader.ordinal_count();
                 ++who) {
                if (member_since(segment->since, who) != 0) {
                    ids.emplace(reader.customer_id(CustomerOrdinal(who)));
                }
            }
        }
        return ids;
    }

    /// Ids of the members by evaluating everybody, under the thresholds that are kept.
    [[nodiscard]] std::set<std::string> from_scratch(const std::string& name, Instant now) {
        std::set<std::string> ids;
        columns::Reader reader(view_);
        expr::ViewSubject subject(reader);
        expr::Evaluator evaluator;
        const auto checked = compile(texts_.at(name));
        const auto program = expr::bind(
            *checked,
            expr::ViewSymbols(reader),
            [&](std::string_view other) -> Result<expr::CheckedExpression> {
                return *compile(texts_.find(other)->second);
            },
            *settings_);
        EXPECT_TRUE(program);
        const auto picture = tracker_.publish();
        expr::World world;
        world.settings = settings_.get();
        world.thresholds = &picture->thresholds->values;
        for (std::uint32_t who = 0; who < reader.ordinal_count(); ++who) {
            subject.move_to(CustomerOrdinal(who));
            if (reader.exists(CustomerOrdinal(who), now) &&
                evaluator.truth(**program, subject, world, now) == expr::Truth::yes) {
                ids.emplace(reader.customer_id(CustomerOrdinal(who)));
            }
        }
        return ids;
    }

    /// Ids of the members as the transitions told so far add up.
    [[nodiscard]] const std::set<std::string>& told(const std::string& name) { return told_[name]; }

    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& texts() const {
        return texts_;
    }

    [[nodiscard]] const std::vector<Transition>& transitions() const { return transitions_; }

    [[nodiscard]] columns::Store& store() { return store_; }

    [[nodiscard]] const std::shared_ptr<const columns::View>& view() const { return view_; }

    [[nodiscard]] std::shared_ptr<const Portfolio> portfolio() const {
        auto portfolio = std::make_shared<Portfolio>();
        portfolio->settings = settings_;
        for (const std::string& name : names_) {
            if (texts_.contains(name)) {
                portfolio->segments.push_back({.name = name,
                                               .version = versions_.at(name),
                                               .text = texts_.at(name),
                                               .warnings = {},
                                               .checked = compile(texts_.at(name)),
                                               .error = {}});
            }
        }
        return portfolio;
    }

  private:
    [[nodiscard]] std::shared_ptr<const expr::CheckedExpression> compile(
        const std::string& text) const {
        expr::Catalog catalog;
        catalog.segment = [&](std::string_view name) -> std::optional<std::string> {
            const auto found = texts_.find(name);
            return found == texts_.end() ? std::nullopt : std::optional(found->second);
        };
        auto checked = expr::compile(text, expr::Use::segment, catalog);
        EXPECT_TRUE(checked) << text << ": " << (checked ? "" : checked.error().message);
        return std::make_shared<const expr::CheckedExpression>(std::move(*checked));
    }

    /// Adds up what was told, as a subscriber would, who knows nothing but the transitions.
    void collect() {
        const auto picture = tracker_.publish();
        const auto& ids = *(view_ == nullptr ? store_.publish() : view_)->state().customers.ids;
        for (const Transition& transition : tracker_.take_transitions()) {
            EXPECT_EQ(transition.number, transitions_.size() + 1);
            transitions_.push_back(transition);
            std::string id(ids.text(transition.who.value()));
            std::set<std::string>& members =
                told_[picture->segments[transition.segment.value()]->name];
            if (transition.direction == Direction::entered) {
                EXPECT_TRUE(members.insert(id).second) << id << " entered twice";
            } else {
                EXPECT_EQ(members.erase(id), 1U) << id << " left without being in";
            }
        }
    }

    columns::Store store_;
    std::size_t due_per_step_max_;
    Tracker tracker_;
    std::shared_ptr<expr::Settings> settings_;
    RecordBatchBuilder builder_;
    std::uint64_t position_ = 0;
    std::shared_ptr<const columns::View> view_;
    std::map<std::string, std::string, std::less<>> texts_;
    std::map<std::string, std::uint32_t, std::less<>> versions_;
    std::vector<std::string> names_;
    std::map<std::string, std::set<std::string>> told_;
    std::vector<Transition> transitions_;
};

}  // namespace fineline::membership
