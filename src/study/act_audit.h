#pragma once

#include "mapping/portfolio.h"
#include "study/act_exposures.h"
#include "study/act_study.h"
#include "study/finding.h"
#include "study/groundwork.h"

#include <optional>
#include <string>
#include <vector>

namespace fineline::study {

/// A number of segments on the curve of act mode: the metric per customer, in its own direction.
struct ActCurvePoint {
    std::size_t segments = 0;
    Estimate brings{};  ///< doubly robust, on the judging customers
    double seemed = 0;  ///< the same on the customers that picked the actions
};

/// What a picture of act mode shows.
struct ActCurve {
    std::string metric{};
    std::string protocol{};
    std::string floor_action{};
    std::vector<ActCurvePoint> path{};  ///< ascending; the first is one action for all
    ActCurvePoint today{};              ///< each segment with the action that did best in it
    std::size_t recommended = 1;
    std::optional<int> capacity{};
    std::uint64_t n = 0;          ///< customers judged
    std::uint64_t too_small = 0;  ///< of today's segments: could never show the change to detect
};

/// An audit in act mode: what acting on the segments of a purpose brings, by exposures to actions
/// that were chosen by chance. Causal, unlike AuditReport.
struct ActReport {
    std::string purpose{};
    std::string question{};
    std::string sentence{};
    std::vector<Shape> measured{};  ///< how: protocol, dates, rows, what was left out
    std::vector<Shape> values{};    ///< actions for all, policies, the path, net value
    std::vector<Finding> findings{};
    Curve line{};              ///< gain over one action for all, by the number of segments
    ActCurve curve{};          ///< what the policies bring beside what they seemed to
    std::size_t segments = 0;  ///< today's, without "everybody else"
    std::size_t recommended_size = 1;
    mapping::Portfolio recommended{};
    std::string patch{};  ///< from today's portfolio to the recommended one
};

/// Whether the purpose names exposures, so that act mode applies.
[[nodiscard]] bool has_exposures(const mapping::Portfolio& portfolio);

/// Audits in act mode. Errors: those of check_purpose, read_exposures and study_trial; unavailable
/// when stopped.
[[nodiscard]] Result<ActReport> act_audit(const StudyRequest& request);

/// Proposes a portfolio in act mode and audits it: the leaves of an uplift tree, which splits the
/// doubly robust contrast of an action to the best single one, grown on the customers that pick the
/// actions alone; of one such tree per action the one whose leaves promise most there. At most
/// `segments` leaves (absent: the capacity, else 8). Errors: as act_audit; invalid_argument where
/// nothing was known of the customers before the exposure. Source: Athey & Imbens (2016),
/// "Recursive partitioning for heterogeneous causal effects"; Athey & Wager (2021) for the scores.
[[nodiscard]] Result<ActReport> act_discover(const StudyRequest& request,
                                             std::optional<std::size_t> segments);

/// Prints a report for people, or as JSON.
[[nodiscard]] std::string print(const ActReport& report);
[[nodiscard]] Json to_json(const ActReport& report);

/// Prints the curve of act mode as a table, or as JSON.
[[nodiscard]] std::string print_curve(const ActCurve& curve);
[[nodiscard]] Json to_json(const ActCurve& curve);

/// What the shapes of an act-mode report are made of.
struct ActWork {
    const StudyRequest* request = nullptr;
    Purpose purpose{};
    ExposurePanel panel{};  ///< outcomes negated where less is better
    ActStudy study;
    std::vector<std::string> unusable{};  ///< per segment: why it was left out, or empty
};

/// Reads the exposures of a purpose with the features it may use; `unusable` as in ActWork.
/// Outcomes are negated where less is better.
struct ActPanel {
    ExposurePanel exposures{};
    FeatureCatalogue catalogue{};
};

[[nodiscard]] Result<ActPanel> read_act_panel(const StudyRequest& request,
                                              const Purpose& purpose,
                                              const std::vector<std::string>& unusable);

/// A number per row that stays with its customer.
[[nodiscard]] std::vector<std::uint64_t> customer_numbers(const ExposurePanel& panel);

/// The parts of a report, each made from the work done.
[[nodiscard]] std::vector<Shape> act_protocol(const ActWork& work);
[[nodiscard]] std::vector<Shape> act_values(const ActWork& work);
[[nodiscard]] std::vector<Finding> act_findings(const ActWork& work);
[[nodiscard]] Curve act_line(const ActWork& work);
[[nodiscard]] ActCurve act_curve(const ActWork& work);
[[nodiscard]] std::string act_sentence(const ActWork& work);

}  // namespace fineline::study
