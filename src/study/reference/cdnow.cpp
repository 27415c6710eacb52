#include "base/text.h"
#include "study/methods/bg_nbd.h"
#include "study/methods/gamma_gamma.h"
#include "study/methods/pareto_nbd.h"
#include "study/reference/topics.h"

#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>

namespace fineline::study {

namespace {

constexpr std::string_view bgnbd = "Fader, Hardie & Lee 2005; BTYD 2.4.3 walkthrough";
constexpr std::string_view own = "computed apart from this program, from the same file";
constexpr std::string_view clvtools = "CLVTools tests of the CDNOW sample";
constexpr std::string_view btyd = "BTYD 2.4.3 walkthrough";
constexpr std::string_view lifetimes = "lifetimes test of the BG/NBD expectation";

struct Customer {
    PurchaseHistory history{};
    SpendHistory spend{};
    double later = 0;  ///< purchase days in the 39 weeks after
};

struct Fits {
    std::vector<Customer> customers{};
    BgNbdFit bg{};
    BgNbdFit mbg{};
    ParetoNbdFit pareto{};
    GammaGammaFit money{};
    /// Over the customers, under the fitted BG/NBD model.
    double alive_mean = 0;
    double expected_sum = 0;
    double squared_error = 0;
    double absolute_error = 0;
    double correlation = 0;
};

/// Days since 1997-01-01 of a date written 19970131.
int day_number(std::string_view date) {
    double number = 0;
    if (date.size() != 8 || !parse_number(date, number)) return -1;
    const auto digits = static_cast<unsigned>(number);
    const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(digits / 10000)),
                                          std::chrono::month(digits / 100 % 100),
                                          std::chrono::day(digits % 100)};
    constexpr std::chrono::sys_days begin{std::chrono::year(1997) / 1 / 1};
    return static_cast<int>((std::chrono::sys_days(day) - begin).count());
}

/// Words between blanks.
std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> result;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t begin = line.find_first_not_of(" \t\r", at);
        if (begin == std::string_view::npos) break;
        const std::size_t end = std::min(line.find_first_of(" \t\r", begin), line.size());
        result.push_back(line.substr(begin, end - begin));
        at = end;
    }
    return result;
}

/// One customer from money by day; purchases of a day count once. 39 weeks are looked at, 39
/// follow.
Customer customer_of(const std::map<int, double>& money_by_day) {
    constexpr int last_day = 272;
    const int first = money_by_day.begin()->first;
    Customer customer;
    customer.history.observed = (last_day - first) / 7.0;
    for (const auto& [day, money] : money_by_day) {
        if (day == first) continue;
        if (day > last_day) {
            customer.later += 1;
            continue;
        }
        customer.history.repeats += 1;
        customer.history.last = (day - first) / 7.0;
        customer.spend.purchases += 1;
        customer.spend.mean += money;
    }
    if (customer.spend.purchases > 0) customer.spend.mean /= customer.spend.purchases;
    return customer;
}

Result<std::vector<Customer>> read_customers(const DataFolders& folders) {
    const auto path = find_data_file(folders, {"cdnow/CDNOW_sample.txt"});
    if (!path) return path.error();
    const auto text = read_text_file(*path);
    if (!text) return text.error();
    std::map<std::string, std::map<int, double>, std::less<>> money;
    for (std::size_t at = 0; at < text->size();) {
        const std::size_t end = std::min(text->find('\n', at), text->size());
        const auto cells = words(std::string_view(*text).substr(at, end - at));
        at = end + 1;
        if (cells.empty()) continue;
        double dollars = 0;
        const int day = cells.size() == 5 ? day_number(cells[2]) : -1;
        if (day < 0 || !parse_number(cells[4], dollars)) {
            return Error{
                ErrorCode::invalid_argument, *path + " has a line that is no purchase", {}};
        }
        money[std::string(cells[1])][day] += dollars;
    }
    std::vector<Customer> customers;
    for (const auto& [id, by_day] : money) {
        customers.push_back(customer_of(by_day));
    }
    return customers;
}

/// Compares the expectation of the 39 weeks that followed with what they brought.
void judge(Fits& fits) {
    const auto count = static_cast<double>(fits.customers.size());
    double actual_sum = 0;
    double cross = 0;
    double expected_squares = 0;
    double actual_squares = 0;
    for (const Customer& customer : fits.customers) {
        const double expected = fits.bg.model.expected_further(customer.history, 39);
        const double error = expected - customer.later;
        fits.alive_mean += fits.bg.model.probability_alive(customer.history) / count;
        fits.expected_sum += expected;
        fits.squared_error += error * error / count;
        fits.absolute_error += std::abs(error) / count;
        actual_sum += customer.later;
        cross += expected * customer.later;
        expected_squares += expected * expected;
        actual_squares += customer.later * customer.later;
    }
    fits.correlation =
        (cross - fits.expected_sum * actual_sum / count) /
        std::sqrt((expected_squares - fits.expected_sum * fits.expected_sum / count) *
                  (actual_squares - actual_sum * actual_sum / count));
}

