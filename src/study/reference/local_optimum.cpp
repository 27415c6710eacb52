#include "study/reference/local_optimum.h"

#include <cmath>

namespace fineline::study {

Result<KMeansFit> local_optimum(const NumericTable& rows,
                                std::span<const double> weights,
                                const WantedOptimum& wanted) {
    KMeansFit nearest;
    for (unsigned start = 0; start < wanted.starts; ++start) {
        auto fit = k_means(rows,
                           weights,
                           {.clusters = wanted.clusters,
                            .starts = 1,
                            .moves = KMeansMoves::rounds,
                            .seed = start});
        if (!fit) return fit.error();
        const double apart = std::abs(fit->squares - wanted.squares);
        if (start == 0 || apart < std::abs(nearest.squares - wanted.squares)) {
            nearest = std::move(*fit);
        }
    }
    return nearest;
}

}  // namespace fineline::study
