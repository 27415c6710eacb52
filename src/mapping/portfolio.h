#pragma once

#include "mapping/mapping.h"

#include <optional>
#include <string>
#include <vector>

namespace fineline::mapping {

/// One segment of a purpose as its portfolio file defines it.
struct SegmentDefinition {
    std::string name{};
    MappingText when{};     ///< the expression
    std::string because{};  ///< why it is a segment
    std::string action{};   ///< what is done with it

    friend bool operator==(const SegmentDefinition&, const SegmentDefinition&) = default;
};

/// Where the log tells who was treated how: an event at each exposure, with the action taken and
/// the probability with which it was taken.
struct Exposure {
    std::string event{};  ///< empty: there is none
    std::string action = "action";
    std::string propensity = "propensity";

    friend bool operator==(const Exposure&, const Exposure&) = default;
};

/// What segments are for: a metric over the future, who is eligible, and what can be acted upon.
/// Amounts and spans are texts as written; the study that uses them reads them.
struct Purpose {
    std::string name{};
    std::string question{};
    MappingText metric{};
    bool higher_is_better = true;
    MappingText population{};                  ///< empty: everybody
    std::string consent{};                     ///< purpose of consent; empty: reads all
    bool no_record_is_granted = false;         ///< `no_record: granted`
    std::vector<std::string> static_traits{};  ///< undated traits that backtests may use
    std::optional<int> capacity{};             ///< segments that can be acted on at once
    std::string cost{};                        ///< "400 EUR per segment per month"
    std::string detect{};                      ///< smallest relative change worth detecting: "5 %"
    std::string review{};                      ///< "90 days"
    std::string reviewed{};                    ///< the day of the last review: "2011-09-01"
    std::string owner{};
    Exposure exposure{};
    std::vector<std::string> protected_traits{};  ///< beside those every purpose protects
    std::optional<int> small_cell{};              ///< fewer members than this point at people

    friend bool operator==(const Purpose&, const Purpose&) = default;
};

/// A purpose and its segments, in order of priority.
struct Portfolio {
    Purpose purpose{};
    std::vector<SegmentDefinition> segments{};

    friend bool operator==(const Portfolio&, const Portfolio&) = default;
};

}  // namespace fineline::mapping
