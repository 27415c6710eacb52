#include "http/routes/table.h"

namespace fineline::http {

namespace {

std::vector<Route> all_routes() {
    std::vector<Route> all;
    for (const auto& resource : {tracking_routes(),
                                 customer_routes(),
                                 segment_routes(),
                                 card_routes(),
                                 language_routes(),
                                 ask_routes(),
                                 change_routes(),
                                 webhook_routes(),
                                 purpose_routes(),
                                 portfolio_routes(),
                                 study_routes(),
                                 overview_routes(),
                                 setting_routes(),
                                 quarantine_routes(),
                                 key_routes(),
                                 session_routes(),
                                 status_routes()}) {
        all.insert(all.end(), resource.begin(), resource.end());
    }
    return all;
}

}  // namespace

const std::vector<Route>& routes() {
    static const std::vector<Route> all = all_routes();
    return all;
}

}  // namespace fineline::http
