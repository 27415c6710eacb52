#include "audited_world.h"

#include "made_workspace.h"
#include "study/audit_work.h"

#include <algorithm>

namespace fineline::study_tests {

namespace {

/// The steps of an audit with the tree in the place of boosted trees.
Result<study::AuditReport> audit_by_tree(const study::StudyRequest& request) {
    auto ground = study::lay_groundwork(request);
    if (!ground) {
        return ground.error();
    }
    const study::Skill skill = ground->judged([&](const study::Rotation& rotation) {
        const auto on_choose =
            study::tree_path_skills(*ground, rotation, *rotation.choose.judgement);
        const auto best = std::max_element(on_choose.begin(),
                                           on_choose.end(),
                                           [](const study::Skill& a, const study::Skill& b) {
                                               return a.value < b.value;
                                           }) -
                          on_choose.begin();
        return study::tree_path_skills(
            *ground, rotation, *rotation.judge.judgement)[static_cast<std::size_t>(best)];
    });
    study::Ceiling ceiling{.name = "tree", .skill = skill, .boosted = skill, .untuned = skill};
    return study::report_of(*study::work_from(request, std::move(*ground), std::move(ceiling)));
}

Result<study::AuditReport> run(const PlantedWorld& world, std::uint64_t seed, CeilingOf ceiling) {
    MadeWorkspace workspace(world.at);
    workspace.append(world.batches);
    study::StudyRequest request = workspace.request(world.portfolio);
    request.seed = seed;
    return ceiling == CeilingOf::tree ? audit_by_tree(request) : study::audit(request);
}

std::size_t number_of(const PlantedWorld& world, const std::string& name) {
    const auto found = std::find_if(world.segments.begin(),
                                    world.segments.end(),
                                    [&](const PlantedSegment& each) { return each.name == name; });
    return static_cast<std::size_t>(found - world.segments.begin());
}

}  // namespace

AuditedWorld audit_world(const PlantedWorld& world, std::uint64_t seed, CeilingOf ceiling) {
    AuditedWorld audited;
    audited.codes.resize(world.segments.size());
    audited.blamed.resize(world.segments.size());
    const auto report = run(world, seed, ceiling);
    if (!report) {
        audited.error = report.error().message;
        return audited;
    }
    audited.recommended = report->recommended.segments.size();
    for (const study::Finding& finding : report->findings) {
        const bool beside_faulty =
            std::any_of(finding.segments.begin(), finding.segments.end(), [&](const auto& name) {
                return !world.segments[number_of(world, name)].faults.empty();
            });
        for (const std::string& name : finding.segments) {
            const std::size_t segment = number_of(world, name);
            audited.codes[segment].insert(finding.code);
            if (!beside_faulty) {
                audited.blamed[segment].insert(finding.code);
            }
        }
    }
    return audited;
}

}  // namespace fineline::study_tests
