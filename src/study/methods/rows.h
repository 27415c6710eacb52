#pragma once

#include "study/methods/catalogue.h"

/// One row per method; each lives in a file of its name.
namespace fineline::study {

extern const Method k_means_method;
extern const Method k_medoids_method;
extern const Method latent_classes_method;
extern const Method rfm_method;
extern const Method value_method;
extern const Method occasions_method;

}  // namespace fineline::study
