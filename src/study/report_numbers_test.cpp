// What every number of a report must have beside it, read from the JSON that travels.
#include "study/audit.h"
#include "study/world_for_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace fineline::study {
namespace {

const std::string portfolio =
    std::string(made_purpose) +
    "segments:\n"
    "  - {name: often, when: 'count(purchase, last 90 days) >= 5', action: call}\n"
    "  - {name: often_again, when: 'count(purchase, last 90 days) >= 5 and did purchase', action: "
    "call}\n"
    "  - {name: seldom, when: 'count(purchase, last 90 days) < 5', action: mail}\n"
    "  - {name: nobody, when: 'count(purchase) > 100000', action: none}\n";

/// Counts estimates of a report and those without what they must have.
struct Checked {
    int estimates = 0;
    std::vector<std::string> without{};
};

bool has_text(const Json& json, std::string_view name) {
    const Json* found = json.find(name);
    return found != nullptr && found->string() != nullptr && !found->string()->empty();
}

void look(const Json& json, const std::string& path, Checked& checked) {
    if (const Json::Array* array = json.array()) {
        for (std::size_t i = 0; i < array->size(); ++i) {
            look((*array)[i], path + "[" + std::to_string(i) + "]", checked);
        }
    }
    if (const double* number = json.number()) {
        if (!std::isfinite(*number)) checked.without.push_back(path + ": finite");
    }
    const Json::Object* object = json.object();
    if (object == nullptr) return;
    const Json* value = json.find("value");
    if (value != nullptr && value->number() != nullptr) {
        ++checked.estimates;
        const Json* interval = json.find("interval");
        const bool is_told = interval != nullptr && interval->array() != nullptr;
        if (!is_told && !has_text(json, "why_no_interval")) {
            checked.without.push_back(path + ": interval");
        }
        // What has an interval is measured on somebody.
        if (is_told && json.find("n") == nullptr && path.find(".curve") == std::string::npos) {
            checked.without.push_back(path + ": n");
        }
    }
    for (const auto& [name, member] : *object) {
        look(member, path + "." + name, checked);
    }
}

Json report_of(const MadeWorld& world, const std::string& yaml) {
    const auto report = audit(request_for(world, yaml));
    EXPECT_TRUE(report) << report.error().message;
    return report ? to_json(*report) : Json();
}

TEST(ReportNumbers, HaveAnIntervalOrSayWhyNotAndOnHowMany) {
    const MadeWorld world = make_world({});
    const Json json = report_of(world, portfolio);
    Checked checked;
    look(json, "", checked);
    EXPECT_GT(checked.estimates, 50);
    for (const std::string& one : checked.without) {
        ADD_FAILURE() << one;
    }
}

TEST(ReportNumbers, StandBesideProtocolDatesAndDefinitions) {
    const MadeWorld world = make_world({});
    const Json json = report_of(world, portfolio);
    EXPECT_TRUE(has_text(json, "protocol"));
    EXPECT_TRUE(has_text(json, "definitions"));
    EXPECT_TRUE(json.find("curve")->find("n")->number() != nullptr);
    EXPECT_TRUE(has_text(*json.find("curve"), "protocol"));
    // Days 119, 179 and 239 of the made world.
    const std::string measured = json.find("measured")->text();
    for (const int day : {119, 179, 239}) {
        const std::string date = to_iso(columns::day(day)).substr(0, 10);
        EXPECT_NE(measured.find(date), std::string::npos) << date;
    }
    for (const Json& finding : *json.find("findings")->array()) {
        const std::string code = *finding.find("code")->string();
        EXPECT_EQ(*finding.find("definition")->string(), "docs/fine_line.md#" + code);
        EXPECT_TRUE(has_text(finding, "protocol")) << code;
    }
}

TEST(ReportNumbers, AFeatureThatNobodyHasIsLeftOutAndSaysSo) {
    // Each customer opens once, so nobody has a time between two openings.
    const MadeWorld world = make_world({.plant = [](columns::Log& log, std::size_t customer, bool) {
        log.event(MadeWorld::id(customer), columns::day(1), "opening");
    }});
    const Json json = report_of(world, portfolio);
    EXPECT_NE(json.find("measured")->text().find("gap(opening): never has a value"),
              std::string::npos);
    Checked checked;
    look(json, "", checked);
    EXPECT_TRUE(checked.without.empty());
}

TEST(ReportNumbers, WindowsBeyondTheFirstSnapshotAreLeftOutAndSaidSo) {
    const MadeWorld world = make_world({});
    const auto ground = lay_groundwork(request_for(world, made_purpose));
    ASSERT_TRUE(ground) << ground.error().message;
    for (const Feature& feature : ground->catalogue.features) {
        EXPECT_EQ(feature.text.find("365 days"), std::string::npos) << feature.text;
    }
    const auto has_90 = [](const Feature& feature) {
        return feature.text == "count(purchase, last 90 days)";
    };
    EXPECT_TRUE(
        std::any_of(ground->catalogue.features.begin(), ground->catalogue.features.end(), has_90));
    const std::string measured = report_of(world, portfolio).find("measured")->text();
    EXPECT_NE(measured.find("features over the last 365 days: there are only 119 days of data"),
              std::string::npos);
}

}  // namespace
}  // namespace fineline::study
