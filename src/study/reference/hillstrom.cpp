#include "base/text.h"
#include "study/reference/topics.h"
#include "study/statistics/arms.h"
#include "study/statistics/uplift.h"

#include <array>
#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

constexpr std::string_view own = "computed apart from this program, from the same file";
constexpr std::string_view pyuplift = "documentation of pyuplift; computed apart as well";

enum Arm : std::uint32_t { none, mens, womens };

/// One outcome of all three arms, and the effects of both mails.
struct Outcome {
    std::vector<Moments> arms{};
    ArmEffect by_mens{};
    ArmEffect by_womens{};
    double overall = 0;
};

struct Fits {
    Outcome visit{};
    Outcome conversion{};
    Outcome spend{};
    /// Of the womens mail on visits, by a flag: 0 without, 1 with.
    std::array<double, 2> by_womens_flag{};
    std::array<double, 2> by_womens_flag_n{};
    std::array<double, 2> by_mens_flag{};
    double qini_womens = 0;
    double qini_womens_recency = 0;
    double qini_history = 0;
    double qini_recency = 0;
    double incremental_visits = 0;
};

using Row = ReferenceRow<Fits>;
constexpr auto within = Nearness::within;

constexpr std::array rows{
    Row{"visit, all",
        .14678,
        within,
        5e-6,
        pyuplift,
        [](const Fits& f) { return f.visit.overall; }},
    Row{"conversion, all",
        .00903,
        within,
        5e-6,
        pyuplift,
        [](const Fits& f) { return f.conversion.overall; }},
    Row{"spend, all",
        1.05091,
        within,
        5e-6,
        pyuplift,
        [](const Fits& f) { return f.spend.overall; }},
    Row{"visit, no mail",
        .106167,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.visit.arms[none].mean(); }},
    Row{"visit, mens mail",
        .182757,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.visit.arms[mens].mean(); }},
    Row{"visit, womens mail",
        .151400,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.visit.arms[womens].mean(); }},
    Row{"conversion, no mail",
        .005726,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.conversion.arms[none].mean(); }},
    Row{"conversion, mens mail",
        .012531,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.conversion.arms[mens].mean(); }},
    Row{"conversion, womens mail",
        .008837,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.conversion.arms[womens].mean(); }},
    Row{"spend, no mail",
        .652789,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.spend.arms[none].mean(); }},
    Row{"spend, mens mail",
        1.422617,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.spend.arms[mens].mean(); }},
    Row{"spend, womens mail",
        1.077202,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.spend.arms[womens].mean(); }},
    Row{"effect on visit, mens mail",
        .076590,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.visit.by_mens.effect; }},
    Row{"its standard error",
        .003386,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.visit.by_mens.standard_error; }},
    Row{"effect on conversion, mens mail",
        .006805,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.conversion.by_mens.effect; }},
    Row{"its standard error",
        .000921,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.conversion.by_mens.standard_error; }},
    Row{"effect on spend, mens mail",
        .769827,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.spend.by_mens.effect; }},
    Row{"its standard error",
        .145247,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.spend.by_mens.standard_error; }},
    Row{"effect on visit, womens mail",
        .045233,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.visit.by_womens.effect; }},
    Row{"its standard error",
        .003234,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.visit.by_womens.standard_error; }},
    Row{"effect on conversion, womens mail",
        .003111,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.conversion.by_womens.effect; }},
    Row{"its standard error",
        .000823,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.conversion.by_womens.standard_error; }},
    Row{"effect on spend, womens mail",
        .424412,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.spend.by_womens.effect; }},
    Row{"its standard error",
        .130333,
        within,
        1e-6,
        own,
        [](const Fits& f) { return f.spend.by_womens.standard_error; }},
    Row{"womens mail, visit lift without womens flag",
        .0111,
        within,
        5e-5,
        own,
        [](const Fits& f) { return f.by_womens_flag[0]; }},
    Row{"womens mail, visit lift with womens flag",
        .0731,
        within,
        5e-5,
        own,
        [](const Fits& f) { return f.by_womens_flag[1]; }},
    Row{"customers without womens flag",
        19260,
        within,
        0,
        own,
        [](const Fits& f) { return f.by_womens_flag_n[0]; }},
    Row{"customers with womens flag",
        23433,
        within,
        0,
        own,
        [](const Fits& f) { return f.by_womens_flag_n[1]; }},
    Row{"womens mail, visit lift without mens flag",
        .0740,
        within,
        5e-5,
        own,
        [](const Fits& f) { return f.by_mens_flag[0]; }},
    Row{"womens mail, visit lift with mens flag",
        .0218,
        within,
        5e-5,
        own,
        [](const Fits& f) { return f.by_mens_flag[1]; }},
    Row{"Qini coefficient, womens flag",
        .064016,
        within,
        1e-5,
        own,
        [](const Fits& f) { return f.qini_womens; }},
    Row{"Qini coefficient, womens * 100 - recency",
        .060575,
        within,
        1e-5,
        own,
        [](const Fits& f) { return f.qini_womens_recency; }},
    Row{"Qini coefficient, history",
        .002622,
        within,
        1e-5,
        own,
        [](const Fits& f) { return f.qini_history; }},
    Row{"Qini coefficient, -recency",
        -.004520,
        within,
        1e-5,
        own,
        [](const Fits& f) { return f.qini_recency; }},
    Row{"incremental visits at the end of the curve",
        967.400,
        within,
        .001,
        own,
        [](const Fits& f) { return f.incremental_visits; }},
};

