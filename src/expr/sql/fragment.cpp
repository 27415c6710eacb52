#include "expr/sql/fragment.h"

#include <algorithm>

namespace fineline::expr::sql {

std::string bound(const Fragment& fragment, Binding needed) {
    return fragment.binding < needed ? "(" + fragment.text + ")" : fragment.text;
}

Fragment null_fragment(SqlType type) {
    Fragment fragment;
    fragment.text = "NULL";
    fragment.type = type;
    return fragment;
}

Fragment merged(std::string text, const std::vector<const Fragment*>& alternatives) {
    Fragment fragment;
    fragment.text = std::move(text);
    fragment.magnitude = 0;
    for (const Fragment* alternative : alternatives) {
        fragment.withheld = fragment.withheld || alternative->withheld;
        if (alternative->type != SqlType::missing) {
            fragment.type = alternative->type;
            fragment.magnitude = std::max(fragment.magnitude, alternative->magnitude);
        }
    }
    return fragment;
}

SqlType common_type(const std::vector<Fragment>& values) {
    SqlType common = SqlType::missing;
    for (const Fragment& value : values) {
        if (value.type == SqlType::missing) {
            continue;
        }
        if (common != SqlType::missing && common != value.type) {
            return SqlType::dynamic;
        }
        common = value.type;
    }
    return common;
}

}  // namespace fineline::expr::sql
