#include "http/movement.h"

#include <gtest/gtest.h>

namespace fineline::http {
namespace {

TEST(Flow, CountsWhereEachPersonCameFromAndWent) {
    Movement movement;
    movement.moves = {{"ada", {{"gold", 1}, {"silver", -1}}},
                      {"ben", {{"gold", 1}}},
                      {"cy", {{"gold", -1}, {"lapsed", 1}, {"quiet", 1}, {"silver", -1}}},
                      {"dan", {{"silver", 1}}},
                      {"eve", {{"gold", 1}, {"lapsed", 1}}}};
    const Flow flow = flow_of(movement, "gold");
    EXPECT_EQ(flow.entered, 3U);
    EXPECT_EQ(flow.left, 1U);
    const std::map<std::string, std::uint64_t> from{{"", 2}, {"silver", 1}};
    const std::map<std::string, std::uint64_t> to{{"lapsed", 1}, {"quiet", 1}};
    EXPECT_EQ(flow.came_from, from);
    EXPECT_EQ(flow.went_to, to);
    const Flow nobody = flow_of(movement, "none");
    EXPECT_EQ(nobody.entered + nobody.left, 0U);
    EXPECT_TRUE(nobody.came_from.empty() && nobody.went_to.empty());
}

}  // namespace
}  // namespace fineline::http