Result<Fits> fit(const DataFolders& folders, unsigned threads) {
    auto customers = read_customers(folders);
    if (!customers) return customers.error();
    Fits fits{.customers = std::move(*customers)};
    std::vector<PurchaseHistory> histories;
    std::vector<SpendHistory> spend;
    for (const Customer& customer : fits.customers) {
        histories.push_back(customer.history);
        spend.push_back(customer.spend);
    }
    const PurchaseFitOptions options{.starts = 4, .seed = 1, .threads = threads};
    const auto bg = fit_bg_nbd(histories, Dropout::after_repeats, options);
    const auto mbg = fit_bg_nbd(histories, Dropout::after_purchases, options);
    const auto pareto = fit_pareto_nbd(histories, options);
    const auto money = fit_gamma_gamma(spend, options);
    if (!bg) return bg.error();
    if (!mbg) return mbg.error();
    if (!pareto) return pareto.error();
    if (!money) return money.error();
    fits.bg = *bg;
    fits.mbg = *mbg;
    fits.pareto = *pareto;
    fits.money = *money;
    judge(fits);
    return fits;
}

/// The published parameters, to ask for expectations at exactly these.
constexpr BgNbd published_bg{.r = 0.2425982, .alpha = 4.4136842, .a = 0.7929899, .b = 2.4261667};
constexpr PurchaseHistory customer_1516{.repeats = 26, .last = 30.857142857142858, .observed = 31};

constexpr PurchaseHistory seen(double repeats) {
    return {.repeats = repeats, .last = 20, .observed = 39};
}

using Row = ReferenceRow<Fits>;
constexpr auto within = Nearness::within;
constexpr auto relative = Nearness::relative;

