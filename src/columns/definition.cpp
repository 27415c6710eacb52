#include "columns/definition.h"

namespace fineline::columns {

std::string_view DefinitionVersion::detail(std::string_view name) const {
    for (const auto& [key, said] : details) {
        if (key == name) {
            return said;
        }
    }
    return {};
}

}  // namespace fineline::columns
