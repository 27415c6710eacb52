#pragma once

#include "columns/fold.h"

namespace fineline::columns {

struct OpenedCheckpoint {
    std::unique_ptr<Store> store;
};

inline Result<OpenedCheckpoint> open_checkpoint(const std::string&, const StoreOptions&) {
    return Error{ErrorCode::not_found, "no checkpoint", {}};
}

inline Status write_checkpoint(const Store&, const std::string&) { return done; }

}  // namespace fineline::columns
