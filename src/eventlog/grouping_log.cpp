#include "eventlog/grouping_log.h"

#include <utility>

namespace fineline::eventlog {

std::vector<Result<Appended>> append_all(EventLog& log, std::vector<std::string> batches) {
    if (auto* grouping = dynamic_cast<GroupingLog*>(&log)) {
        return grouping->append_all(std::move(batches));
    }
    std::vector<Result<Appended>> all;
    all.reserve(batches.size());
    for (std::string& batch : batches) {
        all.push_back(log.append(std::move(batch)));
    }
    return all;
}

}  // namespace fineline::eventlog
