#include "membership/rebuild.h"

#include "expr/program.h"
#include "expr/view_subject.h"
#include "expr/walk.h"

#include <algorithm>
#include <chrono>

namespace fineline::membership {

namespace {

using Programs = std::vector<std::shared_ptr<const expr::Program>>;

constexpr std::uint32_t progress_every = 1024;

/// What one segment's evaluation over a range of customers came to, by ascending row.
struct RangeVerdicts {
    std::vector<std::uint32_t> members;
    std::vector<std::pair<std::uint32_t, Instant>> dues;
};

expr::World world_of(const Rebuild& rebuild, const KeptThresholds& thresholds) {
    expr::World world;
    world.settings = rebuild.portfolio->settings.get();
    world.thresholds = &thresholds.values;
    return world;
}

Result<Programs> bind_all(const Rebuild& rebuild, const columns::Reader& reader) {
    Programs programs;
    for (const RebuiltSegment& segment : rebuild.segments) {
        auto program = bind_rebuilt(rebuild, segment, reader);
        if (!program) {
            return program.error();
        }
        programs.push_back(std::move(*program));
    }
    return programs;
}

void collect_references(const expr::Node& node, Reads::Names& names) {
    if (const auto* segment = std::get_if<expr::SegmentRef>(&node.kind)) {
        names.insert(segment->name);
    }
    expr::for_each_child(node, [&](const expr::Node& child) { collect_references(child, names); });
}

/// Says whether an operand's meaning changes with the rebuild: it refers to a segment being
/// rebuilt.
bool is_stale(const Rebuild& rebuild, const expr::PopulationOperand& operand) {
    Reads::Names names;
    collect_references(operand.program->expression.root, names);
    return std::ranges::any_of(rebuild.segments, [&](const RebuiltSegment& segment) {
        return names.contains(segment.definition.name);
    });
}

expr::Distribution distribution_of(const Rebuild& rebuild,
                                   const expr::Program& operand,
                                   const KeptThresholds& thresholds,
                                   const Parallel& parallel) {
    const std::uint32_t count = columns::Reader(rebuild.view).ordinal_count();
    std::vector<expr::DistributionBuilder> parts(parallel.parts_max);
    parallel.run(count, [&](unsigned part, std::uint32_t begin, std::uint32_t end) {
        columns::Reader reader(rebuild.view);
        expr::ViewSubject subject(reader);
        expr::Evaluator evaluator;
        const expr::World world = world_of(rebuild, thresholds);
        for (std::uint32_t who = begin; who < end && !rebuild.cancelled; ++who) {
            if (reader.exists(CustomerOrdinal(who), rebuild.begun_at)) {
                subject.move_to(CustomerOrdinal(who));
                parts[part].add(evaluator.value(operand, subject, world, rebuild.begun_at));
            }
        }
    });
    for (std::size_t part = 1; part < parts.size(); ++part) {
        parts.front().merge(std::move(parts[part]));
    }
    return parts.front().finish();
}

/// Evaluates all programs for one customer after another. One thread at a time.
class VerdictWalk {
  public:
    VerdictWalk(const Rebuild& rebuild,
                const std::shared_ptr<const columns::View>& view,
                const Programs& programs,
                const KeptThresholds& thresholds)
        : reader_(view),
          subject_(reader_),
          programs_(programs),
          world_(world_of(rebuild, thresholds)) {}

    /// Calls `visit(place, verdict)` for each program. One who is no customer yet is in nothing.
    template <class Visit>
    void at(std::uint32_t who, Instant now, Visit visit) {
        const bool exists = reader_.exists(CustomerOrdinal(who), now);
        subject_.move_to(CustomerOrdinal(who));
        for (std::size_t place = 0; place < programs_.size(); ++place) {
            visit(place,
                  exists ? evaluator_.verdict(*programs_[place], subject_, world_, now)
                         : expr::Verdict{.truth = expr::Truth::no, .holds_until = instant_max});
        }
    }

