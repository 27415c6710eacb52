#include "expr/walk.h"

#include <algorithm>
#include <vector>

namespace fineline::expr {

int tree_depth(const Node& root) {
    struct Visit {
        const Node* node;
        int depth;
    };

    std::vector<Visit> open{{&root, 1}};
    int deepest = 0;
    while (!open.empty()) {
        const Visit visit = open.back();
        open.pop_back();
        deepest = std::max(deepest, visit.depth);
        for_each_child(*visit.node, [&](const Node& child) {
            open.push_back({&child, visit.depth + 1});
        });
    }
    return deepest;
}

}  // namespace fineline::expr
