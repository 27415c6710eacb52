#pragma once

#include "base/result.h"
#include "model/record_batch.h"
#include "model/value.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fineline::live {

/// One record of the retailer's export, as a message would carry it.
struct RetailRecord {
    RecordKind kind = RecordKind::event;
    std::string customer;
    Instant time{};
    std::string name;
    std::vector<std::pair<std::string, Value>> properties;
};

/// Reads examples/online-retail (December 2010 on) by its mapping, up to an instant, in order of
/// time. Errors: of the loader.
[[nodiscard]] Result<std::vector<RetailRecord>> read_retail(Instant until);

/// Adds a record to a batch under a message id.
void add(RecordBatchBuilder& builder, const RetailRecord& record, const std::string& message_id);

}  // namespace fineline::live