constexpr std::array rows{
    Row{"customers of the sample",
        2357,
        within,
        0,
        own,
        [](const Fits& f) { return static_cast<double>(f.customers.size()); }},
    Row{"repeat purchases, 39 weeks",
        2457,
        within,
        0,
        own,
        [](const Fits& f) {
            return std::accumulate(
                f.customers.begin(), f.customers.end(), 0.0, [](double sum, const Customer& c) {
                    return sum + c.history.repeats;
                });
        }},
    Row{"purchases of the next 39 weeks",
        1882,
        within,
        0,
        own,
        [](const Fits& f) {
            return std::accumulate(
                f.customers.begin(), f.customers.end(), 0.0, [](double sum, const Customer& c) {
                    return sum + c.later;
                });
        }},
    Row{"customers who bought again",
        946,
        within,
        0,
        own,
        [](const Fits& f) {
            return std::accumulate(
                f.customers.begin(), f.customers.end(), 0.0, [](double sum, const Customer& c) {
                    return sum + (c.history.repeats > 0 ? 1 : 0);
                });
        }},
    Row{"BG/NBD r", .2425982, relative, 1e-3, bgnbd, [](const Fits& f) { return f.bg.model.r; }},
    Row{"BG/NBD alpha",
        4.4136842,
        relative,
        1e-3,
        bgnbd,
        [](const Fits& f) { return f.bg.model.alpha; }},
    Row{"BG/NBD a", .7929899, relative, 1e-3, bgnbd, [](const Fits& f) { return f.bg.model.a; }},
    Row{"BG/NBD b", 2.4261667, relative, 1e-3, bgnbd, [](const Fits& f) { return f.bg.model.b; }},
    Row{"BG/NBD log-likelihood",
        -9582.429,
        within,
        .01,
        bgnbd,
        [](const Fits& f) { return f.bg.search.log_likelihood; }},
    Row{"BG/NBD r (2)", .2425945, relative, 1e-3, own, [](const Fits& f) { return f.bg.model.r; }},
    Row{"BG/NBD alpha (2)",
        4.4136022,
        relative,
        1e-3,
        own,
        [](const Fits& f) { return f.bg.model.alpha; }},
    Row{"BG/NBD a (2)", .7929219, relative, 1e-3, own, [](const Fits& f) { return f.bg.model.a; }},
    Row{"BG/NBD b (2)", 2.4259066, relative, 1e-3, own, [](const Fits& f) { return f.bg.model.b; }},
    Row{"BG/NBD log-likelihood (2)",
        -9582.42921,
        within,
        .0005,
        own,
        [](const Fits& f) { return f.bg.search.log_likelihood; }},
    Row{"BG/NBD new customer, 52 weeks",
        1.444004,
        relative,
        1e-5,
        btyd,
        [](const Fits&) { return published_bg.expected_repeats(52); }},
    Row{"BG/NBD customer 1516, next 52 weeks",
        25.75659,
        relative,
        1e-5,
        btyd,
        [](const Fits&) { return published_bg.expected_further(customer_1516, 52); }},
    Row{"BG/NBD customer 1516, alive",
        .9688523,
        relative,
        1e-5,
        btyd,
        [](const Fits&) { return published_bg.probability_alive(customer_1516); }},
    Row{"BG/NBD 10 repeats by week 20 of 39, next 52",
        .3474606,
        relative,
        1e-5,
        btyd,
        [](const Fits&) { return published_bg.expected_further(seen(10), 52); }},
    Row{"BG/NBD 15 repeats",
        .04283391,
        relative,
        1e-5,
        btyd,
        [](const Fits&) { return published_bg.expected_further(seen(15), 52); }},
    Row{"BG/NBD 20 repeats",
        .004158973,
        relative,
        1e-5,
        btyd,
        [](const Fits&) { return published_bg.expected_further(seen(20), 52); }},
    Row{"BG/NBD 25 repeats",
        .0003583685,
        relative,
        1e-5,
        btyd,
        [](const Fits&) { return published_bg.expected_further(seen(25), 52); }},
    Row{"BG/NBD sum of the next 39 weeks",
        1653.41,
        relative,
        1e-4,
        own,
        [](const Fits& f) { return f.expected_sum; }},
    Row{"BG/NBD root mean squared error",
        1.608,
        within,
        .0006,
        own,
        [](const Fits& f) { return std::sqrt(f.squared_error); }},
    Row{"BG/NBD mean absolute error",
        .7855,
        within,
        .0001,
        own,
        [](const Fits& f) { return f.absolute_error; }},
    Row{"BG/NBD correlation",
        .6256,
        within,
        .0001,
        own,
        [](const Fits& f) { return f.correlation; }},
    Row{"BG/NBD mean probability alive",
        .81344,
        within,
        .00005,
        own,
        [](const Fits& f) { return f.alive_mean; }},
    Row{"BG/NBD new customer, 1 day",
        .0078,
        within,
        .0001,
        lifetimes,
        [](const Fits& f) { return f.bg.model.expected_repeats(.1429); }},
    Row{"BG/NBD new customer, 1 week",
        .0532,
        within,
        .0001,
        lifetimes,
        [](const Fits& f) { return f.bg.model.expected_repeats(1); }},
    Row{"BG/NBD new customer, 3 weeks",
        .1506,
        within,
        .0001,
        lifetimes,
        [](const Fits& f) { return f.bg.model.expected_repeats(3); }},
    Row{"BG/NBD new customer, 31.8571 weeks",
        1.0405,
        within,
        .0005,
        lifetimes,
        [](const Fits& f) { return f.bg.model.expected_repeats(31.8571); }},
    Row{"BG/NBD new customer, 32 weeks",
        1.0437,
        within,
        .0005,
        lifetimes,
        [](const Fits& f) { return f.bg.model.expected_repeats(32); }},
    Row{"BG/NBD new customer, 78 weeks",
        1.8576,
        within,
        .0005,
        lifetimes,
        [](const Fits& f) { return f.bg.model.expected_repeats(78); }},
    Row{"MBG/NBD r", .5248, relative, 1e-3, own, [](const Fits& f) { return f.mbg.model.r; }},
    Row{"MBG/NBD alpha",
        6.1831,
        relative,
        1e-3,
        own,
        [](const Fits& f) { return f.mbg.model.alpha; }},
    Row{"MBG/NBD a", .8914, relative, 1e-3, own, [](const Fits& f) { return f.mbg.model.a; }},
    Row{"MBG/NBD b", 1.6140, relative, 1e-3, own, [](const Fits& f) { return f.mbg.model.b; }},
    Row{"MBG/NBD log-likelihood",
        -9582.1357,
        within,
        .01,
        own,
        [](const Fits& f) { return f.mbg.search.log_likelihood; }},
    Row{"Pareto/NBD r",
        .553,
        relative,
        .005,
        clvtools,
        [](const Fits& f) { return f.pareto.model.r; }},
    Row{"Pareto/NBD alpha",
        10.58,
        relative,
        .005,
        clvtools,
        [](const Fits& f) { return f.pareto.model.alpha; }},
    Row{"Pareto/NBD s",
        .606,
        relative,
        .005,
        clvtools,
        [](const Fits& f) { return f.pareto.model.s; }},
    Row{"Pareto/NBD beta",
        11.656,
        relative,
        .005,
        clvtools,
        [](const Fits& f) { return f.pareto.model.beta; }},
    Row{"Pareto/NBD log-likelihood",
        -9594.976,
        within,
        .01,
        clvtools,
        [](const Fits& f) { return f.pareto.search.log_likelihood; }},
    Row{"Pareto/NBD standard error of r",
        .0476,
        relative,
        .01,
        clvtools,
        [](const Fits& f) { return f.pareto.standard_errors[0]; }},
    Row{"Pareto/NBD standard error of alpha",
        .8427,
        relative,
        .01,
        clvtools,
        [](const Fits& f) { return f.pareto.standard_errors[1]; }},
    Row{"Pareto/NBD standard error of s",
        .1873,
        relative,
        .01,
        clvtools,
        [](const Fits& f) { return f.pareto.standard_errors[2]; }},
    Row{"Pareto/NBD standard error of beta",
        6.2105,
        relative,
        .01,
        clvtools,
        [](const Fits& f) { return f.pareto.standard_errors[3]; }},
    Row{"Pareto/NBD new customer, 52 weeks",
        1.473434,
        relative,
        5e-4,
        btyd,
        [](const Fits& f) { return f.pareto.model.expected_repeats(52); }},
    Row{"Pareto/NBD customer 1516, next 52 weeks",
        25.45647,
        relative,
        5e-4,
        btyd,
        [](const Fits& f) { return f.pareto.model.expected_further(customer_1516, 52); }},
    Row{"Pareto/NBD customer 1516, alive",
        .997874,
        relative,
        5e-4,
        btyd,
        [](const Fits& f) { return f.pareto.model.probability_alive(customer_1516); }},
    Row{"Pareto/NBD 10 repeats by week 20 of 39, next 52",
        .7062289,
        relative,
        .002,
        btyd,
        [](const Fits& f) { return f.pareto.model.expected_further(seen(10), 52); }},
    Row{"Pareto/NBD 15 repeats",
        .1442396,
        relative,
        .002,
        btyd,
        [](const Fits& f) { return f.pareto.model.expected_further(seen(15), 52); }},
    Row{"Pareto/NBD 20 repeats",
        .02250658,
        relative,
        .002,
        btyd,
        [](const Fits& f) { return f.pareto.model.expected_further(seen(20), 52); }},
    Row{"Pareto/NBD 25 repeats",
        .00309267,
        relative,
        .002,
        btyd,
        [](const Fits& f) { return f.pareto.model.expected_further(seen(25), 52); }},
    Row{"gamma-gamma p", 6.25, within, .01, bgnbd, [](const Fits& f) { return f.money.model.p; }},
    Row{"gamma-gamma q", 3.74, within, .01, bgnbd, [](const Fits& f) { return f.money.model.q; }},
    Row{"gamma-gamma gamma",
        15.44,
        within,
        .01,
        bgnbd,
        [](const Fits& f) { return f.money.model.gamma; }},
    Row{"gamma-gamma log-likelihood",
        -4055.9177,
        within,
        .01,
        bgnbd,
        [](const Fits& f) { return f.money.search.log_likelihood; }},
    Row{"gamma-gamma p (2)",
        6.24957,
        relative,
        1e-3,
        own,
        [](const Fits& f) { return f.money.model.p; }},
    Row{"gamma-gamma q (2)",
        3.74422,
        relative,
        1e-3,
        own,
        [](const Fits& f) { return f.money.model.q; }},
    Row{"gamma-gamma gamma (2)",
        15.44352,
        relative,
        1e-3,
        own,
        [](const Fits& f) { return f.money.model.gamma; }},
    Row{"gamma-gamma mean of 40 over 2",
        39.1305,
        within,
        .001,
        own,
        [](const Fits& f) { return f.money.model.expected_spend({.purchases = 2, .mean = 40}); }},
    Row{"gamma-gamma population mean",
        35.1704,
        within,
        .001,
        own,
        [](const Fits& f) { return f.money.model.population_mean(); }},
};

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned threads) {
    const auto fits = fit(folders, threads);
    if (!fits) return fits.error();
    return compared<Fits>(rows, *fits);
}

}  // namespace

constinit const ReferenceTopic cdnow_topic{
    .name = "cdnow",
    .title = "BG/NBD, MBG/NBD, Pareto/NBD and gamma-gamma, CDNOW sample",
    .takes = RunningTime::seconds,
    .run = run};

}  // namespace fineline::study
