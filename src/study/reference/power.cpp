#include "study/statistics/power.h"

#include "study/reference/topics.h"

#include <array>
#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

constexpr std::string_view own = "computed apart from this program; Fleiss, Levin & Paik 2003";

struct NoFits {};

/// Customers per arm, rounded up; 80 % power, two-sided 5 % over all comparisons together.
double per_arm(const TwoRates& rates, int comparisons) {
    const auto size = size_per_arm_for_rates(
        rates, {.significance = 0.05, .power = 0.80, .comparisons = comparisons});
    return size ? std::ceil(*size) : std::numeric_limits<double>::quiet_NaN();
}

double per_arm(const MeanShift& shift) {
    const auto size = size_per_arm_for_means(shift);
    return size ? std::ceil(*size) : std::numeric_limits<double>::quiet_NaN();
}

using Row = ReferenceRow<NoFits>;
constexpr auto within = Nearness::within;
constexpr auto relative = Nearness::relative;

// The published arms are rounded to the digits shown, hence the relative tolerances.
constexpr std::array rows{
    Row{"visit .1062 against .1514",
        860,
        relative,
        .002,
        own,
        [](const NoFits&) {
            return per_arm(TwoRates{.106167, .151400}, 1);
        }},
    Row{"conversion .573 % against .884 %",
        11723,
        relative,
        .001,
        own,
        [](const NoFits&) {
            return per_arm(TwoRates{122.0 / 21306, 189.0 / 21387}, 1);
        }},
    Row{"conversion .573 % against 1.253 %",
        3065,
        relative,
        .001,
        own,
        [](const NoFits&) {
            return per_arm(TwoRates{122.0 / 21306, 267.0 / 21307}, 1);
        }},
    Row{"10 % against 11 %",
        14751,
        within,
        1,
        own,
        [](const NoFits&) {
            return per_arm(TwoRates{.10, .11}, 1);
        }},
    Row{"5 % against 5.5 %",
        31233,
        within,
        1,
        own,
        [](const NoFits&) {
            return per_arm(TwoRates{.05, .055}, 1);
        }},
    Row{"2 % against 2.2 %",
        80681,
        within,
        1,
        own,
        [](const NoFits&) {
            return per_arm(TwoRates{.02, .022}, 1);
        }},
    Row{"10 segments: visit .1062 against .1514",
        1459,
        relative,
        .002,
        own,
        [](const NoFits&) {
            return per_arm(TwoRates{.106167, .151400}, 10);
        }},
    Row{"10 segments: conversion .573 % against .884 %",
        19884,
        relative,
        .001,
        own,
        [](const NoFits&) {
            return per_arm(TwoRates{122.0 / 21306, 189.0 / 21387}, 10);
        }},
    Row{"10 segments: conversion .573 % against 1.253 %",
        5199,
        relative,
        .001,
        own,
        [](const NoFits&) {
            return per_arm(TwoRates{122.0 / 21306, 267.0 / 21307}, 10);
        }},
    Row{"10 segments: 10 % against 11 %",
        25020,
        within,
        1,
        own,
        [](const NoFits&) {
            return per_arm(TwoRates{.10, .11}, 10);
        }},
    Row{"10 segments: 5 % against 5.5 %",
        52976,
        within,
        1,
        own,
        [](const NoFits&) {
            return per_arm(TwoRates{.05, .055}, 10);
        }},
    Row{"10 segments: 2 % against 2.2 %",
        136846,
        within,
        1,
        own,
        [](const NoFits&) {
            return per_arm(TwoRates{.02, .022}, 10);
        }},
    Row{"spend, deviation 13.47, effect .424",
        15820,
        relative,
        .005,
        own,
        [](const NoFits&) {
            return per_arm(MeanShift{.difference = .424, .standard_deviation = 13.47});
        }},
};

Result<std::vector<CheckedNumber>> run(const DataFolders&, unsigned) {
    return compared<NoFits>(rows, {});
}

}  // namespace

constinit const ReferenceTopic power_topic{.name = "power",
                                           .title = "customers per arm of a test",
                                           .takes = RunningTime::seconds,
                                           .run = run};

}  // namespace fineline::study
