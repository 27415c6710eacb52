#include "expr/functions/table.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fineline::expr::functions {

namespace {

/// The mean radius of the Earth in kilometres, R1 of the International Union of Geodesy and
/// Geophysics (Moritz 2000, "Geodetic Reference System 1980"), rounded to the metre.
constexpr double earth_radius_km = 6371.009;

double radians(double degrees) {
    return degrees * std::numbers::pi / 180;
}

/// Returns the great-circle distance by the haversine formula, which is stable for small distances.
double haversine_km(std::span<const Datum> arguments) {
    const double latitude = radians(arguments[0].number());
    const double other_latitude = radians(arguments[2].number());
    const double by_latitude = std::sin((other_latitude - latitude) / 2);
    const double by_longitude =
        std::sin(radians(arguments[3].number() - arguments[1].number()) / 2);
    const double haversine = by_latitude * by_latitude + std::cos(latitude) *
                                                             std::cos(other_latitude) *
                                                             by_longitude * by_longitude;
    return 2 * earth_radius_km * std::asin(std::sqrt(std::clamp(haversine, 0.0, 1.0)));
}

Datum distance_of(std::span<const Datum> arguments, std::string& /*scratch*/) {
    for (const Datum& argument : arguments) {
        if (argument.kind() != ValueKind::number) {
            return {};
        }
    }
    const double kilometres = haversine_km(arguments);
    return std::isfinite(kilometres) ? Datum::of(kilometres) : Datum();
}

}  // namespace

constinit const ScalarFunction distance_row = {
    .name = "distance",
    .arguments_min = 4,
    .arguments_max = 4,
    .argument = StaticType::number,
    .result = StaticType::number,
    .evaluate = distance_of,
    .summary =
        "Kilometres on the sphere between two points: latitude, longitude, latitude, longitude in "
        "degrees.",
    .example = "distance(lat, lon, 48.85, 2.35) < 25",
};

}  // namespace fineline::expr::functions
