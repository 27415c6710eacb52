#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "columns/view.h"
#include "model/ids.h"
#include "model/record_batch.h"

namespace fineline::columns {

struct StoreOptions {
    std::uint32_t range_size = 4096;
};

struct ErasedFromColumns {
    std::vector<std::pair<std::string, std::uint64_t>> events;
    std::uint64_t trait_values = 0;
};

class Store {
  public:
    explicit Store(const StoreOptions& options) : options_(options), live_(std::make_unique<View>()) {}
    [[nodiscard]] const StoreOptions& options() const { return options_; }
    Status apply(const RecordBatch& batch, Position first);
    [[nodiscard]] std::shared_ptr<const View> publish();
    [[nodiscard]] Position position() const;
    ErasedFromColumns erase(std::string_view customer);
    bool scrub() { return true; }
    void compact_all() {}
    [[nodiscard]] std::string digest() const;

  private:
    StoreOptions options_;
    std::unique_ptr<View> live_;
};

}  // namespace fineline::columns
