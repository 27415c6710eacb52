// Off-policy estimates on the "men" campaign of the Open Bandit Dataset. Expected values were
// computed independently of this program from the same files.
#include "csv_columns.h"
#include "hillstrom.h"
#include "study/statistics/policy_value.h"

#include <gtest/gtest.h>

#include <map>

namespace fineline::study_tests {
namespace {

constexpr double items = 34;

struct Log {
    std::vector<double> click;
    std::vector<double> propensity;
    std::vector<std::pair<std::string, std::string>> shown;  ///< item, position

    [[nodiscard]] std::size_t size() const { return click.size(); }
};

Log read_log(const std::string& path) {
    const CsvColumns columns = read_csv_columns(path);
    Log log;
    for (std::size_t row = 0; row < columns.at("click").size(); ++row) {
        log.click.push_back(std::stod(columns.at("click")[row]));
        log.propensity.push_back(std::stod(columns.at("propensity_score")[row]));
        log.shown.emplace_back(columns.at("item_id")[row], columns.at("position")[row]);
    }
    return log;
}

class OpenBanditTest : public testing::Test {
  protected:
    void SetUp() override {
        const auto random = find_data("open-bandit/random/men.csv.zst");
        const auto bts = find_data("open-bandit/bts/men.csv.zst");
        if (!random || !bts) {
            GTEST_SKIP() << "open-bandit: not found; set FINELINE_DATA to the folder that holds it";
        }
        random_ = read_log(*random);
        bts_ = read_log(*bts);
    }

    Log random_;
    Log bts_;
};

TEST_F(OpenBanditTest, TheUniformPolicyFromTheLogOfThompsonSampling) {
    const std::vector<double> uniform(bts_.size(), 1 / items);
    const auto value = study::policy_value({bts_.click, bts_.propensity, uniform});
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_NEAR(value->ips.value, .00300863, 1e-8);
    EXPECT_NEAR(value->snips.value, .00318942, 1e-8);
    EXPECT_NEAR(value->weights.mean, .943314, 1e-6);
    EXPECT_NEAR(value->weights.effective_sample_size, 655.71, 1e-2);
    EXPECT_NEAR(value->weights.largest, 178.253, 1e-3);
}

TEST_F(OpenBanditTest, ThompsonSamplingsFrequenciesFromTheRandomLog) {
    std::map<std::pair<std::string, std::string>, double> shown;
    std::map<std::string, double> at_position;
    for (const auto& item : bts_.shown) {
        shown[item] += 1;
        at_position[item.second] += 1;
    }
    std::vector<double> target;
    for (const auto& item : random_.shown) {
        target.push_back(shown[item] / at_position[item.second]);
    }
    const auto value = study::policy_value({random_.click, random_.propensity, target});
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_NEAR(value->ips.value, .00565627, 1e-8);
    EXPECT_NEAR(value->snips.value, .00573986, 1e-8);
    EXPECT_NEAR(value->weights.effective_sample_size, 2869.28, 1e-2);
}

}  // namespace
}  // namespace fineline::study_tests
