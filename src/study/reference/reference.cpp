#include "study/reference/reference.h"

#include "study/reference/topics.h"

#include <array>

namespace fineline::study {

std::span<const ReferenceTopic> reference_topics() {
    static const std::array<ReferenceTopic, 16> all{cdnow_topic,
                                                    donations_topic,
                                                    rfm_orders_topic,
                                                    online_retail_topic,
                                                    mcdonalds_topic,
                                                    mcdonalds_classes_topic,
                                                    stability_topic,
                                                    wholesale_topic,
                                                    carcinoma_topic,
                                                    values_topic,
                                                    election_topic,
                                                    scotch_topic,
                                                    batting_topic,
                                                    hillstrom_topic,
                                                    open_bandit_topic,
                                                    power_topic};
    return all;
}

}  // namespace fineline::study
