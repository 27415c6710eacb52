#pragma once

#include "study/groundwork.h"

namespace fineline::study {

/// Bins the features and grows the tree of a groundwork of one rotation, whose rows have their
/// outcome and role.
/// Features that grow with the history are read only where the tree that reads them tells more of
/// the choosing snapshot, where there is more history than at the fitting ones, by over one
/// standard error of the difference. Where the choosing rows are of the fitting snapshot itself
/// they could not tell, so none is read. Where there is one snapshot, none grows. Cost: at most two
/// trees.
void grow_on_lasting_features(Groundwork& ground);

}  // namespace fineline::study
