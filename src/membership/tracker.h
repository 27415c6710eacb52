#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "expr/view_subject.h"
#include "membership/due_table.h"
#include "membership/membership_bits.h"
#include "membership/picture.h"
#include "membership/rebuild.h"
#include "membership/segment.h"
#include "membership/timers.h"
#include "membership/transition.h"
#include "model/record_batch.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fineline::membership {

/// Keeps every segment's membership exact while the log grows. Works in steps, one per batch of the
/// log; what it does is a function of the batches alone, so that replaying them gives the same
/// transitions with the same numbers:
///
///     tracker.begin_step(instant of the batch, how many);   // drains what ran out until then
///     tracker.before_fold(batch);
///     store.apply(batch, first);
///     tracker.after_fold(batch, store.publish());  // evaluates whom the batch can have changed
///
/// One thread at a time; pictures may be read by any.
class Tracker {
  public:
    /// The property of an erasure record that says which change was the last one then.
    static constexpr std::string_view changes_property = "changes";

    /// Takes the columns as they are: nobody is in anything. For an empty or a newly followed log.
    void start(const std::shared_ptr<const columns::View>& view, Instant now);

    /// `due_max`: timers the step drains at most, so that a wave of expiries is interleaved with
    /// what arrives.
    void begin_step(Instant now, std::size_t due_max);

    /// A step that drains nothing: what follows looks at everybody.
    void begin_catch_up(Instant now) { now_ = std::max(now_, now); }

    void before_fold(const RecordBatch& batch);
    void after_fold(const RecordBatch& batch, const std::shared_ptr<const columns::View>& view);

    /// The person of that row was erased from the columns; call between before_fold and publishing.
    void note_erased(std::uint32_t root, std::uint32_t printed);

    /// Lets go of the view, so that an erasure can finish; after_fold gives a new one.
    void release_view();

    // Definitions. What is defined is not what serves until a rebuild has been taken over.

    /// Takes note of what is defined now; archived segments are left by all at once. Begins a
    /// rebuild of what changed, together with what a running one had to do.
    void define(std::shared_ptr<const Portfolio> portfolio);

    /// Begins a rebuild of everything that reads the population, with new thresholds.
    void renew_thresholds();

    /// Begins the running rebuild anew at this step; nothing if none runs.
    void begin_again();

    /// The rebuild under way, nullptr if none.
    [[nodiscard]] std::shared_ptr<const Rebuild> rebuild() const { return rebuild_; }

    /// How many customers changed since the rebuild began or `rebuilt` was brought up last.
    [[nodiscard]] std::vector<std::uint32_t> take_touched();

    [[nodiscard]] std::size_t touched() const { return touched_.size(); }

    /// Makes the rebuilt versions serve, as of this step. Without `rebuilt` (a replay) computes it.
    /// Errors: what binding says; the rebuild then ends as failed.
    Status take_over(std::optional<Rebuilt> rebuilt, const Parallel& parallel);

    /// Drops the rebuild; its segments are failed for that reason, the old versions serve.
    void fail_rebuild(const std::string& reason);

    /// Computes everything that serves anew, for a stretch of the log that was not followed.
    Status catch_up(const std::shared_ptr<const columns::View>& view, const Parallel& parallel);

    // What came of it.

    /// The transitions since the last call, in order.
    [[nodiscard]] std::vector<Transition> take_transitions();

    [[nodiscard]] bool has_transitions() const { return !transitions_.empty(); }

    /// A picture of now. O(segments that changed).
    [[nodiscard]] std::shared_ptr<const Picture> publish();

    [[nodiscard]] Instant now() const { return now_; }

    [[nodiscard]] std::uint64_t last_change() const { return last_change_; }

    /// Numbers go on behind that one, if it is higher.
    void skip_changes_to(std::uint64_t number);

    /// When the next timer is due; instant_max: none.
    [[nodiscard]] Instant next_due() { return timers_.earliest(); }

    [[nodiscard]] std::uint64_t count_due(Instant now) { return timers_.count_due(now); }

    [[nodiscard]] std::uint64_t timers_armed() const { return timers_.armed(); }

    [[nodiscard]] std::uint64_t evaluations() const { return evaluations_; }

    /// When the thresholds in use were computed, the oldest of them; instant_max: none is.
    [[nodiscard]] Instant oldest_thresholds() const;

    [[nodiscard]] std::size_t bytes_in_memory() const;

    /// In how many segments the person of that row is.
    [[nodiscard]] std::uint64_t memberships_of(std::uint32_t root) const;

    /// Everything that serves, to be computed anew beside what is held: for verification.
    [[nodiscard]] std::shared_ptr<Rebuild> serving(Cause cause) const;

    /// Members of a segment as held; of a rebuilt one by its slot.
    [[nodiscard]] const SegmentMembers& members(SegmentSlot slot) const {
        return slots_[slot.value()].members;
    }

    /// Why a segment's newest version does not serve; empty if it may.
    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& failures() const {
        return failures_;
    }

  private:
    friend class TrackerCodec;
    using Places = DependencyIndex::Places;

    static constexpr std::uint32_t nowhere = 0xffff'ffffU;

    /// How many customers are read of before the first of them is evaluated: enough that their
    /// cache misses overlap, few enough that what was read is still there.
    static constexpr std::size_t read_ahead_customers = 16;

