#include "base/require.h"
#include "model/record_batch.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

/// Reads everything a batch says, so that a view out of bounds is met.
std::size_t walk(const fineline::RecordBatch& batch) {
    std::size_t seen = 0;
    batch.for_each([&](const fineline::RecordView& record) {
        seen += record.customer.size() + record.text.size() + record.message_id.size();
        auto properties = record.properties();
        std::uint32_t name = 0;
        fineline::Datum value;
        while (properties.next(name, value)) {
            seen += batch.names().at(name).size() + fineline::to_display(value).size();
        }
    });
    return seen;
}

}  // namespace

/// Any bytes are refused or walked; a batch that opens can be rewritten and opens again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto batch = fineline::RecordBatch::open({reinterpret_cast<const char*>(data), size});
    if (!batch) {
        return 0;
    }
    fineline::require(walk(*batch) <= 64 * (size + 1) * (size + 1),
                      "a batch says more than its bytes can hold");
    std::vector<bool> chosen(batch->count());
    for (std::size_t i = 0; i < chosen.size(); i += 2) {
        chosen[i] = true;
    }
    const auto rest = fineline::RecordBatch::open(batch->without(chosen));
    fineline::require(rest && rest->count() == batch->count(),
                      "tombstones must keep every position");
    const auto kept = fineline::RecordBatch::open(batch->dropping(chosen));
    fineline::require(kept && kept->count() == batch->count() / 2, "dropping must keep the others");
    return 0;
}
