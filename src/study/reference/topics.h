#pragma once

#include "study/reference/reference.h"

/// One row per topic; each lives in the file of its name.
namespace fineline::study {

extern const ReferenceTopic cdnow_topic;
extern const ReferenceTopic donations_topic;
extern const ReferenceTopic rfm_orders_topic;
extern const ReferenceTopic online_retail_topic;
extern const ReferenceTopic mcdonalds_topic;
extern const ReferenceTopic mcdonalds_classes_topic;
extern const ReferenceTopic stability_topic;
extern const ReferenceTopic wholesale_topic;
extern const ReferenceTopic carcinoma_topic;
extern const ReferenceTopic values_topic;
extern const ReferenceTopic election_topic;
extern const ReferenceTopic scotch_topic;
extern const ReferenceTopic batting_topic;
extern const ReferenceTopic hillstrom_topic;
extern const ReferenceTopic open_bandit_topic;
extern const ReferenceTopic power_topic;

}  // namespace fineline::study