    struct Slot {
        std::string name;
        std::shared_ptr<const ActiveSegment> active;
        SegmentMembers members;
        std::shared_ptr<const std::vector<Size>> sizes = std::make_shared<std::vector<Size>>();
        std::shared_ptr<const SegmentPicture> published;  ///< nullptr: changed since
    };

    /// What a batch changes: a person's row, and the places of the segments that read it.
    struct Touch {
        std::uint32_t root = 0;
        const Places* places = nullptr;
    };

    /// A person before the batch that is being folded.
    struct Person {
        std::uint32_t root = 0;
        std::uint32_t printed = 0;
    };

    struct NameCounts {
        std::uint64_t events = 0;
        std::uint64_t properties = 0;
        std::uint64_t others = 0;
        friend bool operator==(const NameCounts&, const NameCounts&) = default;
    };

    // tracker.cpp
    void drain(std::size_t due_max);
    void sample_sizes(Instant now);
    void fire(std::uint32_t who, Instant due);
    void run_forward(Slot& slot, std::uint32_t who, Instant due);
    void renew(std::uint32_t who, std::span<const Places* const> changed, Cause cause);
    void choose_changed(std::span<const Places* const> changed);
    void choose_due(std::uint32_t who);
    void choose_all();
    void read_ahead(std::uint32_t who) const;
    void hold(Slot& slot, std::uint32_t who, const expr::Verdict& verdict, Transition transition);
    void enter(Slot& slot, std::uint32_t who, Instant at);
    void leave(Slot& slot, std::uint32_t who);
    void emit(Slot& slot, std::uint32_t printed, Transition transition);
    [[nodiscard]] Instant first_seen(std::uint32_t who) const;
    [[nodiscard]] expr::Verdict evaluate(const Slot& slot, Instant at);
    [[nodiscard]] bool is_known(std::uint32_t who) const;
    void set_known(std::uint32_t who, bool known);

    // tracker_fold.cpp
    void look_at(const std::shared_ptr<const columns::View>& view);
    void touch(const RecordBatch& batch);
    void touch_customer(std::uint32_t row, const Places& places);
    void touch_account(std::string_view account, const Places& places);
    void touch_properties(const RecordBatch& batch, const RecordView& record);
    void join_persons();
    void join_group(std::uint32_t root, std::span<const Person> persons);
    void forget_erased();
    void note_erasures(const RecordBatch& batch);
    void leave_everything(const Person& person, Cause cause);
    void evaluate_touched();
    void note_touched(std::uint32_t who);
    void index_accounts();

    // tracker_rebuild.cpp
    void plan(std::map<std::string, Cause, std::less<>> wanted, bool renews_thresholds);
    void add_dependants(std::map<std::string, Cause, std::less<>>& wanted) const;
    Status bring_up(Rebuilt& rebuilt, const Parallel& parallel);
    void install(const RebuiltSegment& segment, RebuiltMembers members);
    void swap_members(Slot& slot,
                      RebuiltMembers members,
                      Cause cause,
                      std::uint32_t version_before);
    [[nodiscard]] std::uint32_t printed_of(std::uint32_t who) const;
    void archive_missing();
    void reorder();
    void finish_restoring(const std::shared_ptr<const columns::View>& view);
    void bind_all();
    [[nodiscard]] SegmentSlot slot_of(std::string_view name);

    Instant now_ = instant_min;
    std::uint64_t last_change_ = 0;
    std::uint64_t evaluations_ = 0;

    std::vector<Slot> slots_;
    std::map<std::string, std::uint32_t, std::less<>> slot_names_;
    std::vector<std::uint32_t> order_;   ///< slots that serve, each after what it refers to
    DependencyIndex index_;              ///< of places in order_
    std::vector<std::uint32_t> places_;  ///< per slot its place in order_, `nowhere`: serves not
    DueTable dues_;                      ///< of everything held, by slot
    MembershipBits memberships_;         ///< what the slots' members say
    Timers timers_;                      ///< the earliest of each customer's
    std::vector<bool> known_;            ///< rows that were customers when last looked at
    std::shared_ptr<const KeptThresholds> thresholds_ = std::make_shared<KeptThresholds>();

    std::shared_ptr<const Portfolio> portfolio_ = std::make_shared<Portfolio>();
    std::shared_ptr<Rebuild> rebuild_;
    std::map<std::string, std::string, std::less<>> failures_;
    std::vector<std::uint32_t> touched_;  ///< since the rebuild began, each once
    std::vector<bool> is_touched_;

    std::shared_ptr<const columns::View> view_;
    std::unique_ptr<columns::Reader> reader_;
    std::unique_ptr<expr::ViewSubject> subject_;
    expr::Evaluator evaluator_;
    NameCounts names_bound_;

    std::vector<Touch> touches_;
    std::vector<Person> joined_;
    std::vector<Person> erased_;
    std::vector<std::uint32_t> stamps_;  ///< per place, the customer it changed for
    std::uint32_t stamp_ = 0;
    std::vector<std::uint32_t> chosen_;  ///< places to evaluate for one customer
    std::vector<Timers::Fired> fired_;
    std::unordered_map<std::string, std::vector<std::uint32_t>> account_rows_;  ///< ever joined
    std::vector<Transition> transitions_;
};

}  // namespace fineline::membership
