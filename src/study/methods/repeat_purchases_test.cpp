#include "base/random.h"
#include "study/methods/bg_bb.h"
#include "study/methods/bg_nbd.h"
#include "study/methods/gamma_gamma.h"
#include "study/methods/pareto_nbd.h"
#include "study/statistics/special_functions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

constexpr PurchaseHistory history{.repeats = 3, .last = 20, .observed = 30};

/// Integrates over 0 … 1 by midpoints.
template <class Function>
double integral(Function function) {
    constexpr int steps = 20'000;
    double sum = 0;
    for (int step = 0; step < steps; ++step) {
        sum += function((step + 0.5) / steps);
    }
    return sum / steps;
}

/// Of the BG/NBD and MBG/NBD likelihood over p, with the rate integrated out by its conjugacy.
double by_integration(const BgNbd& model, const PurchaseHistory& of) {
    const double chances = of.repeats + (model.dropout == Dropout::after_purchases ? 1 : 0);
    const double shape = model.r + of.repeats;
    const double common = log_gamma(shape) - log_gamma(model.r) + model.r * std::log(model.alpha);
    const double alive = std::exp(common - shape * std::log(model.alpha + of.observed));
    const double left = std::exp(common - shape * std::log(model.alpha + of.last));
    return integral([&](double p) {
        const double density =
            std::exp((model.a - 1) * std::log(p) + (model.b - 1) * std::log1p(-p) -
                     log_beta(model.a, model.b));
        const double gone = chances > 0 ? p * std::pow(1 - p, chances - 1) * left : 0;
        return density * (std::pow(1 - p, chances) * alive + gone);
    });
}

TEST(BgNbd, LikelihoodIsItsIntegral) {
    for (const Dropout dropout : {Dropout::after_repeats, Dropout::after_purchases}) {
        const BgNbd model{.r = 0.8, .alpha = 6, .a = 2.5, .b = 3, .dropout = dropout};
        for (const PurchaseHistory& one : {history, PurchaseHistory{.observed = 25}}) {
            EXPECT_NEAR(std::log(by_integration(model, one)), model.log_likelihood(one), 1e-5);
        }
    }
}

TEST(BgNbd, ExpectationIsItsSimulation) {
    for (const Dropout dropout : {Dropout::after_repeats, Dropout::after_purchases}) {
        const BgNbd model{.r = 2, .alpha = 6, .a = 1.5, .b = 4, .dropout = dropout};
        Random random(3);
        const auto exponential = [&] { return -std::log1p(-random.uniform()); };
        double total = 0;
        constexpr int customers = 40'000;
        for (int customer = 0; customer < customers; ++customer) {
            const double rate = (exponential() + exponential()) / model.alpha;
            double p = 0;
            do {  // Beta(1.5, 4) by rejection below its density at the mode
                p = random.uniform();
            } while (random.uniform() * 0.3 > std::sqrt(p) * std::pow(1 - p, 3));
            bool alive = dropout == Dropout::after_repeats || random.uniform() >= p;
            for (double at = exponential() / rate; alive && at < 10; at += exponential() / rate) {
                total += 1;
                alive = random.uniform() >= p;
            }
        }
        EXPECT_NEAR(total / customers, model.expected_repeats(10), 0.05);
    }
}

TEST(BgNbd, NothingHappensInNoTimeAndManyPurchasesDoNotOverflow) {
    const BgNbd model{.r = 0.24, .alpha = 4.4, .a = 0.79, .b = 2.4};
    EXPECT_NEAR(0, model.expected_further(history, 0), 1e-12);
    for (double repeats = 200; repeats <= 5000; repeats *= 1.3) {
        const PurchaseHistory many{.repeats = repeats, .last = 29.9, .observed = 30};
        EXPECT_TRUE(std::isfinite(model.log_likelihood(many))) << repeats;
        EXPECT_TRUE(std::isfinite(model.expected_further(many, 52))) << repeats;
    }
}

TEST(ParetoNbd, LikelihoodIsItsIntegral) {
    const auto by_integrating_lifetimes = [](const ParetoNbd& model, const PurchaseHistory& of) {
        const double shape = model.r + of.repeats;
        const double common =
            log_gamma(shape) - log_gamma(model.r) + model.r * std::log(model.alpha);
        const auto alive_until = [&](double until) {
            return std::exp(common - shape * std::log(model.alpha + until));
        };
        const double span = of.observed - of.last;
        const double left = span * integral([&](double share) {
                                const double at = of.last + span * share;
                                return alive_until(at) * model.s / model.beta *
                                       std::pow(model.beta / (model.beta + at), model.s + 1);
                            });
        const double stayed =
            alive_until(of.observed) * std::pow(model.beta / (model.beta + of.observed), model.s);
        return std::log(left + stayed);
    };
    for (const ParetoNbd& model : {ParetoNbd{.r = .55, .alpha = 10, .s = .6, .beta = 12},
                                   ParetoNbd{.r = .55, .alpha = 12, .s = .6, .beta = 4},
                                   ParetoNbd{.r = 3, .alpha = 8, .s = 2, .beta = 8}}) {
        for (const PurchaseHistory& one : {history, PurchaseHistory{.observed = 25}}) {
            EXPECT_NEAR(by_integrating_lifetimes(model, one), model.log_likelihood(one), 1e-6);
        }
    }
}

