#include "study/planned_purpose.h"

#include "engine/definitions.h"
#include "study/purpose.h"

namespace fineline::study {

Result<std::vector<std::string>> check_planned_purpose(
    const std::shared_ptr<const columns::View>& after, const mapping::Portfolio& portfolio) {
    const auto checked = check_purpose(portfolio, engine::make_catalog(after));
    if (!checked) {
        return checked.error();
    }
    return std::vector<std::string>();
}

}  // namespace fineline::study