/// The file by column.
struct Customers {
    std::vector<std::uint32_t> arm{};
    std::vector<double> recency{};
    std::vector<double> history{};
    std::vector<double> mens_flag{};
    std::vector<double> womens_flag{};
    std::vector<double> visit{};
    std::vector<double> conversion{};
    std::vector<double> spend{};
    bool sound = true;
};

void add_customer(Customers& customers, std::span<const std::string_view> cells) {
    const std::array into{&customers.recency,
                          &customers.history,
                          &customers.mens_flag,
                          &customers.womens_flag,
                          &customers.visit,
                          &customers.conversion,
                          &customers.spend};
    for (std::size_t i = 0; i < into.size(); ++i) {
        double number = 0;
        customers.sound = customers.sound && parse_number(cells[i + 1], number);
        into[i]->push_back(number);
    }
    customers.arm.push_back(cells[0] == "Mens E-Mail"     ? mens
                            : cells[0] == "Womens E-Mail" ? womens
                                                          : none);
}

Result<Outcome> outcome_of(const Customers& customers, std::span<const double> values) {
    Outcome outcome{.arms = arm_moments(values, customers.arm, 3)};
    const auto by_mens = effect_of(outcome.arms[mens], outcome.arms[none]);
    const auto by_womens = effect_of(outcome.arms[womens], outcome.arms[none]);
    if (!by_mens) return by_mens.error();
    if (!by_womens) return by_womens.error();
    outcome.by_mens = *by_mens;
    outcome.by_womens = *by_womens;
    outcome.overall = moments_of(values).mean();
    return outcome;
}

/// The womens mail against none: those customers only.
struct WomensTest {
    std::vector<double> visit{};
    std::vector<std::uint8_t> treated{};
    std::vector<double> womens_flag{};
    std::vector<double> mens_flag{};
    std::vector<double> recency{};
    std::vector<double> history{};
};

WomensTest womens_test(const Customers& customers) {
    WomensTest test;
    for (std::size_t row = 0; row < customers.arm.size(); ++row) {
        if (customers.arm[row] == mens) continue;
        test.visit.push_back(customers.visit[row]);
        test.treated.push_back(customers.arm[row] == womens ? 1 : 0);
        test.womens_flag.push_back(customers.womens_flag[row]);
        test.mens_flag.push_back(customers.mens_flag[row]);
        test.recency.push_back(customers.recency[row]);
        test.history.push_back(customers.history[row]);
    }
    return test;
}

double lift_where(const WomensTest& test,
                  std::span<const double> flag,
                  double value,
                  double& count) {
    std::array<Moments, 2> arms{};
    for (std::size_t row = 0; row < flag.size(); ++row) {
        if (flag[row] == value) arms.at(test.treated[row]).add(test.visit[row]);
    }
    count = static_cast<double>(arms[0].count() + arms[1].count());
    return arms[1].mean() - arms[0].mean();
}

double qini(const WomensTest& test, std::span<const double> scores) {
    const auto found =
        qini_coefficient({.outcomes = test.visit, .scores = scores, .treated = test.treated});
    return found ? *found : std::numeric_limits<double>::quiet_NaN();
}

void fit_uplift(Fits& fits, const WomensTest& test) {
    double ignored = 0;
    for (const std::size_t flag : {std::size_t{0}, std::size_t{1}}) {
        const auto value = static_cast<double>(flag);
        fits.by_womens_flag.at(flag) =
            lift_where(test, test.womens_flag, value, fits.by_womens_flag_n.at(flag));
        fits.by_mens_flag.at(flag) = lift_where(test, test.mens_flag, value, ignored);
    }
    std::vector<double> minus_recency;
    std::vector<double> mixed;
    for (std::size_t row = 0; row < test.recency.size(); ++row) {
        minus_recency.push_back(-test.recency[row]);
        mixed.push_back(test.womens_flag[row] * 100 - test.recency[row]);
    }
    fits.qini_womens = qini(test, test.womens_flag);
    fits.qini_womens_recency = qini(test, mixed);
    fits.qini_history = qini(test, test.history);
    fits.qini_recency = qini(test, minus_recency);
    fits.incremental_visits =
        qini_curve({.outcomes = test.visit, .scores = test.history, .treated = test.treated})
            .back()
            .gained;
}

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned) {
    const auto path = find_data_file(folders, {"hillstrom/hillstrom.csv"});
    if (!path) return path.error();
    Customers customers;
    constexpr std::array<std::string_view, 8> columns{
        "segment", "recency", "history", "mens", "womens", "visit", "conversion", "spend"};
    const auto read = read_csv_file(*path, columns, [&](std::span<const std::string_view> cells) {
        add_customer(customers, cells);
    });
    if (!read) return read.error();
    if (!customers.sound) {
        return Error{ErrorCode::invalid_argument, *path + " holds no number where it should", {}};
    }
    const auto visit = outcome_of(customers, customers.visit);
    const auto conversion = outcome_of(customers, customers.conversion);
    const auto spend = outcome_of(customers, customers.spend);
    if (!visit) return visit.error();
    if (!conversion) return conversion.error();
    if (!spend) return spend.error();
    Fits fits{.visit = *visit, .conversion = *conversion, .spend = *spend};
    fit_uplift(fits, womens_test(customers));
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic hillstrom_topic{
    .name = "hillstrom",
    .title = "arms, effects and Qini, Hillstrom e-mail test",
    .takes = RunningTime::seconds,
    .run = run};

}  // namespace fineline::study
