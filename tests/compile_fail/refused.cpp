// What must not compile, one case at a time; tests/compile_fail/CMakeLists.txt defines CASE_….

#include "base/id.h"
#include "base/instant.h"
#include "base/result.h"
#include "model/ids.h"

namespace fineline {
namespace {

Result<int> parse_count() {
    return 1;
}

Status store() {
    return done;
}

bool is_early(Instant at) {
    return at < Instant{};
}

bool is_first(CustomerOrdinal customer) {
    return customer == CustomerOrdinal{0};
}

}  // namespace

// Shows that the things used below are right by themselves.
int accepted() {
    const Result<int> count = parse_count();
    const Status stored = store();
    const Instant noon = Instant{std::chrono::hours(12)};
    const bool first = is_first(CustomerOrdinal{0}) && AccountOrdinal{1} == AccountOrdinal{1};
    return count && stored && first && is_early(noon) ? 0 : 1;
}

#ifdef CASE_compare_ids_of_different_tags
bool refused() {
    return CustomerOrdinal{1} == AccountOrdinal{1};
}
#endif

#ifdef CASE_order_ids_of_different_tags
bool refused() {
    return CustomerOrdinal{1} < AccountOrdinal{1};
}
#endif

#ifdef CASE_convert_an_id
bool refused() {
    return is_first(AccountOrdinal{1});
}
#endif

#ifdef CASE_make_an_id_of_a_bare_integer
bool refused() {
    return is_first(1U);
}
#endif

#ifdef CASE_use_an_id_as_an_integer
unsigned refused() {
    return CustomerOrdinal{1};
}
#endif

#ifdef CASE_add_to_an_id
CustomerOrdinal refused() {
    return CustomerOrdinal{1} + 1U;
}
#endif

#ifdef CASE_discard_a_result
void refused() {
    parse_count();
}
#endif

#ifdef CASE_discard_a_status
void refused() {
    store();
}
#endif

#ifdef CASE_make_an_instant_of_a_bare_integer
bool refused() {
    return is_early(1'700'000'000);
}
#endif

#ifdef CASE_add_two_instants
Instant refused() {
    return Instant{} + Instant{};
}
#endif

#ifdef CASE_mix_local_time_with_instants
Duration refused() {
    return LocalInstant{} - Instant{};
}
#endif

}  // namespace fineline
