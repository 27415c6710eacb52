#include "retail_records.h"

#include "mapping/loader.h"
#include "mapping/mapping_file.h"

#include <algorithm>

namespace fineline::live {

namespace {

void collect(const RecordBatch& batch, Instant until, std::vector<RetailRecord>& records) {
    batch.for_each([&](const RecordView& view) {
        if (!view.time || *view.time >= until) {
            return;
        }
        RetailRecord record{.kind = view.kind,
                            .customer = std::string(view.customer),
                            .time = *view.time,
                            .name = {},
                            .properties = {}};
        if (view.kind == RecordKind::event) {
            record.name = batch.names()[view.name];
        }
        auto properties = view.properties();
        std::uint32_t name = 0;
        Datum value;
        while (properties.next(name, value)) {
            record.properties.emplace_back(batch.names()[name], to_value(value));
        }
        records.push_back(std::move(record));
    });
}

}  // namespace

Result<std::vector<RetailRecord>> read_retail(Instant until) {
    const std::string directory = std::string(EXAMPLES_DIR) + "/online-retail/";
    auto mapping = mapping::read_mapping_file(directory + "mapping.yaml");
    if (!mapping) {
        return mapping.error();
    }
    mapping::LoadRequest request;
    request.file = directory + "year_2010_2011.csv.zst";
    request.kind = mapping::InputKind::csv;
    request.mapping = std::move(*mapping);
    auto loader = mapping::Loader::open(std::move(request), {});
    if (!loader) {
        return loader.error();
    }
    std::vector<RetailRecord> records;
    const auto sink = [&](std::string bytes) -> Status {
        const auto batch = RecordBatch::open(std::move(bytes));
        if (!batch) {
            return batch.error();
        }
        collect(*batch, until, records);
        return done;
    };
    const auto report = (*loader)->run({.after_row = 0, .sink = sink, .watch = {}});
    if (!report) {
        return report.error();
    }
    std::ranges::stable_sort(records, {}, &RetailRecord::time);
    return records;
}

void add(RecordBatchBuilder& builder, const RetailRecord& record, const std::string& message_id) {
    std::vector<NamedDatum> properties;
    std::vector<std::string> storage(record.properties.size());
    for (std::size_t i = 0; i < record.properties.size(); ++i) {
        const auto& [name, value] = record.properties[i];
        properties.push_back({builder.name(name), borrow(value, storage[i])});
    }
    RecordDraft draft;
    draft.kind = record.kind;
    draft.customer = record.customer;
    draft.time = record.time;
    draft.message_id = message_id;
    draft.properties = properties;
    if (record.kind == RecordKind::event) {
        draft.name = builder.name(record.name);
    }
    builder.add(draft);
}

}  // namespace fineline::live