TEST(ParetoNbd, ManyPurchasesDoNotOverflow) {
    const ParetoNbd model{.r = .55, .alpha = 10.6, .s = .61, .beta = 11.7};
    for (double repeats = 1; repeats <= 5000; repeats += repeats < 300 ? 1 : 100) {
        const PurchaseHistory many{.repeats = repeats, .last = 38, .observed = 39};
        EXPECT_TRUE(std::isfinite(model.log_likelihood(many))) << repeats;
        const double alive = model.probability_alive(many);
        EXPECT_TRUE(alive >= 0 && alive <= 1) << repeats;
        EXPECT_TRUE(std::isfinite(model.expected_further(many, 52))) << repeats;
    }
}

TEST(BgBb, LikelihoodsOfAllHistoriesSumToOne) {
    const BgBb model{.alpha = 1.2, .beta = .75, .gamma = .66, .delta = 2.8};
    constexpr int opportunities = 6;
    double total = 0;
    double expected = 0;
    for (int history_bits = 0; history_bits < 64; ++history_bits) {
        PurchaseHistory one{.observed = opportunities};
        for (int at = 0; at < opportunities; ++at) {
            if ((history_bits >> at & 1) == 0) continue;
            one.repeats += 1;
            one.last = at + 1;
        }
        const double chance = std::exp(model.log_likelihood(one));
        total += chance;
        expected += chance * one.repeats;
    }
    EXPECT_NEAR(1, total, 1e-12);
    EXPECT_NEAR(expected, model.expected_repeats(opportunities), 1e-12);
}

TEST(GammaGamma, DrawsFewPurchasesTowardsAll) {
    const GammaGamma model{.p = 6.25, .q = 3.74, .gamma = 15.44};
    EXPECT_NEAR(6.25 * 15.44 / 2.74, model.population_mean(), 1e-12);
    EXPECT_NEAR(100, model.expected_spend({.purchases = 1e9, .mean = 100}), 1e-3);
    const double once = model.expected_spend({.purchases = 1, .mean = 100});
    EXPECT_GT(once, model.population_mean());
    EXPECT_LT(once, 100);
}

TEST(Histories, SayWhatCannotBe) {
    const auto refused = [](const PurchaseHistory& one) {
        const auto checked = checked_histories(std::vector{history, one});
        return !checked && checked.error().code == ErrorCode::invalid_argument;
    };
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(refused({.repeats = 2, .last = 31, .observed = 30}));
    EXPECT_TRUE(refused({.repeats = 0, .last = 3, .observed = 30}));
    EXPECT_TRUE(refused({.repeats = nan, .last = 3, .observed = 30}));
    EXPECT_TRUE(refused({.repeats = 1, .last = nan, .observed = 30}));
    EXPECT_TRUE(refused({.repeats = -1, .last = 1, .observed = 30}));
    EXPECT_FALSE(checked_histories({}));
    EXPECT_FALSE(checked_histories(std::vector{PurchaseHistory{.observed = 9}}));
    const std::vector<SpendHistory> negative{{.purchases = 2, .mean = -3},
                                             {.purchases = 1, .mean = 2}};
    EXPECT_FALSE(fit_gamma_gamma(negative, {}));
    EXPECT_FALSE(fit_gamma_gamma({}, {}));
    const std::vector<PurchaseHistory> halves{{.repeats = 1, .last = 1.5, .observed = 6}};
    EXPECT_FALSE(fit_bg_bb(halves, {}));
}

TEST(Histories, EqualOnesAreJoined) {
    const auto joined =
        checked_histories(std::vector{history, PurchaseHistory{.observed = 4}, history});
    ASSERT_TRUE(joined);
    ASSERT_EQ(2U, joined->size());
    EXPECT_EQ(2, joined->back().weight);
}

TEST(Hypergeometric, AgreesWithClosedForms) {
    EXPECT_NEAR(-std::log(0.3) / 0.7, hypergeometric({.a = 1, .b = 1, .c = 2, .z = 0.7}), 1e-13);
    EXPECT_NEAR(std::pow(0.1, -2.5), hypergeometric({.a = 2.5, .b = 3, .c = 3, .z = 0.9}), 1e-9);
    EXPECT_NEAR(
        std::asin(0.6) / 0.6, hypergeometric({.a = .5, .b = .5, .c = 1.5, .z = .36}), 1e-13);
}

}  // namespace

}  // namespace fineline::study