  private:
    columns::Reader reader_;
    expr::ViewSubject subject_;
    expr::Evaluator evaluator_;
    const Programs& programs_;
    expr::World world_;
};

void put_together(const std::vector<std::vector<RangeVerdicts>>& parts, Rebuilt& rebuilt) {
    for (const std::vector<RangeVerdicts>& part : parts) {
        for (std::size_t place = 0; place < part.size(); ++place) {
            RebuiltMembers& members = rebuilt.members[place];
            for (const std::uint32_t who : part[place].members) {
                members.enter(who, rebuilt.at);
            }
            for (const auto& [who, due] : part[place].dues) {
                members.set_due(who, due);
                if (due <= rebuilt.horizon) {
                    rebuilt.due_soon.emplace_back(due, who);
                }
            }
        }
    }
}

}  // namespace

Parallel in_one_part() {
    return {.parts_max = 1,
            .run = [](std::uint32_t count, const auto& work) { work(0U, 0U, count); }};
}

int Rebuild::progress_percent() const {
    const std::uint64_t all = total;
    return all == 0 ? 0 : static_cast<int>(std::min<std::uint64_t>(99, evaluated * 100 / all));
}

Result<std::shared_ptr<const expr::Program>> bind_rebuilt(const Rebuild& rebuild,
                                                          const RebuiltSegment& segment,
                                                          const columns::Reader& reader) {
    const auto resolve = [&](std::string_view name) -> Result<expr::CheckedExpression> {
        const auto found = rebuild.referred.find(name);
        if (found == rebuild.referred.end() || found->second.checked == nullptr) {
            return Error{ErrorCode::not_found,
                         "the segment '" + std::string(name) + "' it refers to cannot be used",
                         {}};
        }
        return *found->second.checked;
    };
    return expr::bind(*segment.definition.checked,
                      expr::ViewSymbols(reader),
                      resolve,
                      *rebuild.portfolio->settings);
}

Result<std::shared_ptr<const KeptThresholds>> thresholds_of(const Rebuild& rebuild,
                                                            const Parallel& parallel) {
    auto thresholds = std::make_shared<KeptThresholds>(*rebuild.kept);
    const columns::Reader reader(rebuild.view);
    const auto programs = bind_all(rebuild, reader);
    if (!programs) {
        return programs.error();
    }
    Reads::Names renewed;
    for (const auto& program : *programs) {
        for (const expr::PopulationOperand& operand : expr::population_operands(*program)) {
            const bool is_kept = thresholds->values.by_operand.contains(operand.text);
            const bool renew = !is_kept || rebuild.renews_thresholds || is_stale(rebuild, operand);
            if (!renew || !renewed.insert(operand.text).second) {
                continue;
            }
            thresholds->values.by_operand.insert_or_assign(
                operand.text, distribution_of(rebuild, *operand.program, *thresholds, parallel));
            thresholds->computed_at.insert_or_assign(operand.text, rebuild.begun_at);
        }
    }
    return std::shared_ptr<const KeptThresholds>(std::move(thresholds));
}

Status evaluate_everybody(const Rebuild& rebuild,
                          const std::shared_ptr<const columns::View>& view,
                          Instant now,
                          const Parallel& parallel,
                          Rebuilt& rebuilt) {
    const columns::Reader reader(view);
    const auto programs = bind_all(rebuild, reader);
    if (!programs) {
        return programs.error();
    }
    rebuild.evaluated = 0;
    rebuild.total = reader.ordinal_count();
    rebuilt.at = now;
    rebuilt.horizon = now + Rebuilt::soon;
    rebuilt.members = std::vector<RebuiltMembers>(programs->size());
    rebuilt.due_soon.clear();
    std::vector<std::vector<RangeVerdicts>> parts(parallel.parts_max);
    parallel.run(reader.ordinal_count(),
                 [&](unsigned part, std::uint32_t begin, std::uint32_t end) {
                     VerdictWalk walk(rebuild, view, *programs, *rebuilt.thresholds);
                     std::vector<RangeVerdicts> verdicts(programs->size());
                     for (std::uint32_t who = begin; who < end && !rebuild.cancelled; ++who) {
                         walk.at(who, now, [&](std::size_t place, const expr::Verdict& verdict) {
                             if (verdict.truth == expr::Truth::yes) {
                                 verdicts[place].members.push_back(who);
                             }
                             if (verdict.holds_until != instant_max) {
                                 verdicts[place].dues.emplace_back(who, verdict.holds_until);
                             }
                         });
                         if (who % progress_every == 0) {
                             rebuild.evaluated += progress_every;
                         }
                     }
                     parts[part] = std::move(verdicts);
                 });
    put_together(parts, rebuilt);
    return done;
}

Status evaluate_some(const Rebuild& rebuild,
                     const std::shared_ptr<const columns::View>& view,
                     Instant now,
                     std::span<const std::uint32_t> customers,
                     Rebuilt& rebuilt) {
    const columns::Reader reader(view);
    const auto programs = bind_all(rebuild, reader);
    if (!programs) {
        return programs.error();
    }
    rebuilt.at = now;
    VerdictWalk walk(rebuild, view, *programs, *rebuilt.thresholds);
    for (const std::uint32_t who : customers) {
        walk.at(who, now, [&](std::size_t place, const expr::Verdict& verdict) {
            RebuiltMembers& members = rebuilt.members[place];
            if (verdict.truth == expr::Truth::yes) {
                members.enter(who, now);
            } else {
                members.leave(who);
            }
            members.set_due(who, verdict.holds_until);
            if (verdict.holds_until <= rebuilt.horizon) {
                rebuilt.due_soon.emplace_back(verdict.holds_until, who);
            }
        });
    }
    return done;
}

}  // namespace fineline::membership
