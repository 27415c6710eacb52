#include "engine/known_names.h"

namespace fineline::engine {

NameLimits known_names(const std::shared_ptr<const columns::View>& view) {
    const columns::Reader reader(view);
    NameLimits names;
    for (std::uint32_t e = 0; e < reader.event_count(); ++e) {
        const std::string_view event = reader.event_name(EventNameId{e});
        names.know(NameKind::event, event);
        for (std::uint32_t p = 0; p < reader.property_count(EventNameId{e}); ++p) {
            names.know_property(event, reader.property_name(EventNameId{e}, PropertyId{p}));
        }
    }
    for (std::uint32_t i = 0; i < reader.trait_count(); ++i) {
        names.know(NameKind::trait, reader.trait_name(TraitId{i}));
    }
    for (std::uint32_t i = 0; i < reader.account_trait_count(); ++i) {
        names.know(NameKind::account_trait, reader.account_trait_name(AccountTraitId{i}));
    }
    for (std::uint32_t i = 0; i < reader.purpose_count(); ++i) {
        names.know(NameKind::purpose, reader.purpose_name(PurposeId{i}));
    }
    return names;
}

}  // namespace fineline::engine
